from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.audit.services import record_many
from yiwang.foundation.audit.types import NewLeaf
from yiwang.foundation.kernel.viewer import Place, Viewer
from yiwang.foundation.privacy.errors import TextsChanged, WaiverReasonMissing, WordsNotFound
from yiwang.foundation.privacy.models import FindingDecision
from yiwang.foundation.privacy.selectors import digest_of, review_texts, seen_of
from yiwang.foundation.privacy.types import Choice, Decision, FindingKind, PrivacyPermission, ReviewedFinding

WHAT_IS_DECIDED = ("decision", "reason", "decided_by", "decided_at")
ONE_FINDING = ("subject_id", "subject_kind", "part", "text_digest", "kind", "start", "end")


@transaction.atomic
def decide_findings(
    subject: tuple[str, UUID],
    texts: Mapping[str, str],
    choices: Mapping[str, Choice],
    *,
    seen: str,
    at: Place,
    viewer: Viewer,
    now: datetime,
) -> int:
    """Keeps what a person chose for findings, by their keys, in the texts of a record (kind, id); returns how many
    are new or different. All of them or none; each is a leaf of the record's trail.

    ``seen`` is ``seen_of`` the texts the person looked at. Needs ``privacy.decide`` where the matter belongs, ``at``.
    Raises NotPermitted, TextsChanged (also for a finding that is not there) and WaiverReasonMissing.
    """
    viewer.require(PrivacyPermission.DECIDE, at=at)
    if seen != seen_of(texts):
        raise TextsChanged
    found = {finding.key: finding for finding in review_texts(*subject, texts)}
    if not choices.keys() <= found.keys():
        raise TextsChanged
    decided = [(found[key], choice) for key, choice in choices.items() if _is_news(found[key], choice)]
    for finding, choice in decided:
        if choice.decision is Decision.WAIVED and not choice.reason.strip():
            quoted = texts[finding.part][finding.start : finding.end]
            sentence = str(WaiverReasonMissing.detail) % {"text": quoted}
            raise WaiverReasonMissing(text=quoted, errors=((finding.key, sentence),))
    _keep(subject, texts, decided, viewer, now)
    return len(decided)


@transaction.atomic
def mark_words(
    subject: tuple[str, UUID],
    texts: Mapping[str, str],
    words: Sequence[str],
    *,
    seen: str,
    at: Place,
    viewer: Viewer,
    now: datetime,
) -> int:
    """Has these words masked wherever they stand in the texts: what only a person sees. Returns in how many places.

    Needs ``privacy.decide`` as ``decide_findings`` does. Raises NotPermitted, TextsChanged and WordsNotFound.
    """
    viewer.require(PrivacyPermission.DECIDE, at=at)
    if seen != seen_of(texts):
        raise TextsChanged
    places: list[ReviewedFinding] = []
    for wanted in filter(None, (each.strip() for each in words)):
        here = [finding for part in texts for finding in _places_of(wanted, part, texts[part])]
        if not here:
            raise WordsNotFound(words=wanted, errors=(("words", str(WordsNotFound.detail) % {"words": wanted}),))
        places += here
    places = list(dict.fromkeys(places))
    _keep(subject, texts, [(place, Choice(Decision.ACCEPTED)) for place in places], viewer, now)
    return len(places)


@transaction.atomic
def erase_decisions_before(moment: datetime, limit: int) -> int:
    """Deletes at most ``limit`` decisions made before ``moment``; returns how many."""
    old = FindingDecision.objects.filter(decided_at__lt=moment).order_by("decided_at", "id")
    ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
    return FindingDecision.objects.filter(id__in=ids).delete()[0]


def _is_news(finding: ReviewedFinding, choice: Choice) -> bool:
    return (finding.decision, finding.reason) != (choice.decision, _reason(choice))


def _reason(choice: Choice) -> str:
    return choice.reason.strip() if choice.decision is Decision.WAIVED else ""


def _places_of(words: str, part: str, text: str) -> Sequence[ReviewedFinding]:
    places, start = [], text.find(words)
    while start >= 0:
        places.append(ReviewedFinding(part, FindingKind.BY_HAND, start, start + len(words)))
        start = text.find(words, start + len(words))
    return places


def _keep(
    subject: tuple[str, UUID],
    texts: Mapping[str, str],
    decided: Sequence[tuple[ReviewedFinding, Choice]],
    viewer: Viewer,
    now: datetime,
) -> None:
    kind, subject_id = subject
    rows = [
        FindingDecision(
            subject_kind=kind,
            subject_id=subject_id,
            part=finding.part,
            text_digest=digest_of(texts[finding.part]),
            kind=finding.kind.value,
            start=finding.start,
            end=finding.end,
            decision=choice.decision.value,
            reason=_reason(choice),
            decided_by=viewer.actor_id,
            decided_at=now,
        )
        for finding, choice in decided
    ]
    FindingDecision.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=ONE_FINDING, update_fields=WHAT_IS_DECIDED
    )
    leaves = [
        NewLeaf(f"privacy.{row.decision}", kind, subject_id, {"kind": row.kind, "part": row.part}, row.reason)
        for row in rows
    ]
    record_many(leaves, viewer=viewer, now=now)
