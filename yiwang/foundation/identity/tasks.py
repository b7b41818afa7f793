from yiwang.foundation.identity.services import switch_off_ended_accounts
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import timetable


@timetable("7 * * * *")
def switch_off_ended(timestamp: int) -> None:
    """Every hour: accounts of people who have left are switched off. What they may do ended with their roles."""
    switch_off_ended_accounts(now=now())
