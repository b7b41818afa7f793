from django.db import transaction

from yiwang.foundation.files.models import SealedOriginal
from yiwang.foundation.kernel.keys import get_keyring


@transaction.atomic
def reseal_originals(limit: int) -> int:
    """Seals at most ``limit`` keys of originals anew, under the current key; returns how many.

    The contents stay as they are: each has a key of its own, and only that is sealed again.
    """
    ring = get_keyring()
    old = SealedOriginal.objects.filter(key_version__in=[number for number in ring.masters if number != ring.current])
    rows = list(old.select_for_update(skip_locked=True).order_by("key_version", "id")[:limit])
    for row in rows:
        row.seal_key()
    SealedOriginal.objects.bulk_update(rows, ["sealed_key", "key_version", "key_cipher"])
    return len(rows)
