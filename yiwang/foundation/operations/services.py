from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.operations.errors import JobNotFailed
from yiwang.foundation.operations.types import OperationsPermission

log = structlog.get_logger(__name__)
STALLED_AFTER = timedelta(seconds=30)
KEEP_FINISHED = timedelta(days=3)


@transaction.atomic
def retry_job(job_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Puts a failed job back into the queue. Raises NotPermitted and JobNotFailed."""
    viewer.require(OperationsPermission.RETRY)
    with connection.cursor() as db:
        db.execute("SELECT task_name FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE", [job_id])
        row = db.fetchone()
        if row is None:
            raise JobNotFailed(job_id=job_id)
        db.execute("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [job_id, now])
    record("operations.job_retried", viewer=viewer, subject_kind="job", subject_id=new_id(), now=now,
           detail={"job_id": job_id, "task": row[0]})
