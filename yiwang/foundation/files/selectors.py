from collections.abc import Sequence
from typing import IO
from uuid import UUID

from django.core.files.storage import default_storage

from yiwang.foundation.files.errors import FileNotFound
from yiwang.foundation.files.models import StoredFile
from yiwang.foundation.files.types import FileRow


def list_files(subject_kind: str, subject_id: UUID) -> Sequence[FileRow]:
    """The files of one record, oldest first. Who may see the record is the caller's question."""
    return [
        _row(file)
        for file in StoredFile.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id")
    ]


def open_file(file_id: UUID, *, subject_kind: str, subject_id: UUID) -> tuple[FileRow, IO[bytes]]:
    """A file of the given record and its content. Raises FileNotFound, also when it belongs to another record."""
    file = StoredFile.objects.filter(id=file_id, subject_kind=subject_kind, subject_id=subject_id).first()
    if file is None:
        raise FileNotFound
    try:
        return _row(file), default_storage.open(file.storage_name)
    except FileNotFoundError:
        raise FileNotFound from None


def _row(file: StoredFile) -> FileRow:
    return FileRow(
        id=file.id,
        subject_kind=file.subject_kind,
        subject_id=file.subject_id,
        name=file.name,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        width_px=file.width_px,
        height_px=file.height_px,
        created_at=file.created_at,
    )
