"""Sound and video: how long, what is inside, and how to blank what phones write into them (place, device). No Django.

Boxes as in ISO/IEC 14496-12 (MP4, M4A, QuickTime), chunks as in RIFF (WAV), frames and tags as in MP3 with ID3.
Blanked parts keep their length, because other parts refer to places in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass

FOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"}
TELLING_BOXES = {b"udta", b"meta", b"uuid"}
TELLING_CHUNKS = {b"LIST", b"bext", b"iXML", b"id3 ", b"ID3 ", b"_PMX"}
MOST_BOXES = 10_000
MP3_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MP3_BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True)
class Box:
    """A part of the file: its type and where it and what it holds begin and end."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes_of(content: bytes) -> tuple[Box, ...]:
    """All boxes, those inside others too; empty if they do not fill the file as they should."""
    try:
        return tuple(_walk(content, 0, len(content), [MOST_BOXES]))
    except ValueError:
        return ()


def _walk(content: bytes, start: int, end: int, left: list[int]) -> Iterator[Box]:
    while start < end:
        left[0] -= 1
        size, kind, body = int.from_bytes(content[start : start + 4], "big"), content[start + 4 : start + 8], start + 8
        if size == 1:
            size, body = int.from_bytes(content[body : body + 8], "big"), body + 8
        stop = end if size == 0 else start + size
        if len(kind) < 4 or stop < body or stop > end or left[0] < 0:
            raise ValueError("boxes do not fit")
        yield Box(kind, start, body, stop)
        if kind in FOLDERS:
            yield from _walk(content, body, stop, left)
        start = stop


def handlers_of(content: bytes) -> frozenset[bytes]:
    """What kinds of tracks there are: ``vide``, ``soun`` …"""
    return frozenset(content[box.body + 8 : box.body + 12] for box in boxes_of(content) if box.kind == b"hdlr")


def length_s(content: bytes) -> float | None:
    """How long sound or video lasts, in seconds; None where the file does not say."""
    for box in boxes_of(content):
        if box.kind == b"mvhd":
            is_long = content[box.body] == 1
            at, width = (box.body + 20, 8) if is_long else (box.body + 12, 4)
            scale = int.from_bytes(content[at : at + 4], "big")
            duration = int.from_bytes(content[at + 4 : at + 4 + width], "big")
            return duration / scale if scale and duration else None
    return None


def blank(content: bytes, suffix: str) -> bytes:
    """The same sound or picture without what was written beside it."""
    if suffix in ("mp4", "m4a", "mov"):
        return _blank_boxes(content)
    return _without_tags(content) if suffix == "mp3" else _blank_chunks(content)


def _blank_boxes(content: bytes) -> bytes:
    blanked = bytearray(content)
    for box in boxes_of(content):
        if box.kind in TELLING_BOXES:
            blanked[box.start + 4 : box.start + 8] = b"free"
            blanked[box.body : box.end] = bytes(box.end - box.body)
    return bytes(blanked)


def _blank_chunks(content: bytes) -> bytes:
    blanked, start = bytearray(content), 12
    while start + 8 <= len(content):
        size = int.from_bytes(content[start + 4 : start + 8], "little")
        end = min(start + 8 + size, len(content))
        if content[start : start + 4] in TELLING_CHUNKS:
            blanked[start : start + 4] = b"JUNK"
            blanked[start + 8 : end] = bytes(end - start - 8)
        start = end + size % 2
    return bytes(blanked)


def _without_tags(content: bytes) -> bytes:
    end = len(content) - 128 if content[-128:-125] == b"TAG" else len(content)
    return content[_after_tag(content) : end]


def _after_tag(content: bytes) -> int:
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if content[5] & 0x10 else 0)


def is_mp3(content: bytes) -> bool:
    """Whether, behind a tag, two frames of MPEG layer III follow each other: one alone may be chance."""
    start = _after_tag(content)
    first = _frame_bytes(content, start)
    return first is not None and _frame_bytes(content, start + first) is not None


def _frame_bytes(content: bytes, start: int) -> int | None:
    head = int.from_bytes(content[start : start + 4], "big")
    version, layer, bitrate, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    is_first = version == 3
    kbit = (MP3_BITRATES if is_first else MP3_BITRATES_V2)[bitrate]
    return (144 if is_first else 72) * kbit * 1000 // MP3_RATES[version][rate] + (head >> 9 & 1)
