from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import timetable
from yiwang.foundation.operations.services import prune_finished_jobs, revive_stalled_jobs


@timetable("* * * * * */15")
def revive_stalled(timestamp: int) -> None:
    """Every 15 seconds: jobs of dead workers go back to the queue."""
    revive_stalled_jobs(now=now())


@timetable("23 * * * *")
def prune_finished(timestamp: int) -> None:
    """Every hour: finished jobs older than three days are deleted."""
    prune_finished_jobs(now=now())
