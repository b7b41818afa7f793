"""The embedded PostgreSQL server: the wheel's binaries, a folder under YIWANG_HOME, a unix socket and no network.

The server is a direct child of whoever calls ``launch``, in a session of its own: its death is noticed at once, and a
Ctrl-C in the terminal does not reach it before web and worker have stopped. That it is ready is proven by a query.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.foundation.kernel.settings import Settings
from yiwang.project.databases import socket_folder
from yiwang.project.postgres_folders import POSTGRES_MAJOR, allow_passage, binaries, find_server_user, own_folder
from yiwang.project.processes import die_with_parent, only_one

Say = Callable[[str], None]

# Measured with pgbench, 16 clients, two inserts a transaction, 2 cores: 8,000-11,000 transactions/s under all of these
# and under the stock values too. They are for the long runs: imports, a million cases, full-text search.
DURABLE = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",  # an answered report is on disk: "never lost" rests on these two
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",  # SSDs: an index look-up costs little more than reading on
    "jit": "off",  # short queries: compiling costs more than it saves
    "wal_compression": "on",  # page images, most of the log after a checkpoint, shrink to a fraction
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",  # an import of 100,000 rows fits between two checkpoints
    "log_checkpoints": "off",
    "timezone": "UTC",
}
OLDEST_SERVED = 160000
STOP_S = 10
STALE_S = 15
KILLED_S = 60
PROGRESS_EVERY_S = 3
LOG_LIMIT = 10 * 1024 * 1024


class EmbeddedPostgres:
    """One server on the data folder of one YIWANG_HOME. The caller holds the lock of that home."""

    def __init__(self, home: Path, *, options: Mapping[str, str] = DURABLE, major: int = POSTGRES_MAJOR) -> None:
        self.home = home
        self.data = home / "postgres"
        self.socket = socket_folder(home)
        self.log = home / "postgres.log"
        self._options = options
        self._major = major
        self._user = find_server_user()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the running server, None while there is none."""
        return self._process.pid if self.is_alive and self._process else None

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Creates the data folder if there is none and starts the server without waiting. Raises CannotStart."""
        try:
            self._prepare()
        except OSError as error:
            raise _cannot_write(self.home, error) from error
        self._end_leftover()
        self._spawn()

    def wait_until_ready(self, say: Say) -> None:
        """Returns once the server answers a query and has the database; as long as recovery needs, with progress.

        Raises CannotStart when the server gives up.
        """
        started = time.monotonic()
        next_word = started + PROGRESS_EVERY_S
        while not self.answers():
            if not self.is_alive:
                self._explain_death(started)
                self._spawn()
            if time.monotonic() > next_word:
                say(f"PostgreSQL is starting or recovering … {time.monotonic() - started:.0f} s")
                next_word += PROGRESS_EVERY_S
            time.sleep(0.05)

    def stop(self) -> None:
        """Fast shutdown: clients are disconnected, everything is on disk. Returns when the server is gone."""
        if self._process is None:
            return
        for step in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.is_alive:
                self._process.send_signal(step)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
                break
        self._process = None

    def _prepare(self) -> None:
        self._open_passage()
        for folder in (self.data, self.socket):
            own_folder(folder, self._user)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.write_bytes(b"")
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._create_cluster()
        elif version.read_text().strip() != str(self._major):
            raise CannotStart(
                reason=f"{self.data} holds the data of PostgreSQL {version.read_text().strip()}, "
                f"but this Yiwang brings PostgreSQL {self._major}.",
                hint="Start the Yiwang that wrote it, run “yiwang backup FILE”, then restore the backup here into an "
                "empty YIWANG_HOME.",
            )

    def _open_passage(self) -> bool:
        """Whether a folder on the server's way was closed to its account; it is open now."""
        if self._user is None:
            return False
        ways = (self.data, binaries(self._major) / "postgres")
        were_closed = [allow_passage(way, self._user) for way in ways]
        return any(were_closed)

    def _create_cluster(self) -> None:
        answer = self._run_initdb()
        while answer.returncode:
            # Others may close a folder above in this very moment (pytest does, each time a run begins).
            if not self._open_passage():
                raise _explain(answer.stderr, self.home)
            answer = self._run_initdb()

    def _run_initdb(self) -> subprocess.CompletedProcess[str]:
        # initdb refuses a folder that an interrupted initdb left half full; without PG_VERSION it holds no data.
        shutil.rmtree(self.data)
        own_folder(self.data, self._user)
        # Code-point order everywhere: the same on every machine, and no index breaks when its C library changes.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self._major > 16 else ["--locale=C"]
        command = [binaries(self._major) / "initdb", "--pgdata", self.data, "--username=postgres", "--auth=trust",
                   "--encoding=UTF8", "--data-checksums", *locale]  # fmt: skip
        if self._options.get("fsync") == "off":
            command.append("--no-sync")
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                              cwd=self.data, **self._as_user())  # fmt: skip

    def _spawn(self) -> None:
        options = {**self._options, "unix_socket_directories": str(self.socket), "unix_socket_permissions": "0700"}
        command = [str(binaries(self._major) / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT), **self._as_user(),
            )  # fmt: skip

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def answers(self) -> bool:
        """Whether the server answers; creates the database ``yiwang`` when it answers for the first time."""
        try:
            with self._connect("postgres") as server:
                found = server.execute("SELECT 1 FROM pg_database WHERE datname = 'yiwang'").fetchone()
                if found is None:
                    server.execute("CREATE DATABASE yiwang")
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            dbname=database, user="postgres", host=str(self.socket), autocommit=True, connect_timeout=5
        )

    def _end_leftover(self) -> None:
        """Ends a server that outlived its supervisor, and removes a lock file that no server holds.

        PostgreSQL looks only whether *any* process has the number in the lock file; after a reboot that may be anybody.
        """
        leftover = _server_on(self.data)
        if leftover is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        for step in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(psutil.Error):
                leftover.send_signal(step)
                leftover.wait(STOP_S)
        if leftover.is_running() and leftover.status() != psutil.STATUS_ZOMBIE:
            raise CannotStart(
                reason=f"A PostgreSQL server (process {leftover.pid}) still runs on {self.data} and does not stop.",
                hint=f"End it with “kill -QUIT {leftover.pid}” and start again.",
            )

    def _explain_death(self, started: float) -> None:
        """Raises CannotStart with the server's own last words, unless trying again helps.

        A server that was killed (by hand, or for want of memory) while it recovered did not give up by itself. And
        after a SIGKILL its children need a moment to notice, and hold its memory until then.
        """
        if self._open_passage():
            return
        was_killed = self._process is not None and (self._process.poll() or 0) < 0
        if was_killed and time.monotonic() - started < KILLED_S:
            return
        words = self.log.read_bytes()[self._log_start :].decode(errors="replace")
        if "still in use" in words and time.monotonic() - started < STALE_S:
            time.sleep(0.3)
            return
        raise _explain(words, self.home)


