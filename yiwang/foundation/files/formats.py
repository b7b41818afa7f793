"""What a file is, judged by its content alone; the name a sender gave says nothing. No Django."""

import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from yiwang.foundation.files.errors import ActiveContentRefused, FileBombRefused, HeicRefused
from yiwang.foundation.files.media import boxes_of, handlers_of, is_mp3
from yiwang.foundation.kernel.settings import get_settings

MB = 1024 * 1024
MOST_MEMBERS = 5000
MOST_UNPACKED = 100 * MB
MOST_RATIO = 100
RATIO_COUNTS_FROM = 10 * MB


class Kind(StrEnum):
    """What people call it; cities choose which kinds they accept."""

    PHOTO = "photo"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True)
class Format:
    """A file format: how it is announced when it is sent out, and how its name ends."""

    kind: Kind
    content_type: str
    suffix: str


JPEG = Format(Kind.PHOTO, "image/jpeg", "jpg")
PNG = Format(Kind.PHOTO, "image/png", "png")
WEBP = Format(Kind.PHOTO, "image/webp", "webp")
GIF = Format(Kind.PHOTO, "image/gif", "gif")
PDF = Format(Kind.DOCUMENT, "application/pdf", "pdf")
DOCX = Format(Kind.DOCUMENT, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = Format(Kind.DOCUMENT, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
TXT = Format(Kind.DOCUMENT, "text/plain", "txt")
CSV = Format(Kind.DOCUMENT, "text/csv", "csv")
MP3 = Format(Kind.AUDIO, "audio/mpeg", "mp3")
M4A = Format(Kind.AUDIO, "audio/mp4", "m4a")
WAV = Format(Kind.AUDIO, "audio/wav", "wav")
MP4 = Format(Kind.VIDEO, "video/mp4", "mp4")
MOV = Format(Kind.VIDEO, "video/quicktime", "mov")
ALL = (JPEG, PNG, WEBP, GIF, PDF, DOCX, XLSX, TXT, CSV, MP3, M4A, WAV, MP4, MOV)

HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
MP4_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"MSNV",
    b"3gp4",
    b"3gp5",
    b"3gp6",
}
M4A_BRANDS = {b"M4A ", b"M4B "}
# Text that a browser, a shell or a viewer would take for more than text.
SPEAKING = re.compile(r"<\s*(?:!doctype|html|script|svg|\?xml|\?php|iframe|body|head|object|embed)", re.IGNORECASE)
DISGUISED = ("%PDF", "%!PS", "#!", "{\\rtf", "MZ", "PK", "BEGIN:VCARD", "BEGIN:VCALENDAR")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def limit_mb_of(head: bytes) -> int:
    """How large a file that begins like this may be, in megabytes; sixteen bytes are enough."""
    settings = get_settings()
    if head[4:8] == b"ftyp" and "video" in settings.upload_kinds:
        return max(settings.upload_limit_mb, settings.video_limit_mb)
    return settings.upload_limit_mb


def recognise(content: bytes) -> Format | None:
    """The format, or None for what is not accepted. Raises HeicRefused, FileBombRefused and ActiveContentRefused."""
    return _picture(content) or _container(content) or _document(content) or _text(content)


def _picture(content: bytes) -> Format | None:
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    return WEBP if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _container(content: bytes) -> Format | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE" and b"fmt " in content[12:4096]:
        return WAV
    if content[4:8] == b"ftyp":
        return _iso_media(content)
    return MP3 if is_mp3(content) else None


def _iso_media(content: bytes) -> Format | None:
    brand = content[8:12]
    if brand in HEIC_BRANDS:
        raise HeicRefused
    handlers = handlers_of(content) if boxes_of(content) else frozenset[bytes]()
    if b"vide" in handlers:
        return MOV if brand == b"qt  " else MP4 if brand in MP4_BRANDS else None
    return M4A if b"soun" in handlers and brand in M4A_BRANDS | MP4_BRANDS else None


def _document(content: bytes) -> Format | None:
    if content.startswith(b"%PDF-"):
        return PDF if b"%%EOF" in content[-2048:] else None
    return _office(content) if content.startswith(b"PK\x03\x04") else None


def _office(content: bytes) -> Format | None:
    """A document of Word or Excel, unpacked once to be sure that it can be and how large it gets."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            unpacked = sum(member.file_size for member in members)
            is_dense = unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * len(content)
            if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or is_dense:
                raise FileBombRefused
            found = _office_format(names)
            if found is None or archive.testzip() is not None:
                return None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        return None
    return found


def _office_format(names: set[str]) -> Format | None:
    if "[Content_Types].xml" not in names:
        return None
    if any(re.search(r"vbaProject|activeX|/embeddings/", name, re.IGNORECASE) for name in names):
        raise ActiveContentRefused
    return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None


def _text(content: bytes) -> Format | None:
    text = _decoded(content)
    if text is None or not text.strip() or text.startswith(DISGUISED):
        return None
    if CONTROLS.search(text) or SPEAKING.search(text):
        return None
    return CSV if _has_columns(text) else TXT


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _has_columns(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()][:20]
    if len(lines) < 2:
        return False
    return any(len({line.count(mark) for line in lines}) == 1 and lines[0].count(mark) for mark in ",;\t")
