from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.orgs.errors import UnitUnknown
from yiwang.foundation.orgs.models import Unit
from yiwang.foundation.orgs.types import UnitRow


@dataclass(frozen=True)
class _Units:
    by_id: Mapping[UUID, UnitRow]
    by_code: Mapping[str, UnitRow]
    children: Mapping[UUID, Sequence[UUID]]
    by_area: Mapping[UUID, UnitRow]


def _load() -> _Units:
    rows = [_row(unit) for unit in Unit.objects.order_by("code")]
    children: dict[UUID, list[UUID]] = {}
    for row in rows:
        if row.parent_id:
            children.setdefault(row.parent_id, []).append(row.id)
    return _Units(
        by_id={row.id: row for row in rows},
        by_code={row.code: row for row in rows},
        children=children,
        by_area={row.area_id: row for row in rows if row.area_id},
    )


_units = Snapshot("orgs", _load)


def find_unit(unit_id: UUID | None) -> UnitRow | None:
    """The unit with this id, in force or not, or None."""
    return _units.get().by_id.get(unit_id) if unit_id else None


def get_unit(unit_id: UUID) -> UnitRow:
    """The unit with this id. Raises UnitUnknown."""
    unit = find_unit(unit_id)
    if unit is None:
        raise UnitUnknown(value=str(unit_id))
    return unit


def find_unit_by_code(code: str) -> UnitRow | None:
    """The unit with this code, in force or not, or None."""
    return _units.get().by_code.get(code)


def find_unit_of_area(area_id: UUID) -> UnitRow | None:
    """The unit that answers for exactly this area, or None."""
    return _units.get().by_area.get(area_id)


def list_units(*, on: date) -> Sequence[UnitRow]:
    """All units that exist on ``on``, by code."""
    return [unit for unit in _units.get().by_id.values() if unit.is_valid_on(on)]


def subtree_ids(unit_id: UUID) -> frozenset[UUID]:
    """The unit and every unit below it."""
    children = _units.get().children
    found: set[UUID] = set()
    waiting = [unit_id]
    while waiting:
        current = waiting.pop()
        found.add(current)
        waiting.extend(children.get(current, ()))
    return frozenset(found)


def _row(unit: Unit) -> UnitRow:
    return UnitRow(
        id=unit.id,
        code=unit.code,
        names=unit.names,
        kind=unit.kind,
        parent_id=unit.parent_id,
        area_id=unit.area_id,
        email=unit.email,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )
