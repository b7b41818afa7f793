from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.retention import list_personal
from yiwang.foundation.privacy.models import FindingDecision
from yiwang.foundation.privacy.scanner import scan
from yiwang.foundation.privacy.types import Decision, FindingKind, RetentionRow, ReviewedFinding

MASK = "***"


def review_texts(subject_kind: str, subject_id: UUID, texts: Mapping[str, str]) -> Sequence[ReviewedFinding]:
    """All that looks like personal data in the texts of a record (by the name of their part), and what people marked
    there, with what was decided about each; in the order of the texts.

    Decisions about an earlier wording do not count. Who may see the texts is the caller's question.
    """
    found: dict[tuple[str, str, int, int], ReviewedFinding] = {}
    for part, text in texts.items():
        for hit in scan(text):
            found[part, hit.kind.value, hit.start, hit.end] = ReviewedFinding(part, *hit)
    for row in FindingDecision.objects.filter(subject_kind=subject_kind, subject_id=subject_id):
        place = (row.part, row.kind, row.start, row.end)
        is_there = place in found or row.kind == FindingKind.BY_HAND
        if is_there and row.part in texts and digest_of(texts[row.part]) == bytes(row.text_digest):
            found[place] = ReviewedFinding(
                part=row.part,
                kind=FindingKind(row.kind),
                start=row.start,
                end=row.end,
                decision=Decision(row.decision),
                reason=row.reason,
                decided_by=row.decided_by,
                decided_at=row.decided_at,
            )
    order = list(texts)
    return sorted(found.values(), key=lambda finding: (order.index(finding.part), finding.start, finding.end))


def mask_texts(texts: Mapping[str, str], findings: Iterable[ReviewedFinding]) -> Mapping[str, str]:
    """The texts with ``***`` for every finding but those that were waived; what overlaps becomes one."""
    spans: dict[str, list[tuple[int, int]]] = {part: [] for part in texts}
    for finding in findings:
        if finding.decision is not Decision.WAIVED:
            spans[finding.part].append((finding.start, finding.end))
    return {part: _mask(text, sorted(spans[part])) for part, text in texts.items()}


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces: list[str] = []
    last = 0
    for start, end in spans:
        if start > last or not pieces:
            pieces += [text[last:start], MASK]
        last = max(last, end)
    return "".join([*pieces, text[last:]])


def seen_of(texts: Mapping[str, str]) -> str:
    """A mark of these texts as they are, to come back with what was decided about them."""
    return sha256(b"".join(part.encode() + b"\0" + digest_of(text) for part, text in texts.items())).hexdigest()


def digest_of(text: str) -> bytes:
    """SHA-256 of one text."""
    return sha256(text.encode()).digest()


def list_retention() -> Sequence[RetentionRow]:
    """Every period personal data are kept for, the shortest first, with the city's days and their source.

    Days are None where the city has not set them; these come last.
    """
    fields: dict[str, list[str]] = {}
    for data in list_personal():
        fields.setdefault(data.period, []).extend(data.fields)
    rows = []
    for period, names in fields.items():
        code = find_code(CodeKind.RETENTION, period)
        attributes = code.attributes if code else {}
        source = attributes.get("source", {})
        rows.append(
            RetentionRow(
                period=period,
                names=code.names if code else {},
                days=int(attributes["days"]) if code else None,
                document=source.get("document", ""),
                article=str(source.get("article", "")),
                fields=tuple(names),
            )
        )
    return sorted(rows, key=lambda row: (row.days is None, row.days, row.period))
