"""Coordinates keep their place through every datum."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.places.datum import (
    SHIFTED_REGION,
    Datum,
    Point,
    from_wgs84,
    from_wgs84_arrays,
    to_wgs84,
    to_wgs84_arrays,
)
from yiwang.foundation.places.errors import CoordinatesInvalid

WEST, SOUTH, EAST, NORTH = SHIFTED_REGION
MARGIN = 0.05
INSIDE = st.builds(
    Point,
    st.floats(WEST + MARGIN, EAST - MARGIN),
    st.floats(SOUTH + MARGIN, NORTH - MARGIN),
    st.just(Datum.WGS84),
)


def metres_between(a: Point, b: Point) -> float:
    east = (a.lon - b.lon) * 111_320 * math.cos(math.radians(a.lat))
    return math.hypot(east, (a.lat - b.lat) * 111_320)


@given(INSIDE, st.sampled_from(Datum))
def test_there_and_back_is_the_same_place(place: Point, datum: Datum) -> None:
    assert metres_between(place, to_wgs84(from_wgs84(place, datum))) < 0.01


@given(INSIDE)
def test_the_shift_of_public_maps_stays_under_a_kilometre(place: Point) -> None:
    assert metres_between(place, from_wgs84(place, Datum.GCJ02)) < 1500


def test_the_published_reference_points_agree() -> None:
    shifted = from_wgs84(Point(116.404, 39.915, Datum.WGS84), Datum.GCJ02)
    assert (shifted.lon, shifted.lat) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    baidu = from_wgs84(to_wgs84(Point(116.404, 39.915, Datum.GCJ02)), Datum.BD09)
    assert (baidu.lon, baidu.lat) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@pytest.mark.parametrize("datum", Datum)
def test_outside_china_all_datums_are_equal(datum: Datum) -> None:
    new_york = Point(-73.97, 40.78, datum)
    assert to_wgs84(new_york) == Point(-73.97, 40.78, Datum.WGS84)


@pytest.mark.parametrize("datum", Datum)
def test_a_batch_equals_one_by_one(datum: Datum) -> None:
    lon, lat = np.array([113.26, -73.97, 121.47]), np.array([23.13, 40.78, 31.23])
    for batch, single in ((to_wgs84_arrays(lon, lat, datum), to_wgs84), (from_wgs84_arrays(lon, lat, datum), None)):
        for index in range(3):
            point = Point(lon[index], lat[index], datum if single else Datum.WGS84)
            expected = single(point) if single else from_wgs84(point, datum)
            assert (batch[0][index], batch[1][index]) == (expected.lon, expected.lat)


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 91), (math.nan, 0), (0, math.inf), (23.1, 113.3)])
def test_what_is_not_on_earth_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(CoordinatesInvalid):
        Point(lon, lat, Datum.WGS84)
    with pytest.raises(CoordinatesInvalid):
        to_wgs84_arrays(np.array([1.0, lon]), np.array([1.0, lat]), Datum.GCJ02)
