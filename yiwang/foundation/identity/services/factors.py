from allauth.mfa.models import Authenticator
from django.db import transaction

from yiwang.foundation.identity.sealing import is_current, seal, unseal

# Where the library keeps what must stay secret: of code apps, and of recovery codes.
SECRETS = ("secret", "seed")


@transaction.atomic
def reseal_factors(limit: int) -> int:
    """Moves the secrets of at most ``limit`` second factors to the current key; returns how many."""
    moved = 0
    for row in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN).order_by("id"):
        old = [name for name in SECRETS if name in row.data and not is_current(row.data[name])]
        if old and moved < limit:
            row.data.update({name: seal(unseal(row.data[name])) for name in old})
            row.save(update_fields=["data"])
            moved += 1
    return moved
