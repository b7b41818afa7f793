import json
from collections.abc import Mapping, Sequence

from django.db import Error as DatabaseError
from django.db import connection
from django.utils.translation import gettext as _

from yiwang.foundation.kernel.checks import Finding, list_checks
from yiwang.foundation.kernel.errors import YiwangError
from yiwang.foundation.kernel.paging import Page, cut, decode_cursor, encode_cursor
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.operations.types import DeadLetter, OperationsPermission


def list_dead_letters(*, viewer: Viewer, size: int = 50, cursor: str | None = None) -> Page[DeadLetter]:
    """Jobs that failed for good, the latest first. Needs ``operations.view``."""
    viewer.require(OperationsPermission.VIEW)
    before = decode_cursor(cursor, 1)[0] if cursor else None
    with connection.cursor() as db:
        db.execute(
            """
            SELECT j.id, j.task_name, j.args, j.attempts,
                   (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed')
            FROM procrastinate_jobs j
            WHERE j.status = 'failed' AND (%s::bigint IS NULL OR j.id < %s::bigint)
            ORDER BY j.id DESC LIMIT %s
            """,
            [before, before, size + 1],
        )
        rows = [DeadLetter(i, task, _text(args), attempts, at) for i, task, args, attempts, at in db.fetchall()]
    page, next_cursor = cut(rows, size, lambda row: encode_cursor(row.job_id))
    return Page(page, next_cursor)


def queue_sizes() -> Mapping[str, int]:
    """How many jobs are waiting (todo), running (doing) and failed."""
    with connection.cursor() as db:
        db.execute(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
        )
        found = dict(db.fetchall())
    return {state: found.get(state, 0) for state in ("todo", "doing", "failed")}


def oldest_waiting_s() -> float:
    """Seconds the oldest due job has been waiting since it was queued; 0 when none waits."""
    with connection.cursor() as db:
        db.execute(
            """
            SELECT extract(epoch FROM now() - min(e.at))
            FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
            WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
            """
        )
        value = db.fetchone()[0]
    return float(value or 0)


def seconds_since_heartbeat() -> float | None:
    """Seconds since any worker last said that it lives; None when no worker is registered."""
    with connection.cursor() as db:
        db.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        value = db.fetchone()[0]
    return None if value is None else float(value)


def run_checks() -> Sequence[Finding]:
    """The findings of all registered checks, by name. One that fails is itself a finding: the others still run."""
    findings = []
    for name, check in list_checks():
        try:
            findings.append(check())
        except DatabaseError:
            remedy = _("See the finding “database”.")
            findings.append(Finding(name, "problem", _("Not examined: the database does not answer."), remedy))
        except YiwangError as error:
            findings.append(Finding(name, "problem", error.message, error.what_to_do))
    return findings


def _text(args: object) -> str:
    return args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)
