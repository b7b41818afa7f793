"""``walk``: reports a second that come all the way to a unit while new ones keep coming in."""

import statistics
import time

from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.posting import post_reports
from yiwang.project.bench.stage import Stage, wait_for

CONNECTIONS = 8
ROUNDS = 3
REPORTS_A_ROUND = 600
PATIENCE_S = 120.0

DISPATCHED = "SELECT count(*) FROM cases_case WHERE state = 'dispatched'"
MARKS = {
    "cases": "SELECT count(*) FROM cases_case WHERE report_id IS NOT NULL",
    "leaves cases.opened": "SELECT count(*) FROM audit_auditleaf WHERE action = 'cases.opened'",
    "leaves cases.assigned": "SELECT count(*) FROM audit_auditleaf WHERE action = 'cases.assigned'",
    "messages to reporters": "SELECT count(*) FROM messaging_message WHERE template = 'case_opened'",
    "messages to units": "SELECT count(*) FROM messaging_message WHERE template = 'case_assigned'",
}
FAILED = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"


def measure_walk(stage: Stage) -> list[Figure]:
    """Cases a second from report to “dispatched”, web and worker busy together: median of three rounds."""
    before = {what: stage.value(query) for what, query in MARKS.items()}
    speeds = [_round(stage, number) for number in range(ROUNDS)]
    stage.wait_until_quiet(PATIENCE_S)
    sent = ROUNDS * REPORTS_A_ROUND
    claims = [Claim(what, sent, stage.value(query) - before[what]) for what, query in MARKS.items()]
    checked = confirm([*claims, Claim("failed jobs", 0, stage.value(FAILED))])
    return [Figure("walk", statistics.median(speeds), "cases/s", 60, Want.AT_LEAST, checked)]


def _round(stage: Stage, number: int) -> float:
    # One connection for all looks: looking must not cost what is being measured.
    with stage.database() as connection:

        def dispatched() -> int:
            row = connection.execute(DISPATCHED.encode()).fetchone()
            return int(row[0]) if row else 0

        goal = dispatched() + REPORTS_A_ROUND
        started = time.perf_counter()
        volley = post_reports(stage, f"walk-{number}", REPORTS_A_ROUND, connections=CONNECTIONS)
        confirm([Claim("reports accepted", REPORTS_A_ROUND, volley.count(201))])
        wait_for(lambda: dispatched() >= goal, PATIENCE_S, f"{REPORTS_A_ROUND} cases to be dispatched")
        return REPORTS_A_ROUND / (time.perf_counter() - started)
