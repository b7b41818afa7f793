"""What a file is, is told by its content; what only looks harmless is refused."""

import struct
import zlib

import pytest

from tests import samples
from yiwang.foundation.files import formats, media
from yiwang.foundation.files.errors import ActiveContentRefused, FileBombRefused, FileTypeRefused, HeicRefused
from yiwang.foundation.files.formats import recognise
from yiwang.foundation.files.pictures import draw_anew


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (samples.photo(), formats.JPEG),
        (samples.photo("PNG"), formats.PNG),
        (samples.photo("WEBP"), formats.WEBP),
        (samples.photo("GIF"), formats.GIF),
        (samples.PDF, formats.PDF),
        (samples.office(), formats.DOCX),
        (samples.office("xl/workbook.xml"), formats.XLSX),
        (samples.TEXT, formats.TXT),
        ("﻿今天下午路灯又灭了。".encode(), formats.TXT),
        (samples.CSV, formats.CSV),
        (samples.sound_mp3(), formats.MP3),
        (samples.sound_wav(), formats.WAV),
        (samples.movie(b"M4A ", b"soun"), formats.M4A),
        (samples.movie(), formats.MP4),
        (samples.movie(b"qt  "), formats.MOV),
    ],
)
def test_the_content_says_what_it_is(content, form):
    assert recognise(content) is form


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"<svg onload=alert(1)>",
        b"hello <script>alert(1)</script>",
        b"\xef\xbb\xbf<!DOCTYPE html><p>hello",
        b"<?xml version='1.0'?><svg/>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ this program cannot be run in DOS mode",
        b"%PDF-1.7 and nothing more",
        b"%!PS-Adobe-3.0\n",
        b"text with a \x00 in it",
        b"\x7fELF\x02\x01\x01",
        b"\xff\xd8",
        b"\xff\xfb\x90\x00 one frame of sound alone",
        samples.movie()[:60],
        samples.movie(handler=b"text"),
        samples.movie(b"zzzz"),
        samples.office("ppt/presentation.xml"),
        samples.office()[:80],
        b"PK\x03\x04 no archive",
    ],
)
def test_what_is_nothing_we_know_is_refused(content):
    assert recognise(content) is None


def test_a_photo_of_an_iphone_gets_an_answer_of_its_own():
    with pytest.raises(HeicRefused):
        recognise(samples.box(b"ftyp", b"heic", bytes(4)))


@pytest.mark.parametrize("name", ["word__vbaProject_bin", "word__embeddings__thing_bin", "word__activeX__one_bin"])
def test_macros_and_embedded_programs_are_refused(name):
    with pytest.raises(ActiveContentRefused):
        recognise(samples.office(**{name: b"x"}))


def test_an_archive_that_unpacks_to_far_more_is_refused():
    with pytest.raises(FileBombRefused):
        recognise(samples.office(word__media=bytes(11 * formats.MB)))
    with pytest.raises(FileBombRefused):
        recognise(samples.office(**{f"word__{number}": b"" for number in range(formats.MOST_MEMBERS)}))


def test_an_archive_whose_bytes_were_changed_is_refused():
    broken = bytearray(samples.office(word__long=bytes(range(256)) * 40))
    broken[len(broken) // 3] ^= 0xFF
    assert recognise(bytes(broken)) is None


def bomb(width, height):
    """A PNG that says how large it is and holds next to nothing."""

    def part(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(1000))) + part(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (5_000, 5_000), (60_001, 1_000)])
def test_a_picture_of_far_too_many_pixels_is_refused_before_it_is_decoded(size):
    with pytest.raises(FileBombRefused):
        draw_anew(bomb(*size))


def test_a_broken_picture_is_refused():
    with pytest.raises(FileTypeRefused):
        draw_anew(samples.photo()[:200])


def test_a_recording_loses_its_place_and_keeps_its_length():
    for content, suffix in ((samples.movie(), "mp4"), (samples.sound_wav(), "wav")):
        blanked = media.blank(content, suffix)
        assert samples.GPS in content
        assert samples.GPS not in blanked
        assert len(blanked) == len(content)
        assert recognise(blanked) is recognise(content)
    sound = media.blank(samples.sound_mp3(), "mp3")
    assert samples.GPS not in sound
    assert recognise(sound) is formats.MP3


def test_the_length_of_a_recording_is_what_it_says():
    assert media.length_s(samples.movie(seconds=12)) == 12
    assert media.length_s(samples.movie(scale=0)) is None


@pytest.mark.parametrize("size", [0xFFFFFFFF, 7, 2])
def test_boxes_that_do_not_fit_are_no_recording(size):
    content = samples.movie() + size.to_bytes(4, "big") + b"free"
    assert media.boxes_of(content) == ()
