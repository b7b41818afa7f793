from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register

# A worker says every few seconds that it lives; one that was silent for longer than this is taken for dead.
HEARTBEAT_S = 5
STALLED_AFTER_S = 20


@register
class OperationsPermission(StrEnum):
    """Who may look after the machinery."""

    VIEW = "operations.view"
    RETRY = "operations.retry"
    BACKUP = "operations.backup"


@dataclass(frozen=True)
class DeadLetter:
    """A job that failed for good: what it was to do, how often it was tried and when it stopped."""

    job_id: int
    task: str
    arguments: str
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds: rows of all tables together, files of the store, and whether the secret keys are in it."""

    rows: int
    files: int
    has_keys: bool


register_actions(
    {
        "operations.job_retried": _("A failed job was started again"),
        "operations.backup_written": _("A backup was written"),
        "operations.backup_restored": _("A backup was restored"),
    }
)
