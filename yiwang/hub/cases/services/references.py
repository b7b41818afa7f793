"""The city's lists as an import sees them: units, categories and areas, to be found and, where asked, added to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.selectors import path_of as code_path
from yiwang.foundation.codes.services import save_codes
from yiwang.foundation.codes.types import CodeKind, NewCode
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.orgs.services import save_units
from yiwang.foundation.orgs.types import NewUnit
from yiwang.foundation.places.selectors import list_areas
from yiwang.foundation.places.selectors import path_of as area_path
from yiwang.foundation.places.services import import_areas
from yiwang.foundation.places.types import Datum, NewArea
from yiwang.hub.cases.errors import MappingInvalid
from yiwang.hub.cases.mapping import HistoryMapping
from yiwang.hub.cases.services.matching import Create, Entry, Matcher, MissingEntry

UNIT_CODE_LENGTH = 80
CATEGORY_CODE_LENGTH = 200
AREA_CODE_LENGTH = 60


@dataclass(frozen=True)
class References:
    """The three lists a case refers to."""

    units: Matcher
    categories: Matcher
    areas: Matcher


@dataclass(frozen=True)
class Additions:
    """How what is missing is added: not at all, really, or (a dry run) only counted."""

    is_wanted: bool
    is_dry_run: bool
    file: str
    import_id: UUID
    viewer: Viewer
    now: datetime


def load_references(mapping: HistoryMapping, additions: Additions) -> References:
    """The city's lists, ready for this mapping. Raises MappingInvalid for a value map that names an unknown code."""
    day = additions.now.date()
    references = References(
        units=Matcher(
            mapping.unit,
            [Entry(unit.id, unit.code, [[name] for name in unit.names.values()]) for unit in list_units(on=day)],
            prefix=mapping.source,
            code_length=UNIT_CODE_LENGTH,
            create=_create(_save_units, mapping, additions),
        ),
        categories=Matcher(
            mapping.category,
            [
                Entry(code.id, code.code, _name_paths(code_path(code.id)), code.system == mapping.source)
                for code in list_codes(CodeKind.CATEGORY, on=day)
            ],
            prefix=mapping.source,
            code_length=CATEGORY_CODE_LENGTH,
            create=_create(_save_categories, mapping, additions),
        ),
        areas=Matcher(
            mapping.area,
            [Entry(area.id, area.code, _name_paths(area_path(area.id))) for area in list_areas(on=day)],
            prefix=mapping.source,
            code_length=AREA_CODE_LENGTH,
            create=_create(_save_areas, mapping, additions),
        ),
    )
    _check_targets(mapping, references)
    return references


def _check_targets(mapping: HistoryMapping, references: References) -> None:
    matchers = {"unit": references.units, "category": references.categories, "area": references.areas}
    for name, matcher in matchers.items():
        for code in matcher.unknown_targets():
            raise MappingInvalid(file=mapping.name, place=f"{name}.values", reason=f"this city has no {name} “{code}”")


def _create(save: Any, mapping: HistoryMapping, additions: Additions) -> Create | None:
    if not additions.is_wanted:
        return None

    def create(missing: Sequence[MissingEntry]) -> Mapping[str, UUID]:
        if additions.is_dry_run:
            return {entry.code: new_id() for entry in missing}
        ids: Mapping[str, UUID] = save(missing, mapping, additions)
        # The areas and codes just made must be seen by the look-ups of the same batch.
        Snapshot.forget_all()
        return ids

    return create


def _save_units(missing: Sequence[MissingEntry], mapping: HistoryMapping, additions: Additions) -> Mapping[str, UUID]:
    units = [NewUnit(entry.code, {mapping.language: entry.name}, parent=entry.parent) for entry in missing]
    return save_units(
        units, viewer=additions.viewer, now=additions.now, source=_provenance("unit", mapping, additions)
    ).ids


def _save_categories(
    missing: Sequence[MissingEntry], mapping: HistoryMapping, additions: Additions
) -> Mapping[str, UUID]:
    codes = [NewCode(entry.code, {mapping.language: entry.name}, parent=entry.parent) for entry in missing]
    source = _provenance("category", mapping, additions)
    saved = save_codes(
        CodeKind.CATEGORY, mapping.source, codes, viewer=additions.viewer, now=additions.now, source=source
    )
    return saved.ids


def _save_areas(missing: Sequence[MissingEntry], mapping: HistoryMapping, additions: Additions) -> Mapping[str, UUID]:
    levels = mapping.area.levels if mapping.area else ()
    areas = [
        NewArea(levels[entry.depth], entry.code, {mapping.language: entry.name}, entry.parent, geometry=None)
        for entry in missing
    ]
    # No shape is delivered, so the datum named here describes nothing.
    import_areas(
        areas,
        datum=Datum.WGS84,
        viewer=additions.viewer,
        now=additions.now,
        source=_provenance("area", mapping, additions),
    )
    Snapshot.forget_all()
    made = {entry.code for entry in missing}
    return {area.code: area.id for area in list_areas(on=additions.now.date()) if area.code in made}


def _provenance(name: str, mapping: HistoryMapping, additions: Additions) -> Mapping[str, Any]:
    reference = getattr(mapping, name)
    columns = [column for source in reference.path for column in source.read_columns]
    return {"import": str(additions.import_id), "file": additions.file, "mapping": mapping.name, "columns": columns}


def _name_paths(path: Sequence[Any]) -> Sequence[Sequence[str]]:
    """The path's names in each language that every part of it has."""
    languages = set.intersection(*(set(row.names) for row in path)) if path else set()
    return [[row.names[language] for row in path] for language in sorted(languages)]
