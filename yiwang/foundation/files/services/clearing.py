from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from yiwang.foundation.files.models import SealedOriginal, StoredFile
from yiwang.foundation.files.services.locks import hold
from yiwang.foundation.files.stores import NAME, get_store

# A report that is still being written has its content in the store and no row yet.
SPARED = timedelta(hours=24)
AT_ONCE = 1000


def sweep_store(*, now: datetime) -> int:
    """Deletes contents that no row has named for 24 hours, each in its own transaction; returns how many.

    They are what crashes and refused reports leave behind, and what erasing could not delete at once.
    """
    old = [entry.name for entry in get_store().entries() if entry.put_at < now - SPARED]
    with transaction.atomic():
        named = _named(old)
    return _drop(name for name in old if name not in named)


def erase_files_before(moment: datetime, *, limit: int) -> int:
    """Erases at most ``limit`` files kept before ``moment``: the rows now, the contents once that is committed."""
    with transaction.atomic():
        rows = StoredFile.objects.filter(created_at__lt=moment).order_by("created_at")
        files = list(rows.select_for_update(skip_locked=True)[:limit])
        _erase(files)
    return len(files)


def drop_files(subject_kind: str, subject_id: UUID) -> int:
    """Erases all files of one record, in the caller's transaction, the contents once that is committed; returns how
    many."""
    files = list(StoredFile.objects.filter(subject_kind=subject_kind, subject_id=subject_id).select_for_update())
    _erase(files)
    return len(files)


def _erase(files: Sequence[StoredFile]) -> None:
    originals = SealedOriginal.objects.filter(file_id__in=[file.id for file in files])
    blobs = {file.blob for file in files} | set(originals.values_list("blob", flat=True))
    originals.delete()
    StoredFile.objects.filter(id__in=[file.id for file in files]).delete()
    transaction.on_commit(lambda: _drop(blobs))


def _named(blobs: list[str]) -> set[str]:
    """Those a row names: so that only the few others are locked and looked at one by one."""
    found: set[str] = set()
    for start in range(0, len(blobs), AT_ONCE):
        part = blobs[start : start + AT_ONCE]
        for table in (StoredFile, SealedOriginal):
            found.update(table.objects.filter(blob__in=part).values_list("blob", flat=True))
    return found


def _drop(blobs: Iterable[str]) -> int:
    return sum(_drop_unnamed(blob) for blob in blobs)


@transaction.atomic
def _drop_unnamed(blob: str) -> bool:
    if NAME.fullmatch(blob):
        hold(blob, alone=True)
        tables = (StoredFile, SealedOriginal)
        if any(table.objects.filter(blob=blob).exists() for table in tables):
            return False
    get_store().delete(blob)
    return True
