from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import IO
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from yiwang.foundation.audit.services import record
from yiwang.foundation.files.errors import FileBeingChecked, FileNotFound, FileQuarantined, StoreUnavailable
from yiwang.foundation.files.formats import ALL, Kind, limit_mb_of
from yiwang.foundation.files.models import SealedOriginal, StoredFile
from yiwang.foundation.files.stores import NAME, get_store
from yiwang.foundation.files.types import FileRow, FilesPermission, FileState, StoreReport
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import Place, Viewer

__all__ = [
    "accepted_types",
    "compare_store",
    "count_files",
    "limit_mb_of",
    "list_files",
    "list_missing",
    "open_file",
    "open_original",
]


def accepted_types() -> Sequence[str]:
    """The content types that are accepted here, for the control people choose files with."""
    kinds = get_settings().upload_kinds
    return [form.content_type for form in ALL if form.kind.value in kinds]


def list_files(subject_kind: str, subject_id: UUID) -> Sequence[FileRow]:
    """The files of one record, oldest first. Who may see the record is the caller's question."""
    return [_row(file) for file in _files(subject_kind, subject_id)]


def open_file(file_id: UUID, *, subject_kind: str, subject_id: UUID) -> tuple[FileRow, IO[bytes]]:
    """A file of the given record and its content. Raises FileNotFound, also when it belongs to another record,
    FileBeingChecked, FileQuarantined and StoreUnavailable."""
    file = _files(subject_kind, subject_id).filter(id=file_id).first()
    if file is None:
        raise FileNotFound
    _refuse_unchecked(file)
    try:
        return _row(file), get_store().open(file.blob)
    except FileNotFoundError:
        raise FileNotFound from None
    except OSError as error:
        raise StoreUnavailable from error


@transaction.atomic
def open_original(
    file_id: UUID, *, subject_kind: str, subject_id: UUID, at: Place, viewer: Viewer, reason: str, now: datetime
) -> tuple[FileRow, IO[bytes]]:
    """A file of the given record as it was sent, with everything in it; the reading is itself a leaf of the trail.

    Needs ``files.view_original`` where the matter belongs, ``at``, and a reason. Raises what ``open_file`` raises,
    NotPermitted and KeysMissing.
    """
    # What a camera wrote can name its owner.
    if not viewer.may_identify(FilesPermission.VIEW_ORIGINAL, at=at):
        raise NotPermitted(permission=FilesPermission.VIEW_ORIGINAL.value)
    original = SealedOriginal.objects.filter(file_id=file_id).first()
    row, content = open_file(file_id, subject_kind=subject_kind, subject_id=subject_id)
    digest = original.sha256 if original else row.sha256
    record("files.original_read", viewer=viewer, subject_kind="file", subject_id=file_id, now=now, reason=reason,
           detail={"sha256": digest, "of": subject_kind, "id": str(subject_id)})  # fmt: skip
    if original is None:
        return row, content
    content.close()
    values = {"content_type": original.content_type, "size_bytes": original.size_bytes, "sha256": original.sha256}
    name = f"{row.name.rpartition('.')[0]}.{original.suffix}"
    try:
        return FileRow(**{**vars(row), **values, "name": name}), BytesIO(original.open())
    except FileNotFoundError:
        raise FileNotFound from None


def count_files(state: FileState) -> int:
    """How many files are in this state."""
    return StoredFile.objects.filter(state=state.value).count()


def compare_store() -> StoreReport:
    """Table and store, compared as a whole: every content is asked for once. Takes minutes with millions of files."""
    there = {entry.name for entry in get_store().entries()}
    names = dict(StoredFile.objects.values_list("id", "blob").iterator())
    originals = dict(SealedOriginal.objects.values_list("file_id", "blob").iterator())
    wanted = set(names.values()) | set(originals.values())
    missing = {file_id for rows in (names, originals) for file_id, blob in rows.items() if blob not in there}
    orphans = {name for name in there - wanted if NAME.fullmatch(name)}
    return StoreReport(len(names), len(there), tuple(sorted(orphans)), tuple(sorted(missing)))


def list_missing(limit: int) -> Sequence[UUID]:
    """Of the latest ``limit`` files those whose content is not in the store. Raises OSError."""
    store = get_store()
    latest = StoredFile.objects.order_by("-id").values_list("id", "blob")[:limit]
    return [file_id for file_id, blob in latest if not store.has(blob)]


def _files(subject_kind: str, subject_id: UUID):  # type: ignore[no-untyped-def]
    original = SealedOriginal.objects.filter(file_id=OuterRef("id")).values("sha256")
    files = StoredFile.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return files.annotate(original_sha256=Coalesce(Subquery(original), "sha256")).order_by("id")


def _refuse_unchecked(file: StoredFile) -> None:
    state = FileState(file.state)
    if state is FileState.INFECTED:
        raise FileQuarantined
    if state in (FileState.PENDING, FileState.FAILED):
        raise FileBeingChecked


def _row(file: StoredFile) -> FileRow:
    return FileRow(
        id=file.id,
        subject_kind=file.subject_kind,
        subject_id=file.subject_id,
        name=file.name,
        kind=Kind(file.kind),
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        original_sha256=file.original_sha256,  # type: ignore[attr-defined]
        width_px=file.width_px,
        height_px=file.height_px,
        state=FileState(file.state),
        created_at=file.created_at,
    )
