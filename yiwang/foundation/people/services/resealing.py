from django.db import transaction

from yiwang.foundation.kernel.keys import get_keyring
from yiwang.foundation.people.models import Contact

MOVED = ["sealed", "cipher", "key_version", "phone_index", "email_index"]


@transaction.atomic
def reseal_contacts(limit: int) -> int:
    """Moves at most ``limit`` contacts, seal and indexes, from older keys to the current one; returns how many.

    Rows somebody else holds are left for the next turn, so it runs beside everything else, and twice at once.
    """
    ring = get_keyring()
    old = Contact.objects.filter(key_version__in=[version for version in ring.masters if version != ring.current])
    found = list(old.select_for_update(skip_locked=True).order_by("key_version", "id")[:limit])
    for row in found:
        row.keep(row.open())
    Contact.objects.bulk_update(found, MOVED)
    return len(found)
