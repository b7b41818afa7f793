from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yiwang.foundation.audit.models import AuditLeaf

ERASED: dict[str, Any] = {"nonce": None, "actor_id": None, "subject_id": UUID(int=0), "detail": {}, "reason": ""}


def erase_links_of(subject_ids: Sequence[UUID]) -> int:
    """Erases, in the caller's transaction, all that leads from the trail to these records; the tree stays valid."""
    return AuditLeaf.objects.filter(subject_id__in=subject_ids).update(**ERASED)


@transaction.atomic
def erase_links_before(moment: datetime, limit: int) -> int:
    """The same of at most ``limit`` leaves written before ``moment``; returns how many."""
    old = AuditLeaf.objects.filter(at__lt=moment, nonce__isnull=False).order_by("seq").values_list("seq", flat=True)
    return AuditLeaf.objects.filter(seq__in=list(old[:limit])).update(**ERASED)
