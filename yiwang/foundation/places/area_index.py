"""Which area a point lies in: one tree of prepared polygons per level, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import shapely

Degrees = npt.NDArray[np.float64]
Ids = npt.NDArray[Any]


@dataclass(frozen=True)
class IndexedArea:
    """An area to look up: its shape is a WGS84 (Multi)Polygon as WKB."""

    id: UUID
    code: str
    level: str
    wkb: bytes


@dataclass(frozen=True)
class _Level:
    ids: Ids  # one more than polygons: the last is None and answers for "outside"
    polygons: npt.NDArray[Any]
    tree: shapely.STRtree


class AreaIndex:
    """Immutable; build a new one when areas change. A point on a border belongs to the area with the smaller code."""

    def __init__(self, levels: Mapping[str, _Level]) -> None:
        self._levels = levels

    @classmethod
    def build(cls, areas: Iterable[IndexedArea]) -> "AreaIndex":
        """Builds the trees; areas of one level may overlap or leave gaps."""
        by_level: dict[str, list[IndexedArea]] = {}
        # In order of code, so that the smallest position is the smallest code when a point lies in several.
        for area in sorted(areas, key=lambda area: area.code):
            by_level.setdefault(area.level, []).append(area)
        return cls({level: _build_level(members) for level, members in by_level.items()})

    def find(self, lon: float, lat: float, level: str) -> UUID | None:
        """The id of the area of ``level`` that contains the WGS84 position in degrees, or None."""
        found: UUID | None = self.find_many(np.array([lon]), np.array([lat]), level)[0]
        return found

    def find_many(self, lon: Degrees, lat: Degrees, level: str) -> Ids:
        """For WGS84 degrees of shape (n,): an object array (n,) of area ids, None where no area of ``level`` is.

        Positions that are not finite lie nowhere. An unknown level has no areas.
        """
        members = self._levels.get(level)
        if members is None:
            return np.full(len(lon), None, dtype=object)
        point_at, area_at = members.tree.query(shapely.points(lon, lat))
        inside = shapely.intersects_xy(members.polygons[area_at], lon[point_at], lat[point_at])
        nowhere = len(members.polygons)
        smallest = np.full(len(lon), nowhere)
        np.minimum.at(smallest, point_at[inside], area_at[inside])
        ids: Ids = members.ids[smallest]
        return ids


def _build_level(areas: list[IndexedArea]) -> _Level:
    polygons = shapely.from_wkb([area.wkb for area in areas])
    shapely.prepare(polygons)
    ids = np.array([*(area.id for area in areas), None], dtype=object)
    return _Level(ids, polygons, shapely.STRtree(polygons))
