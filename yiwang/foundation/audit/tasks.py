from yiwang.foundation.audit.services import seal_leaves
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import timetable


@timetable("* * * * * */10", is_alone=True)
def seal(timestamp: int) -> None:
    """Every ten seconds: new leaves enter the tree, under a signed checkpoint."""
    seal_leaves(now=now())
