"""``overload…``: what happens when five times as many reports come as the city can take."""

import json
import time

from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.load import Answer, Volley, flood
from yiwang.project.bench.posting import CONNECTIONS, WARM_UP, build_reports, post_reports, workers_stopped
from yiwang.project.bench.stage import Stage

TIMES = 5
SECONDS = 8
RATE_REPORTS = 1000
# As many people with patience as are needed to keep the pace while nobody is answered for half a second.
LINES = 3000
SOURCES = 100
CALM_S = 0.25
TURNED_AWAY = (429, 503)
PATIENCE_S = 60.0


def measure_overload(stage: Stage) -> list[Figure]:
    """First the sustainable rate, then five times that for some seconds, then the time until all is calm again."""
    with workers_stopped(stage):
        post_reports(stage, "overload-warm-up", WARM_UP, connections=CONNECTIONS)
        rate = post_reports(stage, "sustainable", RATE_REPORTS, connections=CONNECTIONS).per_second
        before = _kept(stage)
        wave = build_reports(stage, "flood", int(TIMES * rate * SECONDS))
        volley = flood(stage.port, wave, connections=LINES, sources=SOURCES, per_second=TIMES * rate)
        kept = _kept(stage) - before
        recovery = _recovery_s(stage)
    accepted = [answer for answer in volley.answers if answer.status == 201]
    refused = [answer for answer in volley.answers if answer.status in TURNED_AWAY]
    receipts = {json.loads(answer.body)["receipt"] for answer in accepted}
    checked = confirm(
        [
            Claim("answered with 201, 429 or 503", len(wave), len(accepted) + len(refused)),
            Claim("receipts", len(accepted), len(receipts)),
            Claim("reports kept, no other", len(accepted), kept),
        ]
    )
    share = 100 * len(accepted) / volley.seconds / rate
    return [
        Figure("overload_p99", _p99_ms(accepted), "ms", 1000, Want.UNDER, checked),
        Figure("overload_refused_p99", _p99_ms(refused), "ms", 1000, Want.UNDER, f"{len(refused):,} turned away"),
        Figure("overload_kept", share, "% of rate", 50, Want.AT_LEAST, f"{TIMES} × {rate:.0f}/s for {SECONDS} s"),
        Figure("overload_recovery", recovery, "s", 10, Want.UNDER, f"a report is answered in {CALM_S * 1000:.0f} ms"),
    ]


def _recovery_s(stage: Stage) -> float:
    """Seconds from the last answer of the flood until ten reports in a row are accepted quickly."""
    started = time.perf_counter()
    for attempt in range(1000):
        calm = post_reports(stage, f"calm-{attempt}", 10, connections=1)
        if calm.count(201) == 10 and calm.percentile_ms(1) < CALM_S * 1000:
            break
        if time.perf_counter() - started > PATIENCE_S:
            break
    return time.perf_counter() - started


def _p99_ms(answers: list[Answer]) -> float:
    return Volley(answers, 1).percentile_ms(0.99) if answers else 0.0


def _kept(stage: Stage) -> int:
    return int(stage.value("SELECT count(*) FROM intake_report"))
