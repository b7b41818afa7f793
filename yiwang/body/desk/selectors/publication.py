"""The page on which a case is made fit for the public."""

from collections.abc import Mapping, Sequence

from django.forms import Form
from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.wording import language
from yiwang.body.desk.types import DraftPart, FindingLine, Piece
from yiwang.foundation.identity.selectors import get_user_names
from yiwang.foundation.privacy.types import LABELS, REASONS, ReviewedFinding
from yiwang.hub.publication.types import Draft


def describe_parts(draft: Draft, form: Form) -> Sequence[DraftPart]:
    """Each text as it is, with its findings marked and numbered, and the controls that decide about them."""
    names = get_user_names([f.decided_by for f in draft.findings if f.decided_by], language=language())
    who = {f.key: names.get(f.decided_by, "") if f.decided_by else "" for f in draft.findings}
    numbers = {finding.key: number for number, finding in enumerate(draft.findings, 1)}
    return [
        DraftPart(
            name=part_name(part),
            pieces=_pieces(text, [f for f in draft.findings if f.part == part], numbers),
            findings=[
                _line(finding, text, numbers[finding.key], form, who[finding.key])
                for finding in draft.findings
                if finding.part == part
            ],
        )
        for part, text in draft.texts.items()
    ]


def part_name(part: str) -> str:
    """What people call a part of a case."""
    names = {"title": _("Title"), "text": _("What was reported"), "reply": _("Reply to the resident")}
    return names[part]


def preview_of(draft: Draft) -> Mapping[str, str]:
    """What the public would read, by the names of the parts."""
    return {part_name(part): text for part, text in draft.preview.items()}


def _line(finding: ReviewedFinding, text: str, number: int, form: Form, who: str) -> FindingLine:
    return FindingLine(
        number=number,
        text=text[finding.start : finding.end],
        label=str(LABELS[finding.kind]),
        why=str(REASONS[finding.kind]),
        is_decided=finding.decision is not None,
        decided_by=who,
        decided_at=finding.decided_at,
        choice=form[f"choice.{finding.key}"],
        reason=form[f"reason.{finding.key}"],
    )


def _pieces(text: str, findings: Sequence[ReviewedFinding], numbers: Mapping[str, int]) -> Sequence[Piece]:
    """The text cut at its findings; where two overlap, the later one is only what the earlier one leaves of it."""
    pieces, last = [], 0
    for finding in findings:
        start = max(finding.start, last)
        if start >= finding.end:
            continue
        pieces += [Piece(text[last:start]), Piece(text[start : finding.end], numbers[finding.key])]
        last = finding.end
    return [piece for piece in (*pieces, Piece(text[last:])) if piece.text]
