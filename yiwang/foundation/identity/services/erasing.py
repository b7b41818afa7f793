from datetime import datetime

from django.db import transaction

from yiwang.foundation.identity.models import User


@transaction.atomic
def erase_accounts_before(moment: datetime, limit: int) -> int:
    """Takes the names from at most ``limit`` accounts that ended before ``moment``; returns how many.

    Histories then show that somebody acted, and no longer who.
    """
    ended = User.objects.filter(ends_at__lt=moment, is_active=False).exclude(names={}).order_by("id")
    users = list(ended.select_for_update(skip_locked=True).only("id")[:limit])
    for user in users:
        User.objects.filter(id=user.id).update(names={}, username=f"left-{user.id.hex}")
    return len(users)
