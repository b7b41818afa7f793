"""``yiwang run``: brings up database, tables, city, web server and workers, keeps them alive, and takes all down again.

Django is loaded once, here, while PostgreSQL starts; web server and workers are forked from this process and share its
memory. They must not outlive it: the kernel ends them with it (``die_with_parent``), whatever ends it.
"""

import gc
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.context import ForkProcess

import click
import structlog

from yiwang.foundation.kernel.errors import CannotStart, YiwangError
from yiwang.foundation.kernel.settings import Settings
from yiwang.project.loading import load_django
from yiwang.project.opening import announce, prepare_city, prepare_home, refuse_taken_port, wait_until_served
from yiwang.project.postgres import EmbeddedPostgres, make_home, wait_for_served
from yiwang.project.processes import die_with_parent, name_process, only_one
from yiwang.project.safety import refuse_unsafe_settings
from yiwang.project.server import prepare_metrics, serve

log = structlog.get_logger(__name__)
LOOK_EVERY_S = 0.2
# Web and workers get this long to finish what they are doing; PostgreSQL's fast shutdown takes well under a second.
STOP_S = 11
QUICK_DEATH_S = 2
QUICK_DEATHS_ALLOWED = 10
LONGEST_PAUSE_S = 5
# A machine that boots starts us and the database at the same time.
SERVED_DATABASE_WITHIN_S = 30


class Child:
    """A forked process that is started again when it dies, after pauses that grow while it keeps dying at once."""

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.name = name
        self._run = run
        self._process: ForkProcess | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self._quick_deaths: deque[float] = deque(maxlen=QUICK_DEATHS_ALLOWED)

    def look_after(self) -> None:
        """Starts the process if it is not there and its pause is over. Raises CannotStart when it keeps dying."""
        if self._process is None:
            if time.monotonic() >= self._start_at:
                self._start()
        elif not self._process.is_alive():
            self._note_death(self._process.exitcode)
            self._process = None

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Returns when the process is gone; ends it the hard way at the monotonic time ``until``."""
        if self._process is None:
            return
        self._process.join(max(until - time.monotonic(), 0))
        if self._process.is_alive():
            log.warning("process_killed", process=self.name, pid=self._process.pid)
            self._process.kill()
            self._process.join()

    def _start(self) -> None:
        follow_parent = die_with_parent()
        self._process = multiprocessing.get_context("fork").Process(
            name=self.name, target=_enter_child, args=(self.name, self._run, follow_parent)
        )
        self._process.start()
        self._started_at = time.monotonic()

    def _note_death(self, exit_code: int | None) -> None:
        died_at = time.monotonic()
        log.warning("process_died", process=self.name, exit_code=exit_code)
        if died_at - self._started_at > QUICK_DEATH_S:
            self._quick_deaths.clear()
        self._quick_deaths.append(died_at)
        self._start_at = died_at + min(0.1 * 2 ** len(self._quick_deaths), LONGEST_PAUSE_S)
        if len(self._quick_deaths) == QUICK_DEATHS_ALLOWED and died_at - self._quick_deaths[0] < 60:
            raise CannotStart(
                reason=f"The {self.name} died {QUICK_DEATHS_ALLOWED} times within a minute.",
                hint="The log lines above say why. “yiwang doctor” checks what it needs.",
            )


class Household:
    """The processes of one running city: PostgreSQL (unless it is served elsewhere), web server and workers."""

    def __init__(self, settings: Settings) -> None:
        self._served_url = settings.database_url
        self._database = None if settings.database_url else EmbeddedPostgres(settings.home)
        self._children = [Child("web server", lambda: serve(settings))]
        for _ in range(settings.job_processes):
            self._children.append(Child("worker", lambda: _work(settings)))

    def launch_database(self) -> None:
        if self._database is not None:
            self._database.launch()

    def wait_for_database(self) -> None:
        if self._database is not None:
            self._database.wait_until_ready(click.echo)
        else:
            wait_for_served(self._served_url, SERVED_DATABASE_WITHIN_S)

    def look_after(self) -> None:
        """One round: whoever died is started again, the database first."""
        if self._database is not None and not self._database.is_alive:
            log.warning("process_died", process="database")
            self.launch_database()
            self.wait_for_database()
            log.info("database_back")
        for child in self._children:
            child.look_after()

    def stop(self) -> None:
        """Web and workers finish what they are doing, then the database shuts down. All are gone when this returns."""
        until = time.monotonic() + STOP_S
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.wait(until)
        if self._database is not None:
            self._database.stop()


def run_city(settings: Settings) -> None:
    """Opens the city and keeps it open until Ctrl-C or SIGTERM. Raises CannotStart with the obstacle in a sentence."""
    make_home(settings.home)
    with only_one(settings.home):
        prepare_home(settings)
        refuse_taken_port(settings)
        household = Household(settings)
        # SIGINT too: a shell starts what it puts into the background with SIGINT ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            _open(settings, household)
            while True:
                household.look_after()
                time.sleep(LOOK_EVERY_S)
        except KeyboardInterrupt:
            click.echo("\nClosing …")
        finally:
            # One Ctrl-C is enough; a second must not leave half of the processes behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            household.stop()
    click.echo("Closed.")


def _open(settings: Settings, household: Household) -> None:
    household.launch_database()
    prepare_metrics(settings)
    load_django()
    household.wait_for_database()
    accounts = prepare_city(settings)
    # Everything loaded so far is never collected, so its pages stay shared with the children.
    gc.collect()
    gc.freeze()
    household.look_after()
    wait_until_served(settings, household.look_after)
    announce(settings, accounts)


def _enter_child(name: str, run: Callable[[], None], follow_parent: Callable[[], None]) -> None:
    """What a forked child does first: a session of its own (Ctrl-C is the supervisor's), no longer life than ours."""
    os.setsid()
    follow_parent()
    name_process(f"yiwang {name}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        run()
    except YiwangError as error:
        log.error("process_gave_up", reason=str(error))
        raise SystemExit(1) from None


def _work(settings: Settings) -> None:
    # Imports procrastinate's app, which needs Django in place.
    from yiwang.project.worker import work

    work(settings)


def serve_alone(settings: Settings) -> None:
    """``yiwang serve``: the web server in this process, on a database that somebody else keeps. Raises CannotStart."""
    make_home(settings.home)
    refuse_unsafe_settings(settings)
    refuse_taken_port(settings)
    prepare_metrics(settings)
    load_django()
    _refuse_unready(settings)
    serve(settings)


def work_alone(settings: Settings) -> None:
    """``yiwang worker``: one job worker in this process, on a database that somebody else keeps. Raises CannotStart."""
    refuse_unsafe_settings(settings)
    load_django()
    _refuse_unready(settings)
    _work(settings)


def _refuse_unready(settings: Settings) -> None:
    """Raises CannotStart when the database is away, its tables are old, or demo accounts are active in production."""
    from django.db import OperationalError, connections

    from yiwang.project.health import refuse_old_tables
    from yiwang.project.safety import refuse_demo_accounts

    try:
        refuse_old_tables()
        refuse_demo_accounts(settings)
    except OperationalError as error:
        raise CannotStart(
            reason=f"The database does not answer: {error}".strip(),
            hint="Start it, or check DATABASE_URL. “yiwang run” brings a database of its own.",
        ) from error
    finally:
        connections.close_all()
