"""The web server: granian serving Django through WSGI with threads, in several processes."""

import os
import shutil

from django.core.handlers.wsgi import WSGIHandler
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from yiwang.foundation.kernel.settings import Settings
from yiwang.project.processes import die_with_parent, settle_memory

# Requests one process may hold at once; more wait in the socket's backlog and are not refused.
BACKPRESSURE = 512
BACKLOG = 2048
# Idle threads keep their database connection; granian allows at most ten minutes.
THREAD_IDLE_S = 600
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

    def load(target: str) -> WSGIHandler:
        follow_parent()
        from yiwang.project.wsgi import application

        settle_memory()
        return application

    server = Granian(
        "yiwang.project.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        blocking_threads_idle_timeout=THREAD_IDLE_S,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.warning,
        # granian's records go where all others go (project/logs.py).
        log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}},
    )
    server.serve(target_loader=load)
