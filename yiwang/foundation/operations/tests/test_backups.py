"""A backup puts everything back, says so when it cannot, and never half."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from yiwang.foundation.kernel import keys
from yiwang.foundation.kernel.errors import YiwangError
from yiwang.foundation.kernel.keys import KeysMissing, create_key_file
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.operations.archives import create_archive, extract_archive
from yiwang.foundation.operations.errors import ArchiveInvalid, CityIsOpen, InstallationNotEmpty, KeysDoNotFit
from yiwang.foundation.operations.services import restore_backup, restoring, write_backup
from yiwang.foundation.people.checks import check_contacts
from yiwang.foundation.people.services import keep_contact
from yiwang.foundation.people.types import ContactDetails
from yiwang.project.postgres_folders import binaries

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PHOTO = b"a photo, as far as the archive is concerned"


def content_of_all_tables():
    with connection.cursor() as db:
        tables = connection.introspection.table_names(db)
        content = {}
        for table in tables:
            db.execute(f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM \"{table}\" t")
            content[table] = db.fetchone()[0]
    return content


def save(path, *, with_keys=False):
    return write_backup(path, tools=binaries(), with_keys=with_keys, viewer=SYSTEM, now=NOW)


def restore(path, *, force=True):
    connection.close()
    return restore_backup(path, tools=binaries(), force=force, viewer=SYSTEM, now=NOW)


@pytest.fixture
def own_keys(tmp_path, monkeypatch):
    """The city's keys where a test may take them away."""
    path = tmp_path / "keys.json"
    path.write_bytes(get_settings().key_file.read_bytes())
    settings = type(get_settings())(**{**vars(get_settings()), "key_file": path})
    for module in (keys, restoring, "yiwang.foundation.operations.services.saving"):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.get_settings", lambda: settings)
    yield path
    keys.get_keyring.cache_clear()
    keys.key_for.cache_clear()


@pytest.fixture
def backup(transactional_db, city, tmp_path):
    keep_contact(ContactDetails(name="李雷", phone="13800138000", email=""), now=NOW)
    default_storage.save("ab/cd/photo.jpg", ContentFile(PHOTO))
    path = tmp_path / "city.tar.zst"
    save(path, with_keys=True)
    return path


def test_everything_comes_back_as_it_was_and_contacts_can_be_read(backup, monkeypatch):
    monkeypatch.setattr(restoring, "record", lambda *_arguments, **_named: None)  # the one row that must differ
    before = content_of_all_tables()
    default_storage.delete("ab/cd/photo.jpg")
    with connection.cursor() as db:
        db.execute("TRUNCATE people_contact CASCADE")
        db.execute("CREATE TABLE leftover (id int)")
    report = restore(backup)
    after = content_of_all_tables()
    before.pop("audit_auditleaf")  # written after the moment the backup shows: that there is one
    after.pop("audit_auditleaf")
    assert after == before
    assert default_storage.open("ab/cd/photo.jpg").read() == PHOTO
    assert check_contacts().state == "ok"
    assert report.has_keys
    assert report.files == 1


def test_an_archive_holds_the_keys_only_on_demand_and_belongs_to_its_owner(backup, tmp_path):
    plain = tmp_path / "plain.tar.gz"
    save(plain)
    assert plain.stat().st_mode & 0o777 == 0o600
    assert "keys.json" not in extract_archive(plain, tmp_path / "plain")["members"]
    assert "keys.json" in extract_archive(backup, tmp_path / "with")["members"]


def test_a_city_that_is_there_is_replaced_only_by_force(backup):
    before = content_of_all_tables()
    with pytest.raises(InstallationNotEmpty):
        restore(backup, force=False)
    assert content_of_all_tables() == before


def test_an_open_city_is_not_replaced(backup):
    with connection.copy().cursor(), pytest.raises(CityIsOpen):
        restore(backup)


def test_missing_and_foreign_keys_are_told_before_anything_changes(transactional_db, city, own_keys, tmp_path):
    keep_contact(ContactDetails(name="李雷", phone="13800138000", email=""), now=NOW)
    path = tmp_path / "city.tar.zst"
    save(path)
    before = content_of_all_tables()
    own_keys.unlink()
    keys.get_keyring.cache_clear()
    with pytest.raises(KeysDoNotFit):
        restore(path)
    create_key_file(own_keys)
    keys.get_keyring.cache_clear()
    keys.key_for.cache_clear()
    with pytest.raises(KeysDoNotFit):
        restore(path)
    assert content_of_all_tables() == before


def test_keys_from_the_archive_are_put_where_none_are(transactional_db, city, own_keys, tmp_path):
    keep_contact(ContactDetails(name="李雷", phone="13800138000", email=""), now=NOW)
    path = tmp_path / "city.tar.zst"
    save(path, with_keys=True)
    original = own_keys.read_bytes()
    own_keys.unlink()
    restore(path)
    assert own_keys.read_bytes() == original
    assert own_keys.stat().st_mode & 0o777 == 0o600
    assert check_contacts().state == "ok"


def test_without_any_keys_not_even_an_empty_city_is_restored(transactional_db, city, own_keys, tmp_path):
    path = tmp_path / "city.tar.zst"
    save(path)
    own_keys.unlink()
    keys.get_keyring.cache_clear()
    with pytest.raises(KeysMissing):
        restore(path)


@pytest.fixture
def small(tmp_path):
    """An archive of one member, and that member's path."""
    member = tmp_path / "member"
    member.write_bytes(PHOTO * 1000)
    return tmp_path / "small.tar.gz", member


def test_a_truncated_archive_is_refused(small, tmp_path):
    path, member = small
    with create_archive(path) as archive:
        archive.add("member", member)
        archive.finish({})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ArchiveInvalid):
        extract_archive(path, tmp_path / "out")


@pytest.mark.parametrize("digests", [{"member": "0" * 64}, {}, {"member": "real", "missing": "0" * 64}])
def test_an_archive_whose_members_differ_from_its_list_is_refused(small, tmp_path, digests):
    path, member = small
    real = hashlib.sha256(member.read_bytes()).hexdigest()
    with create_archive(path) as archive:
        archive.add("member", member)
        archive.digests = {name: real if digest == "real" else digest for name, digest in digests.items()}
        archive.finish({})
    with pytest.raises(ArchiveInvalid):
        extract_archive(path, tmp_path / "out")


def test_a_failed_backup_leaves_no_file_and_keeps_the_old_one(small, tmp_path):
    path, member = small
    path.write_bytes(b"the backup of yesterday")
    with pytest.raises(RuntimeError), create_archive(path) as archive:
        archive.add("member", member)
        raise RuntimeError("the disk is gone")
    assert path.read_bytes() == b"the backup of yesterday"
    assert {entry.name for entry in tmp_path.iterdir()} == {path.name, member.name}


@pytest.mark.parametrize("name", ["city.zip", "city.tar"])
def test_other_kinds_of_archives_are_refused_with_a_sentence(tmp_path, name):
    with pytest.raises(YiwangError, match=r"\.tar\.zst"), create_archive(tmp_path / name):
        pass


def test_a_backup_of_a_newer_program_is_refused(backup, tmp_path, monkeypatch):
    folder = tmp_path / "newer"
    manifest = extract_archive(backup, folder)
    manifest["migrations"].append("cases.9999_tomorrow")
    monkeypatch.setattr(restoring, "extract_archive", lambda *_arguments: json.loads(json.dumps(manifest)))
    with pytest.raises(YiwangError, match="9999_tomorrow"):
        restore(backup)
