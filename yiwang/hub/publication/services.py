"""What makes cases public, and takes them back: each verb leaves a leaf in the trail of the case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.files.services import drop_files, keep_redacted
from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.privacy import services as privacy
from yiwang.foundation.privacy.errors import TextsChanged
from yiwang.foundation.privacy.types import Choice
from yiwang.hub.publication.errors import (
    BoxInvalid,
    CaseSecret,
    FindingsUndecided,
    NothingCovered,
    NothingToRelease,
    NotReleased,
    PublicCaseNotFound,
    WithdrawalReasonMissing,
)
from yiwang.hub.publication.events import CaseReleased, CaseWithdrawn
from yiwang.hub.publication.models import PublicCase, PublicPhoto
from yiwang.hub.publication.selectors import CASE, PHOTO, get_draft, title_of
from yiwang.hub.publication.types import Box, Draft

MOST_BOXES = 40


@transaction.atomic
def decide_findings(
    number: str, choices: Mapping[str, Choice], words: Sequence[str], *, seen: str, viewer: Viewer, now: datetime
) -> int:
    """Keeps what a person decided about findings in the words of a case, and masks more ``words`` the scan did not
    find. Returns how many decisions are new.

    Raises what ``get_draft``, ``privacy.decide_findings`` and ``privacy.mark_words`` raise.
    """
    draft = get_draft(number, viewer=viewer, now=now)
    subject, at = (CASE, draft.case.row.id), draft.case.place
    count = privacy.decide_findings(subject, draft.texts, choices, seen=seen, at=at, viewer=viewer, now=now)
    return count + privacy.mark_words(subject, draft.texts, words, seen=seen, at=at, viewer=viewer, now=now)


@transaction.atomic
def release_case(number: str, *, seen: str, viewer: Viewer, now: datetime) -> None:
    """Shows the words of a case to everybody, masked as was decided, and its redacted photos with them.

    Once more after a change, it replaces what the public reads. Raises what ``get_draft`` raises, TextsChanged,
    CaseSecret, FindingsUndecided and NothingToRelease.
    """
    draft = get_draft(number, viewer=viewer, now=now)
    if draft.is_secret:
        raise CaseSecret
    if seen != draft.seen:
        raise TextsChanged
    if draft.open_count:
        raise FindingsUndecided(count=draft.open_count)
    if not draft.is_releasable:
        raise NothingToRelease
    words = {part: draft.preview.get(part, "") for part in ("text", "reply")}
    PublicCase.objects.update_or_create(
        case_id=draft.case.row.id,
        defaults={
            "title": title_of(draft.preview),
            **words,
            "released_at": now,
            "released_by": viewer.actor_id,
            "withdrawn_at": None,
            "withdrawal": "",
        },
    )
    detail = {"number": draft.case.row.number, "findings": len(draft.findings)}
    _record("released", draft, viewer, now, detail)
    publish(CaseReleased(case_id=draft.case.row.id))


@transaction.atomic
def withdraw_case(number: str, *, reason: str, viewer: Viewer, now: datetime) -> None:
    """Takes a case back from the public, at once. Raises what ``get_draft`` raises, WithdrawalReasonMissing and
    NotReleased."""
    draft = get_draft(number, viewer=viewer, now=now)
    if not reason.strip():
        raise WithdrawalReasonMissing(errors=(("reason", str(WithdrawalReasonMissing.detail)),))
    shown = PublicCase.objects.filter(case_id=draft.case.row.id, withdrawn_at=None)
    if not shown.update(withdrawn_at=now, withdrawal=reason.strip()[:500]):
        raise NotReleased
    _record("withdrawn", draft, viewer, now, {"number": draft.case.row.number}, reason.strip())
    publish(CaseWithdrawn(case_id=draft.case.row.id))


@transaction.atomic
def redact_photo(
    number: str, file_id: UUID, boxes: Sequence[Box], *, is_harmless: bool, viewer: Viewer, now: datetime
) -> None:
    """Makes a copy of a photo for the public, with the boxes painted into it; a copy made before is replaced.

    ``is_harmless``: the person has looked and says that nothing needs a box. Raises what ``get_draft`` raises,
    CaseSecret, NothingCovered, BoxInvalid and what ``keep_redacted`` raises.
    """
    draft = get_draft(number, viewer=viewer, now=now)
    if draft.is_secret:
        raise CaseSecret
    if not boxes and not is_harmless:
        raise NothingCovered(errors=(("is_harmless", str(NothingCovered.detail)),))
    if len(boxes) > MOST_BOXES or not all(_is_inside(box) for box in boxes):
        raise BoxInvalid(limit=MOST_BOXES)
    case = draft.case
    if case.report_id is None:
        raise PublicCaseNotFound
    places = [[box.left, box.top, box.width, box.height] for box in boxes]
    row, _is_new = PublicPhoto.objects.update_or_create(
        case_id=case.row.id,
        file_id=file_id,
        defaults={"boxes": places, "redacted_at": now, "redacted_by": viewer.actor_id},
    )
    digest = keep_redacted(file_id, boxes, of=("report", case.report_id), subject_kind=PHOTO, subject_id=row.id)
    _record("photo_redacted", draft, viewer, now, {"file": str(file_id), "boxes": len(boxes), "sha256": digest})


@transaction.atomic
def withdraw_photo(number: str, file_id: UUID, *, viewer: Viewer, now: datetime) -> None:
    """Takes a redacted photo back: the copy is erased. Raises what ``get_draft`` raises and PublicCaseNotFound."""
    draft = get_draft(number, viewer=viewer, now=now)
    row = PublicPhoto.objects.filter(case_id=draft.case.row.id, file_id=file_id).first()
    if row is None:
        raise PublicCaseNotFound
    drop_files(PHOTO, row.id)
    row.delete()
    _record("photo_withdrawn", draft, viewer, now, {"file": str(file_id)})


@transaction.atomic
def erase_public_before(moment: datetime, limit: int) -> int:
    """Erases the public versions of at most ``limit`` cases received before ``moment``, with their photos."""
    old = PublicCase.objects.filter(case__received_at__lt=moment).order_by("released_at", "id")
    case_ids = list(old.select_for_update(skip_locked=True, of=("self",)).values_list("case_id", flat=True)[:limit])
    for photo in PublicPhoto.objects.filter(case_id__in=case_ids):
        drop_files(PHOTO, photo.id)
        photo.delete()
    return PublicCase.objects.filter(case_id__in=case_ids).delete()[0]


def _is_inside(box: Box) -> bool:
    return (
        min(box.left, box.top) >= 0
        and min(box.width, box.height) > 0
        and max(box.left + box.width, box.top + box.height) <= 100
    )


def _record(
    verb: str, draft: Draft, viewer: Viewer, now: datetime, detail: Mapping[str, object], reason: str = ""
) -> None:
    record(
        f"publication.{verb}",
        viewer=viewer,
        subject_kind=CASE,
        subject_id=draft.case.row.id,
        now=now,
        detail=detail,
        reason=reason,
    )
