"""A point finds its area, on borders always the same one; a hundred thousand find theirs as one does."""

import gzip
import json
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.places.area_index import AreaIndex, IndexedArea
from yiwang.foundation.places.datum import Datum
from yiwang.foundation.places.polygons import clean_polygon

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "geo"


def box(number: int, code: str, bounds: tuple[float, float, float, float], level: str = "district") -> IndexedArea:
    return IndexedArea(UUID(int=number), code, level, shapely.to_wkb(shapely.box(*bounds)))


WEST_AND_EAST = AreaIndex.build(
    [
        box(1, "B", (0, 0, 1, 1)),
        box(2, "A", (1, 0, 2, 1)),
        box(3, "street", (0, 0, 0.5, 0.5), level="street"),
    ]
)


def test_a_point_finds_the_area_of_the_level_asked_for() -> None:
    assert WEST_AND_EAST.find(0.2, 0.2, "district") == UUID(int=1)
    assert WEST_AND_EAST.find(0.2, 0.2, "street") == UUID(int=3)
    assert WEST_AND_EAST.find(1.7, 0.2, "street") is None
    assert WEST_AND_EAST.find(0.2, 0.2, "moon") is None


@given(st.floats(0, 1))
def test_a_border_belongs_to_the_smaller_code(lat: float) -> None:
    assert WEST_AND_EAST.find(1.0, lat, "district") == UUID(int=2)


def test_a_batch_keeps_its_order_and_says_none_for_nowhere() -> None:
    lon = np.array([5.0, 0.2, np.nan, 1.5, 0.1])
    lat = np.array([5.0, 0.2, 0.5, np.inf, 0.9])
    assert WEST_AND_EAST.find_many(lon, lat, "district").tolist() == [None, UUID(int=1), None, None, UUID(int=1)]


def test_no_areas_and_no_points_are_no_trouble() -> None:
    assert AreaIndex.build([]).find(0, 0, "district") is None
    assert len(WEST_AND_EAST.find_many(np.array([]), np.array([]), "district")) == 0


@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(-1, 2)), min_size=1, max_size=30))
def test_the_index_agrees_with_asking_every_polygon(places: list[tuple[float, float]]) -> None:
    boxes = {UUID(int=2): shapely.box(1, 0, 2, 1), UUID(int=1): shapely.box(0, 0, 1, 1)}
    found = WEST_AND_EAST.find_many(np.array([p[0] for p in places]), np.array([p[1] for p in places]), "district")
    for place, answer in zip(places, found, strict=True):
        expected = next((key for key, shape in boxes.items() if shape.intersects(shapely.Point(place))), None)
        assert answer == expected


def test_landmarks_lie_in_their_real_boroughs() -> None:
    path = SHARED / "borough.geojson.gz"
    if not path.exists():
        pytest.skip("the real file geo/borough.geojson.gz is not on this machine")
    features = json.loads(gzip.decompress(path.read_bytes()))["features"]
    index = AreaIndex.build(
        IndexedArea(UUID(int=i), str(i), "borough", clean_polygon(feature["geometry"], Datum.WGS84).wkb)
        for i, feature in enumerate(features)
    )
    lon = np.array([-73.9857, -73.9690, -73.9262, -74.1502, -73.8458, -73.0])
    lat = np.array([40.7484, 40.6602, 40.8296, 40.5795, 40.7571, 40.0])
    found = [features[key.int]["properties"]["name"] if key else None for key in index.find_many(lon, lat, "borough")]
    assert found == ["Manhattan", "Brooklyn", "Bronx", "Staten Island", "Queens", None]


def test_a_hundred_thousand_points_find_their_own_among_ten_thousand_polygons() -> None:
    random = np.random.default_rng(1)
    seeds = shapely.MultiPoint(random.random((10_000, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, 1, 1)))
    index = AreaIndex.build(
        IndexedArea(UUID(int=i), f"{i:05}", "grid", wkb) for i, wkb in enumerate(shapely.to_wkb(cells))
    )
    lon, lat = random.random(100_000), random.random(100_000)
    found = index.find_many(lon, lat, "grid")
    for place in range(0, 100_000, 1000):
        assert shapely.contains_xy(cells[found[place].int], lon[place], lat[place])
    assert all(found)
