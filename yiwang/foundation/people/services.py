import json
from datetime import datetime, timedelta
from uuid import UUID

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.people.models import Contact
from yiwang.foundation.people.sealing import email_index, phone_index, seal
from yiwang.foundation.people.types import ContactDetails

RETENTION = timedelta(days=3 * 365)


def keep_contact(details: ContactDetails, *, now: datetime) -> UUID | None:
    """Stores contact data encrypted, in the caller's transaction; returns its id, or None if there is nothing to keep.

    Kept for three years after the report (setting the period per city is part of step 2).
    """
    if details.is_empty:
        return None
    contact_id = new_id()
    body = {"name": details.name, "phone": details.phone, "email": details.email}
    sealed, version = seal(json.dumps(body, ensure_ascii=False).encode(), contact_id)
    insert(
        Contact(
            id=contact_id,
            sealed=sealed,
            key_version=version,
            phone_index=phone_index(details.phone),
            email_index=email_index(details.email),
            retain_until=(now + RETENTION).date(),
            created_at=now,
        )
    )
    return contact_id
