"""A photo is what its content says, re-encoded without what the camera wrote into it."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from yiwang.foundation.files import errors
from yiwang.foundation.files.selectors import list_files, open_file
from yiwang.foundation.files.services import LONGEST_SIDE_PX, keep_photo
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.kernel.ids import new_id

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def photo(kind="JPEG", size=(60, 40), **options):
    output = BytesIO()
    Image.new("RGB", size, "teal").save(output, kind, **options)
    return output.getvalue()


def keep(content, name="photo.jpg"):
    subject = new_id()
    return subject, keep_photo(NewFile(name, content), subject_kind="report", subject_id=subject, now=NOW)


def test_a_photo_loses_its_camera_data_and_keeps_its_picture():
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    subject, file_id = keep(photo(exif=exif))
    row, content = open_file(file_id, subject_kind="report", subject_id=subject)
    stored = content.read()
    assert b"SECRET" not in stored
    assert Image.open(BytesIO(stored)).size == (60, 40)
    assert (row.content_type, row.size_bytes) == ("image/jpeg", len(stored))


def test_large_photos_are_made_smaller():
    subject, _ = keep(photo(size=(4000, 100)))
    assert list_files("report", subject)[0].width_px == LONGEST_SIDE_PX


def test_the_content_decides_not_the_name():
    subject, _ = keep(photo("PNG"), name="evil.php")
    assert list_files("report", subject)[0].content_type == "image/jpeg"
    for content in (b"<svg onload=alert(1)>", b"", b"\xff\xd8\xff broken", photo()[:200], b"%PDF-1.7"):
        with pytest.raises(errors.FileTypeRefused):
            keep(content)


def test_a_name_is_never_a_path():
    subject, _ = keep(photo(), name="..\\..\\etc/passwd.jpg")
    assert list_files("report", subject)[0].name == "passwd.jpg"


def test_too_large_a_file_is_refused_before_it_is_decoded():
    with pytest.raises(errors.FileTooLarge):
        keep(b"\0" * (11 * 1024 * 1024))


def test_a_file_of_another_record_is_not_found():
    _, file_id = keep(photo())
    with pytest.raises(errors.FileNotFound):
        open_file(file_id, subject_kind="report", subject_id=new_id())
