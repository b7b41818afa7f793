"""The web server: granian, several processes, in each a gate and Django behind it in threads."""

import os
import shutil
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from yiwang.foundation.kernel.settings import Settings
from yiwang.project.processes import die_with_parent, settle_memory

if TYPE_CHECKING:
    from yiwang.project.gate import Gate

# Lines one process keeps open, idle ones too; more wait in the socket's backlog.
LINES = 4096
BACKLOG = 2048
# A client that has connected has so long to say what it wants, and as long between two wishes.
HEADERS_MS = 10_000
STOP_S = 8


def prepare_metrics(settings: Settings) -> None:
    """Empties the folder in which the processes keep their counters. Call it before Django loads, once a machine."""
    folder = settings.home / "run" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; requests that are being answered are finished. Blocks."""
    follow_parent = die_with_parent()

    def load(target: str) -> "Gate":
        follow_parent()
        from yiwang.project.gate import Gate
        from yiwang.project.refusals import Refusals
        from yiwang.project.wsgi import application

        gate = Gate(application, settings, Refusals())
        settle_memory()
        return gate

    server = Granian(
        "yiwang.project.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.web_processes,
        # To find out which version a client speaks, granian waits for its first bytes without an end.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MS),
        backlog=BACKLOG,
        backpressure=LINES,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.warning,
        # granian's records go where all others go (project/logs.py).
        log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}},
    )
    server.serve(target_loader=load)
