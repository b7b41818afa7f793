"""``find_area``: points a second whose area is found, in batches, as imports do it."""

import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.stage import Stage

POINTS = 200_000
ROUNDS = 5
SAMPLE = 300
SEED = 20261123
SPREAD_DEGREES = 0.05


def measure_find_area(stage: Stage) -> list[Figure]:
    """Points a second over the installed city's areas, median of five batches, in a process with this city's data."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        speed, checked = pool.submit(_measure, str(stage.home), stage.centre()).result()
    return [Figure("find_area", speed, "points/s", 100_000, Want.AT_LEAST, checked)]


def _measure(home: str, centre: tuple[float, float]) -> tuple[float, str]:
    os.environ.update({"YIWANG_HOME": home, "DJANGO_SETTINGS_MODULE": "yiwang.project.settings"})
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from yiwang.foundation.places.selectors import find_area, find_areas
    from yiwang.foundation.places.types import Datum, Point

    random = np.random.default_rng(SEED)
    lon = centre[0] + random.uniform(-SPREAD_DEGREES, SPREAD_DEGREES, POINTS)
    lat = centre[1] + random.uniform(-SPREAD_DEGREES, SPREAD_DEGREES, POINTS)
    find_areas(lon[:1000], lat[:1000])
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = find_areas(lon, lat)
        seconds.append(time.perf_counter() - started)
    singles = [find_area(Point(float(lon[i]), float(lat[i]), Datum.WGS84)) for i in range(SAMPLE)]
    same = sum((one.id if one else None) == many for one, many in zip(singles, found, strict=False))
    inside = sum(area is not None for area in found)
    checked = confirm([Claim("points found alike one by one", SAMPLE, same)])
    return POINTS / statistics.median(seconds), f"{checked}, {inside / POINTS:.0%} inside the territory"