@contextlib.contextmanager
def database_for_command(settings: Settings, say: Say) -> Iterator[None]:
    """Sees to it that the database answers while a command runs: a served one, a running city's, or one just for us.

    Commands that found a server running share a lock; who started it waits for them before it stops it.
    """
    if settings.database_url:
        wait_for_served(settings.database_url)
        yield
        return
    make_home(settings.home)
    with (settings.home / "run" / "commands.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = EmbeddedPostgres(settings.home)
        if server.answers():
            yield
            return
        with only_one(settings.home):
            try:
                server.launch()
                server.wait_until_ready(say)
                yield
            finally:
                fcntl.flock(users, fcntl.LOCK_EX)
                server.stop()


def wait_for_served(url: str, patience_s: float = 0) -> None:
    """Returns once the served database at ``url`` answers. Raises CannotStart when it does not, or is too old."""
    until = time.monotonic() + patience_s
    while True:
        try:
            with psycopg.connect(url, connect_timeout=5) as server:
                version = server.info.server_version
                break
        except psycopg.Error as error:
            if time.monotonic() >= until:
                raise CannotStart(
                    reason=f"The database of DATABASE_URL does not answer: {str(error).strip()}",
                    hint="Start it, or correct DATABASE_URL. Without DATABASE_URL Yiwang brings a database of its own.",
                ) from error
        time.sleep(0.5)
    if version < OLDEST_SERVED:
        raise CannotStart(
            reason=f"The database of DATABASE_URL is PostgreSQL {version // 10000}.",
            hint="Yiwang needs PostgreSQL 16 or later.",
        )


def make_home(home: Path) -> None:
    """Creates YIWANG_HOME and its folder ``run``, closed to others. Raises CannotStart where it may not."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "run").mkdir(mode=0o700, exist_ok=True)
        if not os.access(home / "run", os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(home / "run"))
    except OSError as error:
        raise _cannot_write(home, error) from error


def _server_on(data: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        is_ours = process.name().startswith("postgres") and Path(process.cwd()) == data
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if is_ours else None


def _explain(words: str, home: Path) -> CannotStart:
    lines = [line for line in words.strip().splitlines() if "FATAL" in line or "error" in line.lower()]
    said = (lines or words.strip().splitlines() or ["it said nothing"])[-1].strip()
    if "No space left" in words:
        return disk_full(home)
    if "ermission denied" in words:
        hint = f"Give the account that runs Yiwang the right to write to {home}, or set YIWANG_HOME to another folder."
    else:
        hint = f"The server's own log is {home / 'postgres.log'}; “yiwang doctor” checks the rest."
    return CannotStart(reason=f"PostgreSQL could not start: {said}", hint=hint)


def _cannot_write(home: Path, error: OSError) -> CannotStart:
    return CannotStart(
        reason=f"The folder {home} cannot be prepared: {error.strerror or error} ({error.filename}).",
        hint=f"Give the account that runs Yiwang the right to write to {home}, or set YIWANG_HOME to another folder.",
    )


def disk_full(home: Path) -> CannotStart:
    """The sentence for a disk without room."""
    return CannotStart(
        reason=f"The disk that holds {home} is full.",
        hint="Free at least 500 MB, or set YIWANG_HOME to a folder on a larger disk.",
    )
