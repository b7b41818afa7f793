"""What is kept can be shown to everybody who may see the record; what was sent stays sealed."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from cryptography.exceptions import InvalidTag
from django.db import transaction
from PIL import Image

from tests import samples
from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.files import errors, formats
from yiwang.foundation.files.models import SealedOriginal, StoredFile
from yiwang.foundation.files.pictures import LONGEST_SIDE_PX
from yiwang.foundation.files.selectors import compare_store, list_files, open_file, open_original
from yiwang.foundation.files.services import erase_files_before, keep_file, keeping, reseal_originals, sweep_store
from yiwang.foundation.files.stores import get_store, name_of
from yiwang.foundation.files.stores.local import LocalStore
from yiwang.foundation.files.types import Kind, NewFile
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.keys import add_key_version
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM, ActorKind, Place, Viewer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NOBODY = Viewer(kind=ActorKind.USER, actor_id=new_id())


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store of its own for each test."""
    own = LocalStore(tmp_path / "store")
    for module in ("selectors", "services.keeping", "services.clearing", "models"):
        monkeypatch.setattr(f"yiwang.foundation.files.{module}.get_store", lambda: own)
    return own


def keep(content, name="photo.jpg"):
    subject = new_id()
    return subject, keep_file(NewFile(name, content), subject_kind="report", subject_id=subject, now=NOW)


def only(subject):
    (row,) = list_files("report", subject)
    return row


def shown(subject):
    row, content = open_file(only(subject).id, subject_kind="report", subject_id=subject)
    with content:
        return row, content.read()


def photo_with_camera():
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    return samples.photo(exif=exif)


def read_original(subject, viewer=SYSTEM):
    return open_original(
        only(subject).id,
        subject_kind="report",
        subject_id=subject,
        at=Place(),
        viewer=viewer,
        reason="核对时间",
        now=NOW,
    )


def test_a_photo_loses_its_camera_data_and_keeps_its_picture():
    subject, _ = keep(photo_with_camera())
    row, stored = shown(subject)
    assert b"SECRET" not in stored
    assert Image.open(BytesIO(stored)).size == (60, 40)
    assert (row.content_type, row.size_bytes, row.sha256) == ("image/jpeg", len(stored), sha256(stored).hexdigest())


def test_what_was_sent_is_sealed_and_comes_back_byte_by_byte_for_a_reason(store):
    content = photo_with_camera()
    subject, digest = keep(content)
    assert digest == only(subject).original_sha256 == sha256(content).hexdigest()
    assert all(b"SECRET" not in store.open(entry.name).read() for entry in store.entries())
    row, original = read_original(subject)
    assert original.read() == content
    (leaf,) = list_leaves(row.id, viewer=SYSTEM)
    assert (leaf.action, leaf.reason, leaf.detail["sha256"]) == ("files.original_read", "核对时间", digest)


def test_originals_are_for_those_who_may():
    subject, _ = keep(photo_with_camera())
    with pytest.raises(NotPermitted):
        read_original(subject, NOBODY)
    assert not list_leaves(only(subject).id, viewer=SYSTEM)


def test_an_original_cannot_be_moved_to_another_file():
    first, _ = keep(photo_with_camera())
    second, _ = keep(samples.photo(size=(10, 10)))
    ours, theirs = (SealedOriginal.objects.get(file_id=only(subject).id) for subject in (first, second))
    SealedOriginal.objects.filter(id=ours.id).update(blob=theirs.blob, sealed_key=theirs.sealed_key)
    with pytest.raises(InvalidTag):
        read_original(first)


def test_originals_are_resealed_under_another_key_and_cipher_without_touching_their_content(
    monkeypatch, store, tmp_path
):
    content = photo_with_camera()
    subject, _ = keep(content)
    before = {entry.name for entry in store.entries()}
    settings = replace(get_settings(), cipher="sm4-gcm", key_file=tmp_path / "keys.json")
    shutil.copy(get_settings().key_file, settings.key_file)
    for module in ("sealing", "keys"):
        monkeypatch.setattr(f"yiwang.foundation.kernel.{module}.get_settings", lambda: settings)
    add_key_version()
    assert (reseal_originals(10), reseal_originals(10)) == (1, 0)
    assert SealedOriginal.objects.get().key_cipher == "sm4-gcm"
    assert read_original(subject)[1].read() == content
    assert {entry.name for entry in store.entries()} == before


def test_large_photos_are_made_smaller():
    subject, _ = keep(samples.photo(size=(4000, 100)))
    assert only(subject).width_px == LONGEST_SIDE_PX


@pytest.mark.parametrize(
    ("content", "name", "kept_as"),
    [
        (samples.photo("PNG"), "evil.php", "evil.jpg"),
        (samples.PDF, "..\\..\\etc/通知.exe", "通知.pdf"),
        (samples.CSV, "\0\r\n.htaccess", "file.csv"),
        (samples.movie(), "x" * 300 + ".mov", "x" * 100 + ".mp4"),
    ],
)
def test_a_name_is_never_a_path_and_ends_as_the_content_demands(content, name, kept_as):
    subject, _ = keep(content, name)
    assert only(subject).name == kept_as


