"""Keys change while the city is open, old ones go only when nothing needs them, and what must last outlives them."""

import json
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel import keys, sealing
from yiwang.foundation.kernel.keys import (
    KeyInUse,
    KeysMissing,
    KeyUse,
    add_key_version,
    create_key_file,
    get_keyring,
    key_for,
    mac,
    retire_key_version,
)
from yiwang.foundation.kernel.sealing import Sealed, seal, unseal
from yiwang.foundation.kernel.settings import get_settings


@pytest.fixture
def city_keys(tmp_path, monkeypatch):
    """A key file of its own, and nothing that uses it."""
    path = tmp_path / "keys.json"
    create_key_file(path)
    settings = replace(get_settings(), key_file=path)
    for module in (keys, sealing):
        monkeypatch.setattr(module, "get_settings", lambda: settings)
    monkeypatch.setattr(keys, "_uses", {})
    return path


def use(monkeypatch, count):
    monkeypatch.setattr(keys, "_uses", {"rows": KeyUse("rows", _("rows"), count, lambda _limit: 0)})


def test_a_new_version_is_used_at_once_and_the_old_one_still_opens(city_keys):
    before = seal(b"138", purpose="contact", bound_to=b"row")
    assert add_key_version() == 2
    after = seal(b"138", purpose="contact", bound_to=b"row")
    assert (before.version, after.version) == (1, 2)
    assert unseal(before, purpose="contact", bound_to=b"row") == unseal(after, purpose="contact", bound_to=b"row")
    assert city_keys.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in city_keys.parent.iterdir()] == ["keys.json"]


def test_a_process_that_is_running_sees_a_file_another_one_changed(city_keys):
    assert get_keyring().current == 1
    body = json.loads(city_keys.read_text())
    draft = city_keys.with_name("other")
    draft.write_text(json.dumps({"current": 2, "keys": {**body["keys"], "2": body["keys"]["1"]}}))
    draft.replace(city_keys)
    assert get_keyring().current == 2


def test_a_city_that_is_open_outlives_its_file_and_a_new_one_does_not_begin_without(city_keys):
    key = key_for("contact")
    city_keys.unlink()
    assert key_for("contact") == key
    keys.forget_keys()
    with pytest.raises(KeysMissing):
        key_for("contact")


def test_a_key_that_rows_need_and_the_current_one_cannot_be_retired(city_keys, monkeypatch):
    add_key_version()
    use(monkeypatch, lambda version: 3 if version == 1 else 0)
    with pytest.raises(KeyInUse, match="3"):
        retire_key_version(1)
    with pytest.raises(KeyInUse):
        retire_key_version(2)
    with pytest.raises(KeysMissing):
        retire_key_version(9)
    assert set(get_keyring().masters) == {1, 2}


def test_a_retired_key_opens_nothing_any_more_but_receipts_stay_valid(city_keys, monkeypatch):
    sealed, receipt = seal(b"138", purpose="contact", bound_to=b"row"), mac("receipt-secret", b"report", 1)
    master = get_keyring().master(1)
    add_key_version()
    use(monkeypatch, lambda _version: 0)
    retire_key_version(1)
    keys.forget_keys()
    with pytest.raises(KeysMissing):
        unseal(sealed, purpose="contact", bound_to=b"row")
    assert mac("receipt-secret", b"report", 1) == receipt
    assert keys.base64.b64encode(master).decode() not in city_keys.read_text()
    assert add_key_version() == 3


@pytest.mark.parametrize("cipher", ["aes-gcm", "sm4-gcm"])
def test_what_is_sealed_opens_only_where_it_belongs_and_unaltered(city_keys, monkeypatch, cipher):
    settings = replace(keys.get_settings(), cipher=cipher)
    monkeypatch.setattr(sealing, "get_settings", lambda: settings)
    sealed = seal("王五 13800138000".encode(), purpose="contact", bound_to=b"row")
    assert sealed.cipher == cipher
    assert unseal(sealed, purpose="contact", bound_to=b"row").decode() == "王五 13800138000"
    other = "sm4-gcm" if cipher == "aes-gcm" else "aes-gcm"
    for wrong, purpose, row in (
        (sealed, "contact", b"other"),
        (sealed, "file-original", b"row"),
        (replace(sealed, body=sealed.body[:-1] + bytes([sealed.body[-1] ^ 1])), "contact", b"row"),
        (replace(sealed, body=bytes([sealed.body[0] ^ 1]) + sealed.body[1:]), "contact", b"row"),
        (Sealed(sealed.body, sealed.version, other), "contact", b"row"),
    ):
        with pytest.raises(InvalidTag):
            unseal(wrong, purpose=purpose, bound_to=row)


def test_sm4_gives_what_the_standard_says():
    """RFC 8998, appendix A.1."""
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    bound_to = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    body = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
        "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
    )
    plain = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
    assert sealing.decrypt(nonce + body, key, bound_to, "sm4-gcm") == plain
