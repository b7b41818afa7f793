"""What the desk's forms offer: today's areas, units, categories and codes, as choices of Django's form fields."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from yiwang.body.desk.selectors.wording import category_path, language, source_name
from yiwang.foundation.codes.selectors import list_codes, list_systems
from yiwang.foundation.codes.types import CodeKind, CodeRow
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.orgs.types import UnitRow
from yiwang.foundation.places.selectors import list_areas, list_districts
from yiwang.hub.cases.selectors import list_sources
from yiwang.hub.cases.types import CasePermission

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]


def area_choices(*, on: date) -> list[Group]:
    """Districts, each with the areas right below it."""
    tongue = language()
    groups = []
    for district in list_districts(on=on):
        name = pick(district.names, tongue)
        below = [(str(area.id), pick(area.names, tongue)) for area in list_areas(parent_id=district.id, on=on)]
        groups.append((name, [(str(district.id), name), *below]))
    return groups


def area_codes(*, on: date) -> list[Group]:
    """The same by their codes, which stay when areas are replaced."""
    tongue = language()
    groups = []
    for district in list_districts(on=on):
        name = pick(district.names, tongue)
        below = [(area.code, pick(area.names, tongue)) for area in list_areas(parent_id=district.id, on=on)]
        groups.append((name, [(district.code, name), *below]))
    return groups


def unit_choices(*, on: date, viewer: Viewer) -> list[Choice]:
    """The units whose cases the viewer may see."""
    tongue = language()
    scopes = viewer.scopes(CasePermission.VIEW)
    return [
        (str(unit.id), pick(unit.names, tongue))
        for unit in list_units(on=on)
        if any(scope.unit_ids is None or unit.id in scope.unit_ids for scope in scopes)
    ]


def unit_suggestions(*, on: date) -> list[Choice]:
    """Every unit as ``(name, code)``, for a list to choose from while typing."""
    tongue = language()
    return [(pick(unit.names, tongue), unit.code) for unit in list_units(on=on)]


def find_named_units(text: str, *, on: date) -> Sequence[UnitRow]:
    """The unit with exactly this name (in any language) or code; else all whose name holds the text."""
    wanted = text.strip().casefold()
    units = list_units(on=on)
    names = {unit.id: [unit.code.casefold(), *(name.casefold() for name in unit.names.values())] for unit in units}
    exactly = [unit for unit in units if wanted in names[unit.id]]
    return exactly or [unit for unit in units if any(wanted in name for name in names[unit.id])]


def code_choices(kind: CodeKind, *, on: date) -> list[Choice]:
    """The entries of a flat code list."""
    tongue = language()
    return [(row.code, pick(row.names, tongue)) for row in list_codes(kind, on=on)]


def category_choices(*, on: date) -> list[Choice | Group]:
    """For filters: the city's own groups with what is right below them; of imported lists the topmost entries only.

    An imported list may have thousands of entries, and a filter by a group already finds everything below it.
    """
    systems = list_systems(CodeKind.CATEGORY)
    choices: list[Choice | Group] = []
    for system in systems:
        rows = list_codes(CodeKind.CATEGORY, on=on, system=system)
        if system == systems[0]:
            choices += _groups(rows, depth=1)
        else:
            tops = [(str(row.id), pick(row.names, language())) for row in rows if row.parent_id is None]
            choices.append((system, tops))
    return choices


def own_category_choices(current: UUID | None, *, on: date) -> list[Choice | Group]:
    """For classifying: every category of the city's own list, and the present one if it is of another list."""
    systems = list_systems(CodeKind.CATEGORY)
    rows = list_codes(CodeKind.CATEGORY, on=on, system=systems[0]) if systems else []
    choices = _groups(rows, depth=9)
    if current and current not in {row.id for row in rows}:
        choices.insert(0, (str(current), category_path(current)))
    return choices


def source_choices(*, viewer: Viewer) -> list[Choice]:
    """The systems cases came from."""
    return [(source, source_name(source)) for source in list_sources(viewer=viewer)]


def _groups(rows: Sequence[CodeRow], *, depth: int) -> list[Choice | Group]:
    tongue = language()
    below: dict[UUID | None, list[CodeRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def descend(row: CodeRow, level: int) -> list[Choice]:
        # A no-break space indents what lies deeper: an option can hold nothing but text.
        own = (str(row.id), "\u00a0\u00a0" * max(0, level - 1) + pick(row.names, tongue))
        deeper = below.get(row.id, []) if level < depth else []
        return [own, *(choice for child in deeper for choice in descend(child, level + 1))]

    return [(pick(top.names, tongue), descend(top, 0)) for top in below.get(None, [])]
