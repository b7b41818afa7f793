"""``privacy_scan``: texts of 120 characters a second in which one process looks for personal data."""

import statistics
import time

from yiwang.foundation.privacy.scanner import scan
from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.matters import MATTERS, PLACES, WISHES
from yiwang.project.bench.stage import Stage

TEXTS = 20_000
LENGTH = 120
ROUNDS = 5
# Every tenth text tells who wrote it.
EACH = 10
SENDER = "我叫王小明，电话13800001234，家住东湖小区3栋2单元501室。"
TOLD = 3


def measure_privacy_scan(stage: Stage) -> list[Figure]:
    """Median of five rounds over sentences of our own, one in ten of which holds a name, a number and an address."""
    texts = [_text(number) for number in range(TEXTS)]
    speeds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = sum(len(scan(text)) for text in texts)
        speeds.append(TEXTS / (time.perf_counter() - started))
    checked = confirm([Claim("findings", TEXTS // EACH * TOLD, found)])
    return [Figure("privacy_scan", statistics.median(speeds), "texts/s", 20_000, Want.AT_LEAST, checked)]


def _text(number: int) -> str:
    text = SENDER if number % EACH == 0 else ""
    while len(text) < LENGTH:
        place, matter = PLACES[number % len(PLACES)], MATTERS[number % len(MATTERS)]
        text += f"{place}{number % 90}号，{matter}，{WISHES[number % len(WISHES)]}"
        number += 7
    return text[:LENGTH]
