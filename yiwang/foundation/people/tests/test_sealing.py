"""Contact data can be read only with the key, only in its own row, and found only through the keyed index."""

import pytest
from cryptography.exceptions import InvalidTag

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.people.sealing import email_index, normalise_phone, phone_index, seal, unseal


def test_what_is_sealed_comes_back_and_two_seals_differ():
    row = new_id()
    first, version = seal("王五 13800138000".encode(), row)
    second, _ = seal("王五 13800138000".encode(), row)
    assert first != second
    assert "138" not in str(first)
    assert unseal(first, row, version).decode() == "王五 13800138000"


def test_sealed_data_cannot_be_moved_to_another_row_or_altered():
    row = new_id()
    sealed, version = seal(b"secret", row)
    with pytest.raises(InvalidTag):
        unseal(sealed, new_id(), version)
    with pytest.raises(InvalidTag):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), row, version)


@pytest.mark.parametrize("text", ["13800138000", "+86 138-0013-8000", "86 13800138000", "0086 138 0013 8000"])
def test_one_number_written_in_many_ways_has_one_index(text):
    assert normalise_phone(text) == "13800138000"
    assert phone_index(text) == phone_index("13800138000")


def test_empty_values_have_no_index():
    assert phone_index(" - ") is None
    assert email_index("  ") is None
    assert email_index("A@B.cn") == email_index("a@b.cn ")
