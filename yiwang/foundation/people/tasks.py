from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import timetable
from yiwang.foundation.people.services import gather_contacts

AT_ONCE = 500
# What one turn takes at most; the next comes soon.
BATCHES = 20


@timetable("* * * * * */20", is_alone=True)
def gather(timestamp: int) -> None:
    """Three times a minute: new contacts go to the persons they are of."""
    for _batch in range(BATCHES):
        if gather_contacts(AT_ONCE, now=now()) < AT_ONCE:
            return
