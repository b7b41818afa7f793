"""Reads of the territory. The pure conversions of ``datum`` that other apps need are part of this door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.places.area_index import AreaIndex, IndexedArea
from yiwang.foundation.places.datum import Point, to_wgs84, to_wgs84_arrays
from yiwang.foundation.places.errors import AreaUnknown
from yiwang.foundation.places.models import Area
from yiwang.foundation.places.types import AreaRow

__all__ = [
    "areas_geojson",
    "find_area",
    "find_area_by_code",
    "find_area_by_id",
    "find_areas",
    "find_district_id",
    "get_area",
    "get_area_by_code",
    "list_areas",
    "list_districts",
    "path_of",
    "subtree_ids",
    "to_wgs84",
    "to_wgs84_arrays",
]


@dataclass(frozen=True)
class _Areas:
    by_id: Mapping[UUID, AreaRow]
    by_code: Mapping[str, AreaRow]
    children: Mapping[UUID, Sequence[UUID]]
    index: AreaIndex
    levels_deepest_first: Sequence[str]


def _load() -> _Areas:
    areas = list(Area.objects.defer("delivered_shape", "source").order_by("code", "valid_from"))
    by_id = {area.id: _row(area) for area in areas}
    children: dict[UUID, list[UUID]] = {}
    for row in by_id.values():
        if row.parent_id:
            children.setdefault(row.parent_id, []).append(row.id)
    depth = {row.level: len(_path(by_id, row)) for row in by_id.values()}
    today_shapes = [
        IndexedArea(id=area.id, code=area.code, level=area.level, wkb=bytes(area.shape))
        for area in areas
        if area.shape is not None and area.valid_to is None
    ]
    return _Areas(
        by_id=by_id,
        by_code={row.code: row for row in by_id.values()},
        children=children,
        index=AreaIndex.build(today_shapes),
        levels_deepest_first=sorted(depth, key=lambda level: -depth[level]),
    )


_areas = Snapshot("places", _load)


def find_area(point: Point) -> AreaRow | None:
    """The deepest area that contains the point (any datum), or None outside the territory."""
    wgs84 = to_wgs84(point)
    found = find_areas(np.array([wgs84.lon]), np.array([wgs84.lat]))
    return get_area(found[0]) if found[0] else None


def find_areas(lon: "np.ndarray[Any, Any]", lat: "np.ndarray[Any, Any]") -> Sequence[UUID | None]:
    """For arrays of WGS84 degrees: the id of the deepest area containing each point, None outside the territory."""
    areas = _areas.get()
    found: list[UUID | None] = [None] * len(lon)
    missing = np.arange(len(lon))
    for level in areas.levels_deepest_first:
        if not len(missing):
            break
        hits = areas.index.find_many(lon[missing], lat[missing], level)
        for place, hit in zip(missing, hits, strict=True):
            found[place] = hit
        missing = np.array([place for place, hit in zip(missing, hits, strict=True) if hit is None], dtype=int)
    return found


def find_area_by_id(area_id: UUID | None) -> AreaRow | None:
    """The area with this id, or None."""
    return _areas.get().by_id.get(area_id) if area_id else None


def get_area(area_id: UUID) -> AreaRow:
    """The area with this id. Raises AreaUnknown."""
    area = find_area_by_id(area_id)
    if area is None:
        raise AreaUnknown(value=str(area_id))
    return area


def find_area_by_code(code: str) -> AreaRow | None:
    """The area with this code, or None."""
    return _areas.get().by_code.get(code)


def get_area_by_code(code: str) -> AreaRow:
    """The area with this code. Raises AreaUnknown."""
    area = find_area_by_code(code)
    if area is None:
        raise AreaUnknown(value=code)
    return area


def path_of(area_id: UUID | None) -> Sequence[AreaRow]:
    """The area and its parents, the topmost first; empty for None or an unknown id."""
    row = find_area_by_id(area_id)
    return _path(_areas.get().by_id, row) if row else []


def find_district_id(area_id: UUID | None) -> UUID | None:
    """The main division an area lies in: the one right below the top of its tree, or the top itself if it is the
    top."""
    path = path_of(area_id)
    return path[min(1, len(path) - 1)].id if path else None


def subtree_ids(area_id: UUID) -> frozenset[UUID]:
    """The area and every area below it."""
    children = _areas.get().children
    found: set[UUID] = set()
    waiting = [area_id]
    while waiting:
        current = waiting.pop()
        found.add(current)
        waiting.extend(children.get(current, ()))
    return frozenset(found)


def list_areas(level: str | None = None, *, parent_id: UUID | None = None, on: date) -> Sequence[AreaRow]:
    """Areas in force on ``on``, by code; of one level and below one direct parent if given."""
    return [
        row
        for row in _areas.get().by_id.values()
        if (level is None or row.level == level)
        and (parent_id is None or row.parent_id == parent_id)
        and (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or on < row.valid_to)
    ]


def list_districts(*, on: date) -> Sequence[AreaRow]:
    """The main divisions of the territory: children of the trees' tops, or tops without children."""
    areas = _areas.get()
    tops = [row for row in list_areas(on=on) if row.parent_id is None]
    return [
        child
        for top in tops
        for child in (list_areas(parent_id=top.id, on=on) if areas.children.get(top.id) else [top])
    ]


def areas_geojson(level: str) -> Mapping[str, Any]:
    """A GeoJSON FeatureCollection (WGS84, RFC 7946) of all current areas of a level, with code and names."""
    features = [
        {
            "type": "Feature",
            "properties": {"id": str(area.id), "code": area.code, "names": area.names, "level": area.level},
            "geometry": shapely.geometry.mapping(shapely.from_wkb(bytes(area.shape or b""))),
        }
        for area in Area.objects.filter(level=level, shape__isnull=False, valid_to=None).order_by("code")
    ]
    return {"type": "FeatureCollection", "features": features}


def _path(by_id: Mapping[UUID, AreaRow], row: AreaRow) -> list[AreaRow]:
    path = [row]
    while path[0].parent_id and path[0].parent_id in by_id:
        path.insert(0, by_id[path[0].parent_id])
    return path


def _row(area: Area) -> AreaRow:
    return AreaRow(
        id=area.id,
        level=area.level,
        code=area.code,
        names=area.names,
        parent_id=area.parent_id,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
    )
