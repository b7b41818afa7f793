"""PostgreSQL's own programs for saving and loading a database, fed with the connection Django uses."""

import os
import subprocess
from pathlib import Path

from django.db import connection
from psycopg.conninfo import make_conninfo

from yiwang.foundation.operations.errors import BackupFailed

# One transaction: afterwards the old tables are all there, or the new ones.
FRESH_SCHEMA = (
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)

PLAIN = ("--no-owner", "--no-privileges")
ALL_OR_NOTHING = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")


def dump_database(target: Path, *, tools: Path, snapshot: str) -> None:
    """Writes what the exported ``snapshot`` sees to ``target`` (pg_dump's custom format). Raises BackupFailed."""
    _run(
        tools / "pg_dump",
        "--format=custom",
        "--compress=0",
        *PLAIN,
        f"--snapshot={snapshot}",
        f"--file={target}",
        _address(),
    )


def load_database(dump: Path, *, tools: Path) -> None:
    """Replaces all tables by those of ``dump``, in one transaction. Raises BackupFailed; then nothing has changed."""
    script = dump.with_suffix(".sql")
    _run(tools / "pg_restore", *PLAIN, f"--file={script}", str(dump))
    _blank_out_unknown_setting(script)
    commands = [part for statement in FRESH_SCHEMA for part in ("--command", statement)]
    _run(tools / "psql", *ALL_OR_NOTHING, *commands, f"--file={script}", _address())


def _blank_out_unknown_setting(script: Path) -> None:
    """Our pg_restore switches off a limit that servers before 17 do not know; for them the line is overwritten."""
    connection.ensure_connection()
    if connection.connection.info.server_version >= 170000:
        return
    line = b"SET transaction_timeout = 0;"
    with script.open("r+b") as file:
        place = file.read(4096).find(line)
        if place >= 0:
            file.seek(place)
            file.write(b" " * len(line))


def _address() -> str:
    connection.ensure_connection()
    return "--dbname=" + make_conninfo(**connection.connection.info.get_parameters())


def _run(tool: Path, *arguments: str) -> None:
    # The password goes through the environment: arguments can be read by everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": connection.settings_dict["PASSWORD"]}
    answer = subprocess.run([str(tool), *arguments], env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        words = answer.stderr.strip().splitlines() or ["it said nothing"]
        reason = next((line for line in words if "error:" in line.lower()), words[-1])
        raise BackupFailed(tool=tool.name, reason=reason)
