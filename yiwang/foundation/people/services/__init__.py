"""What can be done with people's data."""

from yiwang.foundation.people.services.erasing import erase_contacts_before
from yiwang.foundation.people.services.gathering import gather_contacts
from yiwang.foundation.people.services.joining import (
    erase_changes_before,
    merge_persons,
    split_person,
    undo_change,
)
from yiwang.foundation.people.services.keeping import keep_contact
from yiwang.foundation.people.services.resealing import reseal_contacts

__all__ = [
    "erase_changes_before",
    "erase_contacts_before",
    "gather_contacts",
    "keep_contact",
    "merge_persons",
    "reseal_contacts",
    "split_person",
    "undo_change",
]
