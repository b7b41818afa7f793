"""A whole Yiwang in a folder of its own: ``yiwang run`` as a child, to measure it and to break it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from yiwang.project.databases import embedded_url

PATIENCE_S = 60.0
STOPPING_S = 30.0
PAUSE_S = 0.2


class StageFailed(RuntimeError):
    """The city did not start, or did not come to rest in time."""


@dataclass(frozen=True)
class Stage:
    """A running city: its folder, its port, and the process of its supervisor."""

    home: Path
    port: int
    supervisor: psutil.Process

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of one's own to the city's database, each statement its own transaction."""
        return psycopg.connect(embedded_url(self.home), autocommit=True)

    def value(self, query: str, *parameters: object) -> Any:
        """The first column of the first row of a query."""
        with self.database() as connection:
            row = connection.execute(query.encode(), parameters or None).fetchone()
        return row[0] if row else None

    def start(
        self, *arguments: str, output: int = subprocess.PIPE, settings: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        """``yiwang`` with these arguments, beside the running city, perhaps with other settings than its own."""
        program = Path(sys.executable).with_name("yiwang")
        environment = _environment(self.home, self.port, settings or {})
        return subprocess.Popen([program, *arguments], env=environment, stdout=output, stderr=output, text=True)

    def run(self, *arguments: str) -> str:
        """What ``yiwang`` says to these arguments. Raises StageFailed when it does not end with 0."""
        child = self.start(*arguments)
        said, complaint = child.communicate()
        if child.returncode:
            raise StageFailed(
                f"yiwang {arguments[0]} ended with {child.returncode}: {said[-500:]}{complaint.strip()[-500:]}"
            )
        return said

    def processes(self, role: str) -> list[psutil.Process]:
        """The living processes of ``web``, ``worker`` or ``postgres``, the top one of each first."""
        name = role if role == "postgres" else f"yiwang {role}"
        tops = [process for process in self.supervisor.children() if _name(process).startswith(name)]
        return [process for top in tops for process in (top, *_below(top))]

    @property
    def is_alive(self) -> bool:
        """Whether the supervisor is there."""
        return self.supervisor.is_running() and self.supervisor.status() != psutil.STATUS_ZOMBIE

    def accounts(self) -> list[dict[str, Any]]:
        """The demo accounts with their passwords."""
        accounts: list[dict[str, Any]] = json.loads((self.home / "demo-accounts.json").read_text(encoding="utf-8"))
        return accounts

    def centre(self) -> tuple[float, float]:
        """Longitude and latitude (WGS84 degrees) of the middle of the installed city."""
        centre = self.value("SELECT manifest #> '{city,centre}' FROM packs_installedpack WHERE kind = 'city'")
        return float(centre["lon"]), float(centre["lat"])

    def wait_until_ready(self) -> None:
        """Returns when /readyz says so. Raises StageFailed when it does not within a minute."""
        wait_for(self._is_ready, PATIENCE_S, "the city to answer /readyz")

    def wait_until_quiet(self, patience_s: float) -> None:
        """Returns when every job is done (failed ones count as done) and no message is due.

        Raises StageFailed when that takes longer.
        """
        wait_for(self._is_quiet, patience_s, "the queue to be empty")

    def _is_ready(self) -> bool:
        if not self.is_alive:
            raise StageFailed(f"yiwang run has ended; its words are in {self.home / 'run.log'}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _is_quiet(self) -> bool:
        try:
            waiting = self.value(
                "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                " AND task_name NOT IN (SELECT DISTINCT task_name FROM procrastinate_periodic_defers))"
                " + (SELECT count(*) FROM messaging_message WHERE state = 'queued' AND next_attempt_at <= now())"
            )
        except psycopg.OperationalError:
            return False
        return bool(waiting == 0)


def wait_for(is_so: Any, patience_s: float, what: str) -> None:
    """Looks five times a second until ``is_so()`` is true. Raises StageFailed, naming ``what`` was awaited."""
    end = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end:
            raise StageFailed(f"waited {patience_s:.0f} s in vain for {what}")
        time.sleep(PAUSE_S)


@contextmanager
def running_city(home: Path, settings: Mapping[str, str]) -> Iterator[Stage]:
    """``yiwang run`` in ``home`` on a free port, its output in ``home/run.log``; stopped at the end.

    Raises StageFailed when it does not become ready.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    program = Path(sys.executable).with_name("yiwang")
    with (home / "run.log").open("ab") as log:
        child = subprocess.Popen(
            [str(program), "run"],
            env=_environment(home, port, settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            stage = Stage(home, port, psutil.Process(child.pid))
            stage.wait_until_ready()
            yield stage
        finally:
            _stop(child)


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _environment(home: Path, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    # What the caller has set for an own city must not leak into this one, least of all another database.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YIWANG_")}
    inherited.pop("DATABASE_URL", None)
    return {**inherited, "YIWANG_HOME": str(home), "PORT": str(port), **settings}


def _stop(child: "subprocess.Popen[bytes]") -> None:
    below = psutil.Process(child.pid).children(recursive=True) if child.poll() is None else []
    for process in below:
        if process.is_running() and process.status() == psutil.STATUS_STOPPED:
            process.resume()
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
    try:
        child.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        for process in below:
            if process.is_running():
                process.kill()


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []
