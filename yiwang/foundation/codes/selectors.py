from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from yiwang.foundation.codes.errors import CodeUnknown
from yiwang.foundation.codes.models import Code
from yiwang.foundation.codes.types import CodeKind, CodeRow
from yiwang.foundation.kernel.snapshots import Snapshot


@dataclass(frozen=True)
class _Codes:
    by_id: Mapping[UUID, CodeRow]
    by_code: Mapping[tuple[CodeKind, str], CodeRow]
    by_kind: Mapping[CodeKind, Sequence[CodeRow]]


def _load() -> _Codes:
    rows = [_row(code) for code in Code.objects.order_by("kind", "position", "code")]
    by_kind: dict[CodeKind, list[CodeRow]] = {kind: [] for kind in CodeKind}
    for row in rows:
        by_kind[row.kind].append(row)
    return _Codes(
        by_id={row.id: row for row in rows},
        # Where two systems use the same code, the one that came first (the city's own) answers for the bare code.
        by_code={(row.kind, row.code): row for row in reversed(rows)},
        by_kind=by_kind,
    )


_codes = Snapshot("codes", _load)


def find_code(kind: CodeKind, code: str) -> CodeRow | None:
    """The entry of any system with this code, or None."""
    return _codes.get().by_code.get((kind, code))


def get_code(kind: CodeKind, code: str, *, on: date) -> CodeRow:
    """The entry with this code that is in force on ``on``. Raises CodeUnknown."""
    row = find_code(kind, code)
    if row is None or not row.is_valid_on(on):
        raise CodeUnknown(kind=kind.value, value=code)
    return row


def find_code_by_id(code_id: UUID | None) -> CodeRow | None:
    """The entry with this id, in force or not, or None."""
    return _codes.get().by_id.get(code_id) if code_id else None


def get_default(kind: CodeKind) -> CodeRow:
    """The entry that stands for “not known” in a list. Raises CodeUnknown when the city's pack names none."""
    for row in _codes.get().by_kind[kind]:
        if row.is_default:
            return row
    raise CodeUnknown(kind=kind.value, value="default")


def list_codes(kind: CodeKind, *, on: date, system: str | None = None) -> Sequence[CodeRow]:
    """All entries of a list in force on ``on``, in their order; of one ``system`` if given."""
    return [r for r in _codes.get().by_kind[kind] if r.is_valid_on(on) and (system is None or r.system == system)]


def list_systems(kind: CodeKind) -> Sequence[str]:
    """The systems that have entries in a list, the city's own first."""
    return list(dict.fromkeys(row.system for row in _codes.get().by_kind[kind]))


def subtree_ids(code_id: UUID) -> frozenset[UUID]:
    """The entry and everything below it."""
    children: dict[UUID, list[UUID]] = {}
    for row in _codes.get().by_id.values():
        if row.parent_id:
            children.setdefault(row.parent_id, []).append(row.id)
    found, waiting = set(), [code_id]
    while waiting:
        current = waiting.pop()
        found.add(current)
        waiting.extend(children.get(current, ()))
    return frozenset(found)


def path_of(code_id: UUID | None) -> Sequence[CodeRow]:
    """The entry and its parents, the topmost first; empty for None or an unknown id."""
    path: list[CodeRow] = []
    row = find_code_by_id(code_id)
    while row is not None:
        path.insert(0, row)
        row = find_code_by_id(row.parent_id)
    return path


def _row(code: Code) -> CodeRow:
    return CodeRow(
        id=code.id,
        kind=CodeKind(code.kind),
        system=code.system,
        code=code.code,
        names=code.names,
        parent_id=code.parent_id,
        words={language: tuple(words) for language, words in code.words.items()},
        attributes=code.attributes,
        is_default=code.is_default,
        valid_from=code.valid_from,
        valid_to=code.valid_to,
    )
