"""Coordinates with their datum, and the way between the four that Chinese data come in.

- **WGS84** is what satellites and phones speak, and the only datum stored.
- **CGCS2000** is China's official datum; it differs from WGS84 by centimetres and is taken as equal.
- **GCJ-02** is the datum of Chinese public maps: WGS84 shifted by 100–700 m.
- **BD-09** is a second shift of Baidu's maps on top of GCJ-02.

The shifts were never published; these are the formulas the open-source world settled on, not a certified conversion.
The shift exists within ``SHIFTED_REGION`` only, a rectangle around China (so also in its neighbours); outside it all
four datums are equal here. On its border the shift jumps, and within two kilometres of it a way back is not guaranteed.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from yiwang.foundation.places.errors import CoordinatesInvalid

Degrees = npt.NDArray[np.float64]
Pair = tuple[Degrees, Degrees]

SHIFTED_REGION = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north in degrees: where GCJ-02 and BD-09 differ from WGS84."""

_KRASOVSKY_RADIUS_M = 6378245.0
_KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = math.pi * 3000.0 / 180.0
# Each round shrinks the error of the way back about a thousandfold; five leave less than a millimetre.
_ROUNDS_BACK = 5


class Datum(StrEnum):
    """What a pair of coordinates is relative to."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


@dataclass(frozen=True)
class Point:
    """A position in decimal degrees of ``datum``. Raises CoordinatesInvalid for anything that is not on Earth."""

    lon: float
    lat: float
    datum: Datum

    def __post_init__(self) -> None:
        # NaN and infinities fail these comparisons too.
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            raise CoordinatesInvalid(lon=self.lon, lat=self.lat)


def to_wgs84(point: Point) -> Point:
    """The same place in WGS84; for GCJ-02 and BD-09 better than 0.5 m of the exact inverse."""
    if point.datum in (Datum.WGS84, Datum.CGCS2000):
        return Point(point.lon, point.lat, Datum.WGS84)
    lon, lat = to_wgs84_arrays(np.array([point.lon]), np.array([point.lat]), point.datum)
    return Point(float(lon[0]), float(lat[0]), Datum.WGS84)


def from_wgs84(point: Point, datum: Datum) -> Point:
    """The same place in ``datum``. ``point`` may itself be in any datum."""
    origin = to_wgs84(point)
    lon, lat = from_wgs84_arrays(np.array([origin.lon]), np.array([origin.lat]), datum)
    return Point(float(lon[0]), float(lat[0]), datum)


def to_wgs84_arrays(lon: Degrees, lat: Degrees, datum: Datum) -> Pair:
    """Batch form of ``to_wgs84``: degrees of ``datum`` of shape (n,) in, WGS84 degrees out.

    Raises CoordinatesInvalid, naming the first pair that is not on Earth.
    """
    lon, lat = _checked(lon, lat)
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return lon, lat
    # The shift has no closed inverse: guess, shift the guess, correct it by what it misses, again.
    guess_lon, guess_lat = lon, lat
    for _round in range(_ROUNDS_BACK):
        shifted_lon, shifted_lat = _shift(guess_lon, guess_lat, datum)
        guess_lon, guess_lat = guess_lon + (lon - shifted_lon), guess_lat + (lat - shifted_lat)
    return _where_shifted(lon, lat, guess_lon, guess_lat)


def from_wgs84_arrays(lon: Degrees, lat: Degrees, datum: Datum) -> Pair:
    """Batch form of ``from_wgs84``: WGS84 degrees of shape (n,) in, degrees of ``datum`` out.

    Raises CoordinatesInvalid, naming the first pair that is not on Earth.
    """
    lon, lat = _checked(lon, lat)
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return lon, lat
    return _where_shifted(lon, lat, *_shift(lon, lat, datum))


def _checked(lon: Degrees, lat: Degrees) -> Pair:
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    bad = ~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))
    if bad.any():
        first = int(np.argmax(bad))
        raise CoordinatesInvalid(lon=float(lon[first]), lat=float(lat[first]))
    return lon, lat


def _where_shifted(lon: Degrees, lat: Degrees, shifted_lon: Degrees, shifted_lat: Degrees) -> Pair:
    west, south, east, north = SHIFTED_REGION
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return np.where(inside, shifted_lon, lon), np.where(inside, shifted_lat, lat)


def _shift(lon: Degrees, lat: Degrees, datum: Datum) -> Pair:
    gcj = _shift_to_gcj02(lon, lat)
    return gcj if datum is Datum.GCJ02 else _shift_to_bd09(*gcj)


def _shift_to_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north_m += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east_m += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    return lon + east_m / _metres_per_degree_east(lat), lat + north_m / _metres_per_degree_north(lat)


def _metres_per_degree_east(lat: Degrees) -> Degrees:
    bend = np.sqrt(1.0 - _KRASOVSKY_ECCENTRICITY_SQUARED * np.sin(np.radians(lat)) ** 2)
    metres: Degrees = np.radians(_KRASOVSKY_RADIUS_M / bend * np.cos(np.radians(lat)))
    return metres


def _metres_per_degree_north(lat: Degrees) -> Degrees:
    bend = 1.0 - _KRASOVSKY_ECCENTRICITY_SQUARED * np.sin(np.radians(lat)) ** 2
    metres: Degrees = np.radians(_KRASOVSKY_RADIUS_M * (1.0 - _KRASOVSKY_ECCENTRICITY_SQUARED) / bend**1.5)
    return metres


def _shift_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
