from yiwang.foundation.operations.services.queue import prune_finished_jobs, retry_job, revive_stalled_jobs
from yiwang.foundation.operations.services.restoring import restore_backup
from yiwang.foundation.operations.services.saving import write_backup

__all__ = ["prune_finished_jobs", "restore_backup", "retry_job", "revive_stalled_jobs", "write_backup"]
