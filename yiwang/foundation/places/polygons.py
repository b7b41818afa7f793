"""GeoJSON geometry of any datum → a clean WGS84 (Multi)Polygon, with a report of what had to be repaired."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from yiwang.foundation.places.datum import Datum, to_wgs84_arrays
from yiwang.foundation.places.errors import PolygonInvalid


class CleanPolygon(NamedTuple):
    """A valid WGS84 Polygon or MultiPolygon as WKB, and in GEOS's words what was repaired (empty: nothing)."""

    wkb: bytes
    repairs: tuple[str, ...]


def clean_polygon(geometry: Mapping[str, Any], datum: Datum) -> CleanPolygon:
    """Converts a GeoJSON geometry given in ``datum`` to WGS84 and mends what can be mended.

    Heights are dropped silently: they say nothing about an area. Lines and points left over by a repair are dropped and
    reported. Raises PolygonInvalid for anything without a surface, CoordinatesInvalid for positions not on Earth.
    """
    delivered = _read(geometry)

    def convert(pairs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_wgs84_arrays(pairs[:, 0], pairs[:, 1], datum))

    polygon: BaseGeometry = shapely.transform(shapely.force_2d(delivered), convert)
    repairs: tuple[str, ...] = ()
    if not shapely.is_valid(polygon):
        repairs = (str(shapely.is_valid_reason(polygon)),)
        polygon = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    polygon, leftover = _surface(polygon)
    if leftover:
        repairs = (*repairs, f"Dropped {leftover} parts without surface")
    if polygon.is_empty or polygon.area == 0:
        raise PolygonInvalid(reason=repairs[0] if repairs else "Empty")
    return CleanPolygon(shapely.to_wkb(shapely.normalize(polygon)), repairs)


def _read(geometry: Mapping[str, Any]) -> BaseGeometry:
    try:
        return shape(dict(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as error:
        raise PolygonInvalid(reason=f"{type(error).__name__}: {error}") from error


def _surface(geometry: BaseGeometry) -> tuple[BaseGeometry, int]:
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry, 0
    parts = shapely.get_parts(geometry)
    polygons = [part for part in parts if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(polygons), len(parts) - len(polygons)
