"""Delivered shapes become clean WGS84 areas, and repairs are told."""

import gzip
import json
from pathlib import Path

import pytest
import shapely

from yiwang.foundation.places.datum import Datum, Point, to_wgs84
from yiwang.foundation.places.errors import CoordinatesInvalid, PolygonInvalid
from yiwang.foundation.places.polygons import clean_polygon

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "geo"
SQUARE = [[113.0, 23.0], [113.1, 23.0], [113.1, 23.1], [113.0, 23.1], [113.0, 23.0]]
BOW_TIE = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]


def delivered(name: str) -> list[dict]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real file geo/{name} is not on this machine")
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(json.loads(text)["features"])


def test_a_sound_polygon_is_converted_and_needs_no_repair() -> None:
    wkb, repairs = clean_polygon({"type": "Polygon", "coordinates": [SQUARE]}, Datum.GCJ02)
    corner = to_wgs84(Point(113.0, 23.0, Datum.GCJ02))
    assert repairs == ()
    assert shapely.from_wkb(wkb).distance(shapely.Point(corner.lon, corner.lat)) < 1e-9


def test_a_polygon_that_crosses_itself_is_mended_and_reported() -> None:
    wkb, repairs = clean_polygon({"type": "Polygon", "coordinates": [BOW_TIE]}, Datum.WGS84)
    assert shapely.from_wkb(wkb).is_valid
    assert shapely.from_wkb(wkb).area == pytest.approx(2.0)
    assert "Self-intersection" in repairs[0]


def test_heights_are_dropped() -> None:
    with_height = [[*corner, 12.5] for corner in SQUARE]
    wkb, repairs = clean_polygon({"type": "Polygon", "coordinates": [with_height]}, Datum.WGS84)
    assert not shapely.from_wkb(wkb).has_z
    assert repairs == ()


def test_parts_without_surface_are_dropped_and_reported() -> None:
    line = {"type": "LineString", "coordinates": SQUARE[:2]}
    collection = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}, line]}
    wkb, repairs = clean_polygon(collection, Datum.WGS84)
    assert shapely.from_wkb(wkb).geom_type == "Polygon"
    assert repairs == ("Dropped 1 parts without surface",)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": SQUARE},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": "nothing"},
        {"type": "Circle", "coordinates": []},
        {},
    ],
)
def test_what_has_no_surface_is_refused(geometry: dict) -> None:
    with pytest.raises(PolygonInvalid):
        clean_polygon(geometry, Datum.WGS84)


def test_metres_instead_of_degrees_are_refused() -> None:
    metres = [[corner[0] * 1000, corner[1] * 1000] for corner in SQUARE]
    with pytest.raises(CoordinatesInvalid):
        clean_polygon({"type": "Polygon", "coordinates": [metres]}, Datum.WGS84)


def test_the_three_real_cities_that_need_repair_are_named_and_lose_no_land() -> None:
    features = delivered("guangdong_cities_440000_full.geojson")
    cleaned = {f["properties"]["name"]: clean_polygon(f["geometry"], Datum.GCJ02) for f in features}
    assert {name for name, area in cleaned.items() if area.repairs} == {"佛山市", "湛江市", "茂名市"}
    for feature in features:
        mended = shapely.from_wkb(cleaned[feature["properties"]["name"]].wkb)
        assert mended.is_valid
        assert mended.area == pytest.approx(shapely.geometry.shape(feature["geometry"]).area, rel=0.001)


def test_a_real_city_has_its_known_size() -> None:
    features = delivered("guangzhou_districts_440100_full.geojson")
    districts = [shapely.from_wkb(clean_polygon(feature["geometry"], Datum.GCJ02).wkb) for feature in features]
    assert len(districts) == 11
    square_km = sum(d.area for d in districts) * 111.32**2 * 0.92  # 0.92 is the cosine of its latitude
    assert square_km == pytest.approx(7434, rel=0.03)


def test_boroughs_in_wgs84_stay_where_they_are() -> None:
    for feature in delivered("borough.geojson.gz"):
        wkb, _repairs = clean_polygon(feature["geometry"], Datum.WGS84)
        given = shapely.geometry.shape(feature["geometry"])
        assert shapely.from_wkb(wkb).bounds == pytest.approx(given.bounds)
