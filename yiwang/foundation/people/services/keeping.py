from datetime import datetime
from uuid import UUID

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.people.models import Contact
from yiwang.foundation.people.types import ContactDetails


def keep_contact(details: ContactDetails, *, now: datetime) -> UUID | None:
    """Stores contact data encrypted, in the caller's transaction; returns its id, or None if there is nothing to keep.

    Kept for the period ``contact`` of the city's pack.
    """
    if details.is_empty:
        return None
    contact = Contact(id=new_id(), created_at=now)
    contact.keep(details)
    insert(contact)
    return contact.id
