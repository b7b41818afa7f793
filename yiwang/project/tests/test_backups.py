"""A backup puts everything back, says so when it cannot, and never half."""

import json
import shutil
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
from yiwang.foundation.operations.archives import extract_archive
from yiwang.foundation.operations.errors import CityIsOpen, InstallationNotEmpty, KeysDoNotFit
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
    keys.forget_keys()


@pytest.fixture
def backup(transactional_db, city, tmp_path):
    keep_contact(ContactDetails(name="李雷", phone="13800138000", email=""), now=NOW)
    shutil.rmtree(default_storage.base_location, ignore_errors=True)  # other tests leave their photos
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
    keys.forget_keys()
    with pytest.raises(KeysDoNotFit):
        restore(path)
    create_key_file(own_keys)
    keys.forget_keys()
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
    keys.forget_keys()
    with pytest.raises(KeysMissing):
        restore(path)


def test_a_backup_of_a_newer_program_is_refused(backup, tmp_path, monkeypatch):
    folder = tmp_path / "newer"
    manifest = extract_archive(backup, folder)
    manifest["migrations"].append("cases.9999_tomorrow")
    monkeypatch.setattr(restoring, "extract_archive", lambda *_arguments: json.loads(json.dumps(manifest)))
    with pytest.raises(YiwangError, match="9999_tomorrow"):
        restore(backup)
