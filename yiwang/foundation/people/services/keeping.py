from datetime import datetime, timedelta
from uuid import UUID

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.people.models import Contact
from yiwang.foundation.people.types import ContactDetails

RETENTION = timedelta(days=3 * 365)


def keep_contact(details: ContactDetails, *, now: datetime) -> UUID | None:
    """Stores contact data encrypted, in the caller's transaction; returns its id, or None if there is nothing to keep.

    Kept for three years after the report.
    """
    if details.is_empty:
        return None
    contact = Contact(id=new_id(), retain_until=(now + RETENTION).date(), created_at=now)
    contact.keep(details)
    insert(contact)
    return contact.id