def test_a_document_is_kept_as_it_is_and_a_recording_without_its_place():
    document, digest = keep(samples.PDF)
    assert shown(document)[1] == samples.PDF
    assert digest == only(document).sha256
    video, _ = keep(samples.movie())
    assert samples.GPS not in shown(video)[1]
    assert read_original(video)[1].read() == samples.movie()
    assert (only(document).kind, only(video).kind) == (Kind.DOCUMENT, Kind.VIDEO)


def test_what_is_no_file_of_ours_is_refused_and_leaves_nothing(store):
    for content in (b"<svg onload=alert(1)>", b"", b"\xff\xd8\xff broken", samples.photo()[:200], b"%PDF-1.7"):
        with pytest.raises(errors.FileTypeRefused):
            keep(content)
    assert not list(store.entries())


def test_limits_hold_by_kind(monkeypatch):
    def limit(**values):
        settings = replace(get_settings(), **values)
        for module in (keeping, formats):
            monkeypatch.setattr(module, "get_settings", lambda: settings)

    limit(upload_limit_mb=1, video_limit_mb=2, video_limit_s=10)
    keep(samples.movie(seconds=10) + samples.box(b"free", bytes(1_500_000)))
    with pytest.raises(errors.VideoTooLong):
        keep(samples.movie(seconds=11))
    with pytest.raises(errors.FileTypeRefused):
        keep(samples.movie(scale=0))
    for content in (b"a" * 1_500_000, samples.movie() + samples.box(b"free", bytes(2_500_000))):
        with pytest.raises(errors.FileTooLarge):
            keep(content)
    limit(upload_kinds=("photo",))
    with pytest.raises(errors.FileTypeRefused):
        keep(samples.PDF)


def test_a_file_of_another_record_is_not_found():
    subject, _ = keep(samples.photo())
    for find in (open_file, lambda *a, **n: open_original(*a, **n, at=Place(), viewer=SYSTEM, reason="x", now=NOW)):
        with pytest.raises(errors.FileNotFound):
            find(only(subject).id, subject_kind="report", subject_id=new_id())


@pytest.fixture
def erase(django_capture_on_commit_callbacks):
    """Erases files kept before a moment, as a transaction that commits; returns how many."""

    def before(moment, *, limit):
        with django_capture_on_commit_callbacks(execute=True):
            return erase_files_before(moment, limit=limit)

    return before


def test_equal_files_share_their_content_until_the_last_is_erased(store, erase):
    keep(samples.PDF)
    StoredFile.objects.update(created_at=NOW - timedelta(days=9))
    kept, _ = keep(samples.PDF)
    assert len(list(store.entries())) == 1
    assert erase(NOW - timedelta(days=1), limit=10) == 1
    assert shown(kept)[1] == samples.PDF
    assert erase(NOW + timedelta(days=1), limit=10) == 1
    assert not list(store.entries())


def test_erasing_takes_the_original_along_and_only_so_many_at_once(store, erase):
    for _file in range(3):
        keep(samples.photo(size=(50 + _file, 50)))
    assert erase(NOW + timedelta(days=1), limit=2) == 2
    assert (StoredFile.objects.count(), SealedOriginal.objects.count(), len(list(store.entries()))) == (1, 1, 2)


def test_contents_stay_when_the_erasing_is_taken_back(store):
    keep(samples.PDF)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert erase_files_before(NOW + timedelta(days=1), limit=10) == 1
        raise RuntimeError
    assert StoredFile.objects.count() == 1 and len(list(store.entries())) == 1


def test_contents_without_a_row_are_swept_after_a_day_and_others_stay(store):
    subject, _ = keep(samples.photo())
    name, _ = name_of(b"left behind")
    store.put(name, b"left behind")
    (store._folder / name).with_name(".draft-1").write_bytes(b"half")
    put_at = max(entry.put_at for entry in store.entries())
    assert sweep_store(now=put_at + timedelta(hours=23)) == 0
    assert compare_store().orphans == (name,)
    assert sweep_store(now=put_at + timedelta(hours=25)) == 2
    assert shown(subject)
    assert compare_store().orphans == ()


def test_a_row_without_content_is_found(store):
    subject, _ = keep(samples.PDF)
    store.delete(StoredFile.objects.get().blob)
    assert compare_store().missing == (only(subject).id,)
    with pytest.raises(errors.FileNotFound):
        open_file(only(subject).id, subject_kind="report", subject_id=subject)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "ab/cd/../../../x", "/etc/passwd", "ab/cd/.draft-/../x", "ab/cd/x"]
)
def test_no_name_leads_out_of_the_store(store, name):
    for use in (store.open, store.delete, store.has, lambda name: store.put(name, b"x")):
        with pytest.raises(ValueError, match="not a name"):
            use(name)


def test_the_store_of_the_settings_is_the_folder_they_name():
    assert isinstance(get_store(), LocalStore)
