"""Background jobs over procrastinate: registered by name, queued inside the caller's transaction, retried a bounded
number of times with growing pauses, and left visible as ``failed`` at the end."""

from collections.abc import Callable, Sequence
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

MAX_ATTEMPTS = 6
QUEUE = "default"
# The timetable goes before the crowd: reviving stalled jobs must not wait behind a hundred thousand others.
TIMETABLE_PRIORITY = 10
# News goes before letters: in a rush every case reaches its unit first, what is written about it follows.
NEWS_PRIORITY = 5
LETTERS_PRIORITY = 0
# Attempts wait 2, 4, 8, 16, 32 s: long enough for a database restart, short enough that a person still notices.
RETRY = RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=2)


def register(name: str, run: Callable[..., None], *, priority: int) -> None:
    """Makes ``run`` a job called ``name``; its keyword arguments are JSON values. Higher priorities go first."""
    app.task(name=name, queue=QUEUE, retry=RETRY, priority=priority)(run)


def job_name(function: Callable[..., None]) -> str:
    """The name a function's job is queued under."""
    return f"{function.__module__}.{function.__qualname__}"


def timetable(
    cron: str, *, priority: int = TIMETABLE_PRIORITY, is_alone: bool = False
) -> Callable[[Callable[[int], None]], Callable[[int], None]]:
    """Decorator: runs the function by ``cron`` (five fields, or six with seconds last).

    Once across all workers. With ``is_alone`` it also waits for the one before it to end, however long that takes;
    after a crash, for that one to be revived.
    """

    def mark(function: Callable[[int], None]) -> Callable[[int], None]:
        name = job_name(function)
        lock = name if is_alone else None
        task = app.task(name=name, queue=QUEUE, queueing_lock=name, lock=lock, priority=priority)(function)
        app.periodic(cron=cron)(task)
        return function

    return mark


def defer_many(calls: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Queues ``(name, arguments)`` pairs in the present transaction, in one statement."""
    if not calls:
        return
    app.job_manager.batch_defer_jobs(
        [
            Job(id=None, queue=QUEUE, lock=None, queueing_lock=None, task_name=name, task_kwargs=arguments,
                priority=app.tasks[name].priority)
            for name, arguments in calls
        ]
    )  # fmt: skip
