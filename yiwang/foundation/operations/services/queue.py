from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.jobs import MAX_ATTEMPTS
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.operations.errors import JobNotFailed
from yiwang.foundation.operations.types import STALLED_AFTER_S, OperationsPermission

log = structlog.get_logger(__name__)
KEEP_FINISHED = timedelta(days=3)
BATCH = 5000


@transaction.atomic
def retry_job(job_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Puts a failed job back into the queue. Raises NotPermitted and JobNotFailed."""
    viewer.require(OperationsPermission.RETRY)
    with connection.cursor() as db:
        # A job of the timetable whose next turn waits already is as good as started again.
        db.execute(
            """
            SELECT j.task_name FROM procrastinate_jobs j WHERE j.id = %s AND j.status = 'failed' AND NOT EXISTS (
                SELECT FROM procrastinate_jobs t WHERE t.status = 'todo' AND t.queueing_lock = j.queueing_lock)
            FOR UPDATE OF j
            """,
            [job_id],
        )
        row = db.fetchone()
        if row is None:
            raise JobNotFailed(job_id=job_id)
        db.execute("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [job_id, now])
    record(
        "operations.job_retried",
        viewer=viewer,
        subject_kind="job",
        subject_id=new_id(),
        now=now,
        detail={"job_id": job_id, "task": row[0]},
    )


@transaction.atomic
def revive_stalled_jobs(*, now: datetime) -> int:
    """Takes jobs away from workers that died or fell silent, and returns how many. Each take-over counts as an attempt.

    A job goes back to the queue, or, after the last attempt, to the dead letters. A job of the timetable is dropped:
    its next turn is on the timetable already.
    """
    with connection.cursor() as db:
        db.execute(
            """
            SELECT j.id, j.attempts, j.queueing_lock IS NOT NULL
            FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
            WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < %s)
            ORDER BY j.id LIMIT %s FOR UPDATE OF j SKIP LOCKED
            """,
            [now - timedelta(seconds=STALLED_AFTER_S), BATCH],
        )
        stalled = db.fetchall()
        for job_id, attempts, is_timetable in stalled:
            if is_timetable:
                db.execute("SELECT procrastinate_finish_job_v1(%s, 'aborted', false)", [job_id])
            elif attempts >= MAX_ATTEMPTS:
                db.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
            else:
                db.execute("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [job_id, now])
    if stalled:
        log.warning("stalled_jobs_revived", count=len(stalled))
    return len(stalled)


def prune_finished_jobs(*, now: datetime) -> int:
    """Deletes jobs that ended well more than three days ago, in transactions of 5,000, and returns how many.

    Failed jobs stay until an operator starts them again. Ids rise with time, so the search ends at the first young job
    instead of reading all of them.
    """
    total = 0
    cutoff = now - KEEP_FINISHED
    while True:
        with transaction.atomic(), connection.cursor() as db:
            db.execute(
                """
                DELETE FROM procrastinate_jobs WHERE id IN (
                    SELECT j.id FROM procrastinate_jobs j
                    WHERE j.status IN ('succeeded', 'cancelled', 'aborted')
                      AND j.id < coalesce(
                          (SELECT e.job_id FROM procrastinate_events e
                           WHERE e.type = 'deferred' AND e.at > %s ORDER BY e.id LIMIT 1), 1::bigint << 62)
                      AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s)
                    ORDER BY j.id LIMIT %s)
                """,
                [cutoff, cutoff, BATCH],
            )
            pruned: int = db.rowcount
        total += pruned
        if pruned < BATCH:
            return total
