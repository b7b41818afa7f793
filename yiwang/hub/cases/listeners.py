from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.events import listens_to
from yiwang.hub.cases.services import open_case
from yiwang.network.intake.events import ReportReceived


@listens_to(ReportReceived)
def open_case_on_report_received(event: ReportReceived) -> None:
    """A kept report becomes a case."""
    open_case(event.report_id, now=now())
