"""Background jobs over procrastinate: registered by name, queued inside the caller's transaction, retried a bounded
number of times with growing pauses, and left visible as ``failed`` at the end."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from yiwang.foundation.kernel.inserting import send

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 6
QUEUE = "default"
# The timetable goes before the crowd: reviving stalled jobs must not wait behind a hundred thousand others.
TIMETABLE_PRIORITY = 10
# News goes before letters: in a rush every case reaches its unit first, what is written about it follows.
NEWS_PRIORITY = 5
LETTERS_PRIORITY = 0
# Attempts wait 2, 4, 8, 16, 32 s: long enough for a database restart, short enough that a person still notices.
RETRY = RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=2)
# Between the attempts of a turn of the timetable; a worker that cannot reach the database for longer ends itself.
PAUSES_S = (1, 2, 4)


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
    after a crash, for that one to be revived. A turn that loses the database tries again a few times. A turn that fails
    stays as a dead letter, one for each function: those after it would only say the same, up to once a second.
    """

    def mark(function: Callable[[int], None]) -> Callable[[int], None]:
        name = job_name(function)
        lock = name if is_alone else None
        task = app.task(name=name, queue=QUEUE, queueing_lock=name, lock=lock, priority=priority)(_turn(name, function))
        app.periodic(cron=cron)(task)
        return function

    return mark


def _turn(name: str, function: Callable[[int], None]) -> Callable[[int], None]:
    def run(timestamp: int) -> None:
        try:
            _insist(function, timestamp)
        except Exception:
            if not _has_failed(name):
                raise
            log.exception("turn_failed_again", task=name)

    return run


def _insist(function: Callable[[int], None], timestamp: int) -> None:
    """Not by the queue's own retries: a job that goes back to it collides with the next turn, which waits there."""
    for pause_s in PAUSES_S:
        try:
            return function(timestamp)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause_s)
    return function(timestamp)


def _has_failed(name: str) -> bool:
    with connection.cursor() as db:
        db.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'failed' AND task_name = %s)", [name])
        return bool(db.fetchone()[0])


def defer_many(calls: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Queues ``(name, arguments)`` pairs in the present transaction, in one statement."""
    if not calls:
        return
    rows = ", ".join(["ROW(%s, %s, %s, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1"] * len(calls))
    values = [value for name, arguments in calls for value in (QUEUE, name, app.tasks[name].priority, Jsonb(arguments))]
    # The function behind the library's batch_defer_jobs; called here so that it can travel with a verb's other writes.
    send(f"SELECT procrastinate_defer_jobs_v1(ARRAY[{rows}])", values)
