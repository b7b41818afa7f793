"""Photos: decoded and drawn anew, so that neither a place nor a payload survives. No Django."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from yiwang.foundation.files.errors import FileBombRefused, FileTypeRefused

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
    output = BytesIO()
    upright.save(output, "JPEG", quality=85, optimize=True)
    return output.getvalue(), upright.size


def _refuse_bomb(pixels: int, size_bytes: int) -> None:
    is_dense = pixels > PLAIN_PIXELS and pixels * BYTES_PER_PIXEL > MOST_RATIO * size_bytes
    if pixels > MOST_PIXELS or is_dense:
        raise FileBombRefused
