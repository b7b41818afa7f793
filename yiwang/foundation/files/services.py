import hashlib
from datetime import datetime
from io import BytesIO
from pathlib import PurePath
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from yiwang.foundation.files.errors import FileTooLarge, FileTypeRefused
from yiwang.foundation.files.models import StoredFile
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.kernel.settings import get_settings

LONGEST_SIDE_PX = 2560
MOST_PIXELS = 60_000_000
MB = 1024 * 1024


def keep_photo(new: NewFile, *, subject_kind: str, subject_id: UUID, now: datetime) -> UUID:
    """Stores a photo: type judged by its content, re-encoded as JPEG without metadata, longest side 2560 px.

    The row is written in the caller's transaction, the file before it: a crash leaves at most an orphan file. Raises
    FileTooLarge and FileTypeRefused.
    """
    content, size = _re_encode(new.content)
    file = StoredFile(
        subject_kind=subject_kind,
        subject_id=subject_id,
        name=PurePath(new.name.replace("\\", "/")).name[:120],
        content_type="image/jpeg",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        width_px=size[0],
        height_px=size[1],
        created_at=now,
    )
    default_storage.save(file.storage_name, ContentFile(content))
    file.save(force_insert=True)
    return file.id


def _re_encode(content: bytes) -> tuple[bytes, tuple[int, int]]:
    limit_mb = get_settings().upload_limit_mb
    if len(content) > limit_mb * MB:
        raise FileTooLarge(size_mb=round(len(content) / MB, 1), limit_mb=limit_mb)
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FileTypeRefused
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise FileTypeRefused from None
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    output = BytesIO()
    upright.save(output, "JPEG", quality=85, optimize=True)
    return output.getvalue(), upright.size
