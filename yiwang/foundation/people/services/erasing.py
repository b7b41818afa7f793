from datetime import datetime

from django.db import transaction

from yiwang.foundation.audit.services import erase_links_of
from yiwang.foundation.people.models import ERASED, Contact


@transaction.atomic
def erase_contacts_before(moment: datetime, limit: int) -> int:
    """Empties at most ``limit`` contacts kept before ``moment``, and the links to them in the trail; returns how many.

    The empty row stays, because reports and cases point to it; nothing can be read from it any more, also not whose it
    was.
    """
    old = Contact.objects.filter(created_at__lt=moment).exclude(key_version=ERASED).order_by("created_at", "id")
    ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
    erase_links_of(ids)
    rows = Contact.objects.filter(id__in=ids)
    return rows.update(sealed=b"", key_version=ERASED, phone_index=None, email_index=None, person=None)
