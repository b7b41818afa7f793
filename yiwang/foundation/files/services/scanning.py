from datetime import datetime, timedelta

import structlog
from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.files.contrib.clamav import ClamAv
from yiwang.foundation.files.errors import ScanFailed
from yiwang.foundation.files.events import FileInfected
from yiwang.foundation.files.models import SealedOriginal, StoredFile
from yiwang.foundation.files.stores import get_store
from yiwang.foundation.files.types import FileState
from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM

log = structlog.get_logger(__name__)
BATCH = 10
# 5, 10, 20 … seconds, then every ten minutes: about an hour and a half for a scanner to come back.
MOST_ATTEMPTS = 15
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


def scan_waiting_files(*, now: datetime) -> int:
    """Has the scanner look at files that wait, oldest first, each in its own transaction; returns how many are settled.

    Both what is shown and what was sent are looked at. While the scanner does not answer, files wait; after the last
    attempt they stay ``failed`` for people to see. Without a scanner nothing happens.
    """
    if not get_settings().antivirus:
        return 0
    settled = 0
    for _file in range(BATCH):
        with transaction.atomic():
            waiting = StoredFile.objects.filter(state=FileState.PENDING.value, next_scan_at__lte=now).order_by("id")
            file = waiting.select_for_update(skip_locked=True).first()
            if file is None or not _scan(file, now):
                return settled
        settled += 1
    return settled


@transaction.atomic
def retry_failed_scans(*, now: datetime) -> int:
    """Lets the scanner try again what it could not look at, and look at what came while there was none.

    Returns how many wait again; 0 where no scanner is set up.
    """
    if not get_settings().antivirus:
        return 0
    states = [FileState.FAILED.value, FileState.NOT_SCANNED.value]
    waiting = StoredFile.objects.filter(state__in=states)
    return waiting.update(state=FileState.PENDING.value, scan_attempts=0, next_scan_at=now)


def _scan(file: StoredFile, now: datetime) -> bool:
    """False when the scanner did not answer: the other files would only wait for it too."""
    try:
        found = _look_at(file)
    except (ScanFailed, OSError) as error:
        file.scan_attempts += 1
        file.scan_note = str(error)[:200]
        is_last = file.scan_attempts >= MOST_ATTEMPTS
        file.state = (FileState.FAILED if is_last else FileState.PENDING).value
        file.next_scan_at = now + min(FIRST_PAUSE * 2 ** (file.scan_attempts - 1), LONGEST_PAUSE)
        file.save(update_fields=["state", "scan_attempts", "scan_note", "next_scan_at"])
        log.warning("file_not_scanned", file_id=str(file.id), attempts=file.scan_attempts)
        return False
    file.state = (FileState.INFECTED if found else FileState.CLEAN).value
    file.scanned_at, file.scan_note = now, found[:200]
    file.save(update_fields=["state", "scanned_at", "scan_note"])
    if found:
        detail = {"sha256": file.sha256, "signature": found[:200], "of": file.subject_kind}
        record("files.quarantined", viewer=SYSTEM, subject_kind="file", subject_id=file.id, now=now, detail=detail)
        publish(FileInfected(file.id, file.subject_kind, file.subject_id))
        log.warning("file_infected", file_id=str(file.id), signature=found)
    return True


def _look_at(file: StoredFile) -> str:
    """The name of what was found, empty for nothing."""
    scanner = ClamAv(get_settings().antivirus)
    with get_store().open(file.blob) as content:
        verdict = scanner.scan(content.read())
    original = SealedOriginal.objects.filter(file_id=file.id).first()
    if verdict.is_clean and original is not None:
        verdict = scanner.scan(original.open())
    return verdict.signature
