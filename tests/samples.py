"""Files made on the spot: each the smallest that is what it says."""

import struct
import zipfile
from io import BytesIO

from PIL import Image

GPS = b"+39.9042+116.4074/"


def photo(kind="JPEG", size=(60, 40), **options):
    output = BytesIO()
    Image.new("RGB", size, "teal").save(output, kind, **options)
    return output.getvalue()


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def movie(brand=b"isom", handler=b"vide", seconds=12, scale=600):
    """An MP4 with one track, its place written beside it as phones do, and a little data."""
    head = box(b"mvhd", bytes(12), struct.pack(">II", scale, seconds * scale), bytes(80))
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12))))
    place = box(b"udta", box(b"\xa9xyz", GPS))
    return box(b"ftyp", brand, bytes(4), brand) + box(b"moov", head, track, place) + box(b"mdat", b"picture" * 50)


def sound_mp3():
    """Three frames of 128 kbit/s, behind a tag and before another."""
    frame = bytes.fromhex("fffb9000") + bytes(413)
    return b"ID3\x04\x00\x00\x00\x00\x00\x12" + GPS + frame * 3 + b"TAG" + GPS.ljust(125, b"\0")


def sound_wav():
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"LIST" + struct.pack("<I", len(GPS)) + GPS
    chunks += b"data" + struct.pack("<I", 40) + bytes(40)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def office(main="word/document.xml", **more):
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        parts = {"[Content_Types].xml": "<Types/>", main: "<w/>", **more}
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name.replace("__", "/").replace("_bin", ".bin"))  # without the time of day
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CSV = "编号,地址\n1,莲花路12号\n2,莲花路14号\n".encode()
TEXT = "路灯坏了，晚上很黑。".encode("gb18030")
