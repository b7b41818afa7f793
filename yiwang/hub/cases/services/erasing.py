from datetime import datetime

from django.db import transaction

from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.services.writing import search_vector

# Anybody may call a matter “—”: only where no words are left is there nothing to erase.
WORDLESS = {"title": "—", "text": "", "address": "", "reply": ""}


@transaction.atomic
def erase_texts_before(moment: datetime, limit: int) -> int:
    """Empties what people wrote in at most ``limit`` cases received before ``moment``; returns how many.

    Numbers, states, times and units stay: the city's history goes on without the words.
    """
    old = Case.objects.filter(received_at__lt=moment).exclude(**WORDLESS).order_by("received_at", "id")
    cases = list(old.select_for_update(skip_locked=True).only("id", "number")[:limit])
    CaseEvent.objects.filter(case__in=cases).exclude(reason="").update(reason="")
    for case in cases:
        Case.objects.filter(id=case.id).update(
            **WORDLESS, imported={}, content_digest=None, search=search_vector([case.number])
        )
    return len(cases)
