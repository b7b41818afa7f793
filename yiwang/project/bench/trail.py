"""``audit_seal``, ``audit_verify``, ``report_post_sealing``: what sealing costs, and that intake does not pay."""

import json
import os
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from yiwang.foundation.audit.leaves import NONCE_BYTES, commit
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.ids import new_id
from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.posting import CONNECTIONS, WARM_UP, post_reports, workers_stopped
from yiwang.project.bench.stage import Stage, wait_for

LEAVES = 100_000
MILLION = 1_000_000
PAIRS = 3
REPORTS = 700
PATIENCE_S = 120.0
COPY = """
    COPY audit_auditleaf (at, actor_kind, action, subject_kind, subject_id, nonce, commitment, detail, reason)
    FROM STDIN
"""


def measure_trail(stage: Stage) -> list[Figure]:
    """Leaves sealed a second in batches, seconds to verify a hundred thousand, and reports beside constant sealing."""
    with workers_stopped(stage):
        seal, verify = _seal_and_verify(stage, LEAVES)
        beside = _intake_beside_sealing(stage)
    return [seal, verify, beside]


def measure_million(stage: Stage) -> list[Figure]:
    """The same with a million leaves."""
    with workers_stopped(stage):
        seal, verify = _seal_and_verify(stage, MILLION)
    return [
        Figure("audit_seal_1m", seal.value, seal.unit, seal.target, seal.want, seal.checked),
        Figure("audit_verify_1m", verify.value, verify.unit, 60, Want.UNDER, verify.checked),
    ]


def _seal_and_verify(stage: Stage, count: int) -> tuple[Figure, Figure]:
    _audit(stage, "seal", "--json")
    _write(stage, count)
    sealed = _audit(stage, "seal", "--json")
    verified = _audit(stage, "verify", "--whole", "--json")
    checked = confirm([Claim("leaves sealed", count, sealed["leaves"])])
    read = confirm(
        [Claim("leaves read", verified["size"], verified["count"]), Claim("faults", 0, len(verified["faults"]))]
    )
    return (
        Figure("audit_seal", count / sealed["seconds"], "leaves/s", 5000, Want.AT_LEAST, checked),
        # In proportion: a million in a minute.
        Figure("audit_verify", verified["seconds"], "s", 60 * verified["count"] / MILLION, Want.UNDER, read),
    )


def _intake_beside_sealing(stage: Stage) -> Figure:
    """Pairs of rounds, alone and beside a process that seals without a pause; the median of their ratios."""
    post_reports(stage, "seal-warm-up", WARM_UP, connections=CONNECTIONS)
    ratios = []
    for number in range(PAIRS):
        alone = post_reports(stage, f"alone-{number}", REPORTS, connections=CONNECTIONS).per_second
        with _sealing(stage):
            beside = post_reports(stage, f"beside-{number}", REPORTS, connections=CONNECTIONS).per_second
        ratios.append(100 * beside / alone)
    wait_for(lambda: not _audit(stage, "seal", "--json")["leaves"], PATIENCE_S, "the trail to be sealed")
    verified = _audit(stage, "verify", "--json")
    checked = confirm([Claim("faults", 0, len(verified["faults"]))])
    return Figure("report_post_sealing", statistics.median(ratios), "% of alone", 90, Want.AT_LEAST, checked)


def _write(stage: Stage, count: int) -> None:
    """Leaves as the city writes them, by COPY."""
    at = now()
    with stage.database() as connection, connection.cursor() as cursor, cursor.copy(COPY.encode()) as copy:
        for subject_id, detail, nonce, commitment in _leaves(count):
            copy.write_row(
                (at, "system", "audit.trail_read", "bench", subject_id, nonce, commitment, json.dumps(detail), "")
            )


def _leaves(count: int) -> Iterator[tuple[UUID, dict[str, Any], bytes, bytes]]:
    for number in range(count):
        subject_id, nonce = new_id(), os.urandom(NONCE_BYTES)
        detail = {
            "number": f"B261124-{number:07}",
            "state": "dispatched",
            "unit": "urban-management",
            "rule": "streetlights",
        }
        yield subject_id, detail, nonce, commit(nonce, subject_id=subject_id, actor_id=None, detail=detail, reason="")


def _audit(stage: Stage, *arguments: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(stage.run("audit", *arguments))
    return said


@contextmanager
def _sealing(stage: Stage) -> Iterator[None]:
    """``yiwang audit seal --follow`` beside."""
    before = stage.value("SELECT count(*) FROM audit_auditcheckpoint")
    process = stage.start("audit", "seal", "--follow", output=subprocess.DEVNULL)
    try:
        _write(stage, 1)
        wait_for(lambda: stage.value("SELECT count(*) FROM audit_auditcheckpoint") > before, PATIENCE_S, "the sealer")
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
