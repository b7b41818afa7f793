"""Photos: decoded and drawn anew, so that neither a place nor a payload survives. No Django."""

from collections.abc import Sequence
from io import BytesIO
from math import ceil, floor

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from yiwang.foundation.files.errors import FileBombRefused, FileTypeRefused
from yiwang.foundation.files.types import Box

LONGEST_SIDE_PX = 2560
MOST_PIXELS = 60_000_000
# Up to here a plain picture may be packed as tightly as it likes; above, only bombs are.
PLAIN_PIXELS = 16_000_000
MOST_RATIO = 500
BYTES_PER_PIXEL = 3


def draw_anew(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """A JPEG without metadata, upright, longest side 2560 px, and its size.

    Raises FileTypeRefused for what cannot be decoded, FileBombRefused for too many pixels, before they are decoded.
    """
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
            _refuse_bomb(image.width * image.height, len(content))
            image.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise FileTypeRefused from None
    except Image.DecompressionBombError:
        raise FileBombRefused from None
    return _jpeg(upright), upright.size


def blacken(content: bytes, boxes: Sequence[Box]) -> tuple[bytes, tuple[int, int]]:
    """A picture of ours with these parts painted black, and its size; nothing of what was there is kept.

    Boxes reach outwards to whole pixels. Raises FileTypeRefused for what cannot be decoded.
    """
    try:
        with Image.open(BytesIO(content), formats=("JPEG",)) as image:
            picture = image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise FileTypeRefused from None
    draw, (width, height) = ImageDraw.Draw(picture), picture.size
    for box in boxes:
        corner = floor(box.left * width / 100), floor(box.top * height / 100)
        opposite = ceil((box.left + box.width) * width / 100), ceil((box.top + box.height) * height / 100)
        draw.rectangle((corner, opposite), fill="black")
    return _jpeg(picture), picture.size


def _jpeg(picture: Image.Image) -> bytes:
    output = BytesIO()
    picture.save(output, "JPEG", quality=85, optimize=True)
    return output.getvalue()


def _refuse_bomb(pixels: int, size_bytes: int) -> None:
    is_dense = pixels > PLAIN_PIXELS and pixels * BYTES_PER_PIXEL > MOST_RATIO * size_bytes
    if pixels > MOST_PIXELS or is_dense:
        raise FileBombRefused
