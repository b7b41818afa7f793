from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from uuid import UUID

from yiwang.foundation.files.errors import FileTooLarge, FileTypeRefused, StoreUnavailable, VideoTooLong
from yiwang.foundation.files.formats import JPEG, Format, Kind, limit_mb_of, recognise
from yiwang.foundation.files.media import blank, length_s
from yiwang.foundation.files.models import SealedOriginal, StoredFile
from yiwang.foundation.files.pictures import blacken, draw_anew
from yiwang.foundation.files.selectors import open_file
from yiwang.foundation.files.services.clearing import drop_files
from yiwang.foundation.files.services.locks import hold
from yiwang.foundation.files.stores import get_store, name_of
from yiwang.foundation.files.types import Box, FileRow, FileState, NewFile
from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.kernel.sealing import encrypt, new_key
from yiwang.foundation.kernel.settings import get_settings

MB = 1024 * 1024


def keep_file(new: NewFile, *, subject_kind: str, subject_id: UUID, now: datetime) -> str:
    """Stores a file, judged by its content, and returns the SHA-256 of what was sent, for the caller's leaf.

    Photos are drawn anew, recordings lose what was written beside them; what was sent is then kept sealed. The rows
    are written in the caller's transaction, the contents before them: a crash leaves at most contents without rows.
    Raises FileTooLarge, FileTypeRefused and its children, VideoTooLong and StoreUnavailable.
    """
    form = _accepted(new.content)
    shown, shown_as, size = _shown(new.content, form)
    blob, digest = name_of(shown)
    file = StoredFile(
        subject_kind=subject_kind,
        subject_id=subject_id,
        name=_name(new.name, shown_as),
        kind=form.kind.value,
        content_type=shown_as.content_type,
        size_bytes=len(shown),
        sha256=digest,
        width_px=size[0],
        height_px=size[1],
        blob=blob,
        state=(FileState.PENDING if get_settings().antivirus else FileState.NOT_SCANNED).value,
        next_scan_at=now,
        created_at=now,
    )
    _put(blob, shown)
    insert(file)
    if shown == new.content:
        return digest
    original = _sealed(file, new.content, form)
    insert(original)
    return original.sha256


def keep_redacted(
    file_id: UUID, boxes: Sequence[Box], *, of: tuple[str, UUID], subject_kind: str, subject_id: UUID
) -> str:
    """Keeps a copy of a photo of the record ``of`` (kind, id) with boxes painted into it, as the only file of another
    record; returns the copy's SHA-256 for the caller's leaf.

    The copy bears no name of the sender's and is erased when its photo is. The rows are written in the caller's
    transaction. Raises what ``open_file`` raises, FileTypeRefused for what is no photo, and StoreUnavailable.
    """
    photo, content = open_file(file_id, subject_kind=of[0], subject_id=of[1])
    with content:
        if not photo.is_photo:
            raise FileTypeRefused
        painted, size = blacken(content.read(), boxes)
    drop_files(subject_kind, subject_id)
    blob, digest = name_of(painted)
    _put(blob, painted)
    insert(_copy(photo, subject_kind, subject_id, blob, digest, len(painted), size))
    return digest


def _copy(
    photo: FileRow, subject_kind: str, subject_id: UUID, blob: str, digest: str, size_bytes: int, size: tuple[int, int]
) -> StoredFile:
    return StoredFile(
        subject_kind=subject_kind,
        subject_id=subject_id,
        name=f"photo.{JPEG.suffix}",
        kind=Kind.PHOTO.value,
        content_type=JPEG.content_type,
        size_bytes=size_bytes,
        sha256=digest,
        width_px=size[0],
        height_px=size[1],
        blob=blob,
        state=photo.state.value,
        next_scan_at=photo.created_at,
        created_at=photo.created_at,
    )


def _accepted(content: bytes) -> Format:
    settings = get_settings()
    _refuse_size(len(content), limit_mb_of(content))
    form = recognise(content)
    if form is None or form.kind.value not in settings.upload_kinds:
        raise FileTypeRefused
    if form.kind is not Kind.VIDEO:
        _refuse_size(len(content), settings.upload_limit_mb)
        return form
    length = length_s(content)
    if length is None:
        raise FileTypeRefused
    if length > settings.video_limit_s:
        raise VideoTooLong(length_s=round(length), limit_s=settings.video_limit_s)
    return form


def _refuse_size(size_bytes: int, limit_mb: int) -> None:
    if size_bytes > limit_mb * MB:
        raise FileTooLarge(size_mb=round(size_bytes / MB, 1), limit_mb=limit_mb)


def _shown(content: bytes, form: Format) -> tuple[bytes, Format, tuple[int, int]]:
    if form.kind is Kind.PHOTO:
        drawn, size = draw_anew(content)
        return drawn, JPEG, size
    if form.kind is Kind.DOCUMENT:
        return content, form, (0, 0)
    return blank(content, form.suffix), form, (0, 0)


def _name(given: str, form: Format) -> str:
    """The sender's name for it, without folders, ending as its content demands."""
    name = PurePath(given.replace("\\", "/").replace("\0", "")).name
    stem = name.rpartition(".")[0] or name
    printable = "".join(sign for sign in stem if sign.isprintable())
    return f"{printable[:100] or 'file'}.{form.suffix}"


def _sealed(file: StoredFile, content: bytes, form: Format) -> SealedOriginal:
    cipher = get_settings().cipher
    key = new_key(cipher)
    body = encrypt(content, key, file.id.bytes, cipher)
    blob, _digest = name_of(body)
    _put(blob, body)
    original = SealedOriginal(
        file=file,
        blob=blob,
        content_type=form.content_type,
        suffix=form.suffix,
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
        cipher=cipher,
    )
    original.seal_key(key)
    return original


def _put(blob: str, content: bytes) -> None:
    hold(blob, alone=False)
    try:
        get_store().put(blob, content)
    except OSError as error:
        raise StoreUnavailable from error
