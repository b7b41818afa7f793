"""PostgreSQL's own programs for saving and loading a database. No Django: the database is given as an address."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.operations.errors import BackupFailed

# One transaction: afterwards the old tables are all there, or the new ones.
FRESH_SCHEMA = (
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
PLAIN = ("--no-owner", "--no-privileges")
ALL_OR_NOTHING = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")


@dataclass(frozen=True)
class Database:
    """Where a database is (libpq's connection string without the password), and its server's version: 180004."""

    conninfo: str
    password: str
    server_version: int


def dump_database(database: Database, target: Path, *, tools: Path, snapshot: str) -> None:
    """Writes what the exported ``snapshot`` sees to ``target`` (pg_dump's custom format). Raises BackupFailed."""
    options = ("--format=custom", "--compress=0", *PLAIN, f"--snapshot={snapshot}", f"--file={target}")
    _run(database, tools / "pg_dump", *options, f"--dbname={database.conninfo}")


def load_database(database: Database, dump: Path, *, tools: Path) -> None:
    """Replaces all tables by those of ``dump``, in one transaction. Raises BackupFailed; then nothing has changed."""
    script = dump.with_suffix(".sql")
    _run(database, tools / "pg_restore", *PLAIN, f"--file={script}", str(dump))
    if database.server_version < 170000:
        _blank_out_unknown_setting(script)
    commands = [part for statement in FRESH_SCHEMA for part in ("--command", statement)]
    _run(database, tools / "psql", *ALL_OR_NOTHING, *commands, f"--file={script}", f"--dbname={database.conninfo}")


def _blank_out_unknown_setting(script: Path) -> None:
    """Our pg_restore switches off a time limit that servers before 17 do not know; the line is overwritten."""
    line = b"SET transaction_timeout = 0;"
    with script.open("r+b") as file:
        place = file.read(4096).find(line)
        if place >= 0:
            file.seek(place)
            file.write(b" " * len(line))


def _run(database: Database, tool: Path, *arguments: str) -> None:
    # The password goes through the environment: arguments can be read by everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": database.password}
    answer = subprocess.run([str(tool), *arguments], env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        words = answer.stderr.strip().splitlines() or ["it said nothing"]
        reason = next((line for line in words if "error:" in line.lower()), words[-1])
        raise BackupFailed(tool=tool.name, reason=reason)
