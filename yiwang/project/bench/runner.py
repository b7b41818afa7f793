"""The order of the measurements: each leaves behind what the next one needs, all on one city that is thrown away."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from yiwang import __version__
from yiwang.project.bench.city import measure_city
from yiwang.project.bench.desk import measure_queue
from yiwang.project.bench.figures import Figure, table
from yiwang.project.bench.history import measure_import
from yiwang.project.bench.memory import measure_idle_memory
from yiwang.project.bench.overload import measure_overload
from yiwang.project.bench.posting import measure_report_post
from yiwang.project.bench.privacy import measure_privacy_scan
from yiwang.project.bench.stage import Stage, running_city
from yiwang.project.bench.territory import measure_find_area
from yiwang.project.bench.trail import measure_million, measure_trail
from yiwang.project.bench.walking import measure_walk

Say = Callable[[str], None]
# No measurement begins while the worker still has to do what the one before it left behind.
BACKLOG_S = 600.0
SETTINGS = {"YIWANG_INTAKE_LIMIT": "off", "YIWANG_LOGIN_LIMIT": "off", "YIWANG_MAIL_ADAPTER": "file"}

# The queue shows the reports of the two before it; the import comes last because it makes the city larger.
MEASUREMENTS: Mapping[str, Callable[[Stage], list[Figure]]] = {
    "idle_memory": measure_idle_memory,
    "report_post": measure_report_post,
    "overload": measure_overload,
    "walk": measure_walk,
    "queue_10k": measure_queue,
    "find_area": measure_find_area,
    "privacy_scan": measure_privacy_scan,
    "import": measure_import,
    "trail": measure_trail,
}
CITY: Mapping[str, Callable[[Stage], list[Figure]]] = {"city": measure_city, "trail_1m": measure_million}
ALL = {**MEASUREMENTS, **CITY}


@dataclass(frozen=True)
class Result:
    """All figures of one run, and the machine and settings they were measured on."""

    figures: Sequence[Figure]
    circumstances: Mapping[str, str]

    @property
    def is_met(self) -> bool:
        return all(figure.is_met for figure in self.figures)

    def document(self) -> dict[str, Any]:
        """The run as JSON values."""
        return {
            "is_met": self.is_met,
            "circumstances": dict(self.circumstances),
            "figures": [figure.document() for figure in self.figures],
        }


def run_bench(*, only: Sequence[str], with_city: bool, say: Say) -> Result:
    """Measures the promised figures (``only`` those named) on a city of its own, told by ``say`` as it goes.

    Raises ClaimBroken when rows are missing for what was measured, StageFailed when the city does not run.
    """
    chosen = [*MEASUREMENTS, *(CITY if with_city else ())]
    figures: list[Figure] = []
    with _home() as home, running_city(home, SETTINGS) as stage:
        circumstances = _circumstances(stage)
        for name in chosen:
            if not only or name in only:
                say(f"{name} …")
                stage.wait_until_quiet(BACKLOG_S)
                measured = ALL[name](stage)
                say(table(measured))
                figures += measured
    return Result(figures, circumstances)


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        yield Path(folder) / "home"


def _circumstances(stage: Stage) -> dict[str, str]:
    return {
        "yiwang": __version__,
        "postgresql": stage.value("SHOW server_version"),
        "fsync": stage.value("SHOW fsync"),
        "synchronous_commit": stage.value("SHOW synchronous_commit"),
        "cores": str(psutil.cpu_count()),
        # What else the machine had to do: figures of a busy one say little.
        "load_before": f"{os.getloadavg()[0]:.1f}",
        "memory_gb": f"{psutil.virtual_memory().total / 1e9:.0f}",
    }
