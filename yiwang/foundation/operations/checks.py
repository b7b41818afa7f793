"""Checks of what every installation stands on: database, queue, clock, disk, key file."""

import shutil
import stat
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.kernel.checks import Finding, check
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.operations.selectors import oldest_waiting_s, queue_sizes, seconds_since_heartbeat
from yiwang.foundation.operations.types import STALLED_AFTER_S

OLDEST_DATABASE = 16
MB = 1024 * 1024
DISK_PROBLEM_MB = 500
DISK_WARNING_MB = 2000
WAITING_WARNING_S = 60
CLOCK_LIMIT = timedelta(seconds=2)


@check("database", gettext_lazy("Database"))
def check_database() -> Finding:
    """The database answers, is new enough and keeps what it confirmed (fsync)."""
    try:
        with connection.cursor() as db:
            db.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('fsync')")
            major, fsync = db.fetchone()
    except DatabaseError:
        remedy = _("Start the city with “yiwang run”. With a served database, check DATABASE_URL and that server.")
        return Finding("database", "problem", _("The database does not answer."), remedy)
    if major < OLDEST_DATABASE:
        message = _("PostgreSQL %(major)s is too old.") % {"major": major}
        return Finding("database", "problem", message, _("Move to PostgreSQL 16 or later."))
    if fsync != "on":
        remedy = _("Switch fsync on: without it a power cut loses reports that were already answered.")
        return Finding("database", "problem", _("PostgreSQL runs with fsync off."), remedy)
    return Finding("database", "ok", _("PostgreSQL %(major)s answers, fsync is on.") % {"major": major})


@check("queue", gettext_lazy("Queue of jobs"))
def check_queue() -> Finding:
    """A worker lives, and no job waits for long or has failed for good."""
    sizes = queue_sizes()
    waiting_s = round(oldest_waiting_s())
    silent_s = seconds_since_heartbeat()
    if silent_s is None or silent_s > STALLED_AFTER_S:
        remedy = _("Start one: “yiwang run” starts web and worker, “yiwang worker” a worker alone.")
        return Finding("queue", "problem", _("No worker is running: cases are not opened, messages not sent."), remedy)
    if sizes["failed"]:
        message = _("%(count)s jobs failed for good.") % {"count": sizes["failed"]}
        return Finding("queue", "warning", message, _("Look at the failed jobs and start them again."))
    if waiting_s > WAITING_WARNING_S:
        message = _("%(count)s jobs wait, the oldest for %(seconds)s s.") % {
            "count": sizes["todo"],
            "seconds": waiting_s,
        }
        return Finding("queue", "warning", message, _("If it does not shrink, raise YIWANG_JOB_PROCESSES."))
    return Finding("queue", "ok", _("A worker is running; %(count)s jobs wait.") % {"count": sizes["todo"]})


@check("clock", gettext_lazy("Clock"))
def check_clock() -> Finding:
    """The database's clock and ours agree: legal clocks are counted with both."""
    before = now()
    with connection.cursor() as db:
        db.execute("SELECT clock_timestamp()")
        theirs = db.fetchone()[0]
    after = now()
    if before - CLOCK_LIMIT <= theirs <= after + CLOCK_LIMIT:
        return Finding("clock", "ok", _("The clocks of program and database agree."))
    seconds = round(abs((theirs - after).total_seconds()), 1)
    message = _("The clocks of program and database differ by %(seconds)s s.") % {"seconds": seconds}
    return Finding("clock", "problem", message, _("Let both machines take their time from the same time server (NTP)."))


@check("disk", gettext_lazy("Disk"))
def check_disk() -> Finding:
    """The disk that holds YIWANG_HOME has room."""
    home = get_settings().home
    folder = next(path for path in (home, *home.parents) if path.exists())
    free_mb = shutil.disk_usage(folder).free // MB
    message = _("%(free)s MB are free for %(home)s.") % {"free": free_mb, "home": home}
    if free_mb < DISK_WARNING_MB:
        remedy = _("Free some space, or move YIWANG_HOME to a larger disk.")
        return Finding("disk", "problem" if free_mb < DISK_PROBLEM_MB else "warning", message, remedy)
    return Finding("disk", "ok", message)


@check("keys", gettext_lazy("Keys"))
def check_keys() -> Finding:
    """The key file exists and only its owner can read it. Whether it fits the data is people's check."""
    path = get_settings().key_file
    if not path.exists():
        remedy = _("Restore the key file from its own backup, or create one for a new city with “yiwang keys create”.")
        return Finding("keys", "problem", _("The key file %(path)s does not exist.") % {"path": path}, remedy)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        message = _("Others can read the key file %(path)s.") % {"path": path}
        return Finding("keys", "problem", message, f"chmod 600 {path}")
    return Finding("keys", "ok", _("The key file %(path)s is there, for its owner only.") % {"path": path})
