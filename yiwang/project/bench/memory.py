"""``idle_memory``: what the whole city holds in memory when nobody asks for anything."""

import time
from pathlib import Path

import psutil

from yiwang.project.bench.figures import Figure, Want
from yiwang.project.bench.stage import Stage

REST_S = 5.0


def measure_idle_memory(stage: Stage) -> list[Figure]:
    """Sum of the proportional set sizes (shared pages counted once) of supervisor, web, worker and database."""
    time.sleep(REST_S)
    processes = [stage.supervisor, *stage.supervisor.children(recursive=True)]
    sizes = [size for process in processes if (size := pss_mb(process)) is not None]
    return [Figure("idle_memory", sum(sizes), "MB", 700, Want.UNDER, f"{len(sizes)} processes")]


def pss_mb(process: psutil.Process) -> float | None:
    """The proportional set size in megabytes (10^6), None for a process that has just ended."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (OSError, psutil.Error):
        return None
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6
