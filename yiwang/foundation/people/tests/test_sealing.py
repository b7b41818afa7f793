"""Contact data can be read only with the key, only in its own row, and found only through the keyed index."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag

from yiwang.foundation.kernel import keys
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.keys import KeyInUse, KeysMissing, add_key_version, retire_key_version
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.people.models import Contact
from yiwang.foundation.people.sealing import email_index, normalise_phone, phone_index, seal, unseal
from yiwang.foundation.people.selectors import get_contacts, list_contact_ids_by_phone
from yiwang.foundation.people.services import keep_contact, reseal_contacts
from yiwang.foundation.people.types import ContactDetails

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WANG = ContactDetails("王五", "13800138000", "w@example.org")


def test_what_is_sealed_comes_back_and_two_seals_differ():
    row = new_id()
    first, second = seal(WANG, row), seal(WANG, row)
    assert first.body != second.body
    assert b"138" not in first.body
    assert unseal(first, row) == WANG


def test_sealed_data_cannot_be_moved_to_another_row_or_altered():
    row = new_id()
    sealed = seal(WANG, row)
    with pytest.raises(InvalidTag):
        unseal(sealed, new_id())
    with pytest.raises(InvalidTag):
        unseal(replace(sealed, body=sealed.body[:-1] + bytes([sealed.body[-1] ^ 1])), row)


@pytest.mark.parametrize("text", ["13800138000", "+86 138-0013-8000", "86 13800138000", "0086 138 0013 8000"])
def test_one_number_written_in_many_ways_has_one_index(text):
    assert normalise_phone(text) == "13800138000"
    assert phone_index(text) == phone_index("13800138000")


def test_empty_values_have_no_index():
    assert phone_index(" - ") is None
    assert email_index("  ") is None
    assert email_index("A@B.cn") == email_index("a@b.cn ")


@pytest.mark.django_db
def test_contacts_are_found_and_read_before_while_and_after_they_move_to_another_key(own_keys):
    ids = {keep_contact(WANG, now=NOW) for _turn in range(5)}

    def all_is_well():
        found = list_contact_ids_by_phone("138 0013 8000", viewer=SYSTEM)
        read = get_contacts(dict.fromkeys(found, "call"), viewer=SYSTEM, now=NOW)
        return set(found) == ids and set(read.values()) == {WANG}

    assert all_is_well()
    add_key_version()
    ids.add(keep_contact(WANG, now=NOW))
    assert all_is_well()
    assert reseal_contacts(2) == 2
    assert all_is_well()
    with pytest.raises(KeyInUse, match="3"):
        retire_key_version(1)
    # Somebody stopped it here; it goes on with the rest.
    assert [reseal_contacts(2), reseal_contacts(2), reseal_contacts(2)] == [2, 1, 0]
    retire_key_version(1)
    keys.forget_keys()
    assert all_is_well()
    with pytest.raises(KeysMissing):
        keys.key_for("contact", 1)


@pytest.mark.django_db
def test_after_another_cipher_is_set_both_are_read(own_keys, monkeypatch):
    first = keep_contact(WANG, now=NOW)
    settings = replace(keys.get_settings(), cipher="sm4-gcm")
    monkeypatch.setattr("yiwang.foundation.kernel.sealing.get_settings", lambda: settings)
    second = keep_contact(WANG, now=NOW)
    assert {row.cipher for row in Contact.objects.all()} == {"aes-gcm", "sm4-gcm"}
    assert first and second
    read = get_contacts({first: "call", second: "call"}, viewer=SYSTEM, now=NOW)
    assert list(read.values()) == [WANG, WANG]
