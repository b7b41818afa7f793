"""``report_post``: how many reports a second the front door keeps, with the worker standing still."""

import json
import signal
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.load import Volley, build_request, fire
from yiwang.project.bench.matters import MATTERS
from yiwang.project.bench.stage import Stage, wait_for

CONNECTIONS = 16
WARM_UP = 200
ROUNDS = 3
REPORTS_A_ROUND = 1000
RESTART_S = 30.0

MARKS = {
    "reports kept": "SELECT count(*) FROM intake_report",
    "contacts sealed": "SELECT count(*) FROM people_contact",
    "leaves": "SELECT count(*) FROM audit_auditleaf WHERE action = 'intake.report_received'",
    "jobs queued": "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%.open_case_on_report_received'",
}
CLEAR_CONTACTS = "SELECT count(*) FROM people_contact WHERE position('1380000'::bytea IN sealed) > 0"


def measure_report_post(stage: Stage) -> list[Figure]:
    """Reports a second and their 99th percentile at 16 connections, medians of three rounds; each has a contact."""
    with workers_stopped(stage):
        post_reports(stage, "warm-up", WARM_UP, connections=CONNECTIONS)
        before = _count(stage)
        volleys = [
            post_reports(stage, f"post-{number}", REPORTS_A_ROUND, connections=CONNECTIONS) for number in range(ROUNDS)
        ]
        checked = _check(stage, volleys, before)
    speed = statistics.median(volley.per_second for volley in volleys)
    slowest = statistics.median(volley.percentile_ms(0.99) for volley in volleys)
    return [
        Figure("report_post", speed, "/s", 600, Want.AT_LEAST, checked),
        Figure("report_post_p99", slowest, "ms", 100, Want.UNDER, f"{CONNECTIONS} connections"),
    ]


def post_reports(stage: Stage, series: str, count: int, *, connections: int) -> Volley:
    """Sends ``count`` different reports, each under an idempotency key of this ``series``."""
    return fire(stage.port, build_reports(stage, series, count), connections=connections)


def build_reports(stage: Stage, series: str, count: int) -> list[bytes]:
    """As many requests, each a different report under an idempotency key of this ``series``."""
    return [
        build_request("POST", "/api/v1/reports", port=stage.port, headers=_headers(f"{series}-{number}"), body=body)
        for number, body in enumerate(_bodies(stage, series, count))
    ]


@contextmanager
def workers_stopped(stage: Stage) -> Iterator[None]:
    """Holds the job workers still; afterwards they are killed, and the supervisor's new ones find the queue full."""
    stopped = stage.processes("worker")
    for process in stopped:
        process.suspend()
    try:
        yield
    finally:
        for process in stopped:
            process.send_signal(signal.SIGKILL)
        wait_for(lambda: bool(stage.processes("worker")), RESTART_S, "the supervisor to start a new worker")


def _check(stage: Stage, volleys: Sequence[Volley], before: dict[str, int]) -> str:
    accepted = sum(volley.count(201) for volley in volleys)
    sent = sum(len(volley.answers) for volley in volleys)
    receipts = {json.loads(answer.body)["receipt"] for volley in volleys for answer in volley.answers}
    after = _count(stage)
    claims = [Claim(f"of {sent:,} accepted", sent, accepted), Claim("receipts", accepted, len(receipts))]
    claims += [Claim(what, accepted, after[what] - before[what]) for what in MARKS]
    return confirm([*claims, Claim("contacts in clear", 0, stage.value(CLEAR_CONTACTS))])


def _count(stage: Stage) -> dict[str, int]:
    return {what: stage.value(query) for what, query in MARKS.items()}


def _headers(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": key, "Accept-Language": "zh-hans"}


def _bodies(stage: Stage, series: str, count: int) -> Iterator[bytes]:
    lon, lat = stage.centre()
    for number in range(count):
        body = {
            "text": f"{MATTERS[number % len(MATTERS)]}（{series} {number}）",
            "location": {"lon": lon + number % 7 * 1e-4, "lat": lat + number % 5 * 1e-4, "datum": "WGS84"},
            "contact": {"name": "王小明", "phone": f"1380000{number:04d}", "email": f"r{number}@example.invalid"},
        }
        yield json.dumps(body, ensure_ascii=False).encode()
