from django.db import transaction
from django.db.models import Q

from yiwang.foundation.files.models import SealedOriginal
from yiwang.foundation.kernel.keys import get_keyring
from yiwang.foundation.kernel.settings import get_settings


@transaction.atomic
def reseal_originals(limit: int) -> int:
    """Seals at most ``limit`` keys of originals anew, under the current key and cipher; returns how many.

    The contents stay as they are: each has a key of its own, and only that is sealed again.
    """
    old = ~Q(key_version=get_keyring().current) | ~Q(key_cipher=get_settings().cipher)
    rows = list(SealedOriginal.objects.filter(old).select_for_update(skip_locked=True).order_by("id")[:limit])
    for row in rows:
        row.seal_key()
    SealedOriginal.objects.bulk_update(rows, ["sealed_key", "key_version", "key_cipher"])
    return len(rows)
