from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.events import listens_to
from yiwang.hub.cases.events import CaseOpened
from yiwang.hub.dispatch.services import dispatch_case


@listens_to(CaseOpened)
def dispatch_case_on_case_opened(event: CaseOpened) -> None:
    """A new case is sent on by the rules, or left to the operators."""
    dispatch_case(event.case_id, now=now())
