import tempfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.keys import get_keyring, mac
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.operations.archives import ArchiveWriter, create_archive
from yiwang.foundation.operations.dumps import Database, dump_database
from yiwang.foundation.operations.types import BackupReport, OperationsPermission

DUMP = "database.dump"
KEY_FILE = "keys.json"
FILES = "files"


def write_backup(target: Path, *, tools: Path, with_keys: bool, viewer: Viewer, now: datetime) -> BackupReport:
    """Writes database and files, and on demand the keys, into one archive; the city may be open meanwhile.

    ``tools`` is the folder of pg_dump. The database is seen at one moment; files are copied after that moment, so every
    file it names is there. Raises NotPermitted, ArchiveInvalid and BackupFailed.
    """
    viewer.require(OperationsPermission.BACKUP)
    with create_archive(target) as archive, tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP
        with transaction.atomic(), connection.cursor() as db:
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            db.execute("SELECT pg_export_snapshot()")
            dump_database(present_database(), dump, tools=tools, snapshot=db.fetchone()[0])
            rows = count_rows()
            migrations = _migrations()
            record("operations.backup_written", viewer=viewer, subject_kind="backup", subject_id=new_id(), now=now,
                   detail={"with_keys": with_keys})  # fmt: skip
        archive.add(DUMP, dump)
        _add_files(archive)
        if with_keys:
            archive.add(KEY_FILE, get_settings().key_file)
        digests = dict(archive.digests)
        archive.finish(
            {
                "yiwang": version("yiwang"),
                "written_at": now.isoformat(),
                "rows": rows,
                "migrations": migrations,
                "keys": key_fingerprints(),
            }
        )
    return BackupReport(rows=sum(rows.values()), files=sum(n.startswith(FILES) for n in digests), has_keys=with_keys)


def present_database() -> Database:
    """The database Django is connected to."""
    connection.ensure_connection()
    info = connection.connection.info
    conninfo = make_conninfo(**info.get_parameters())
    return Database(conninfo, connection.settings_dict["PASSWORD"], info.server_version)


def count_rows() -> dict[str, int]:
    """Exact counts of all tables, as the present transaction sees them."""
    counts = {}
    with connection.cursor() as db:
        for table in connection.introspection.table_names(db):
            db.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = db.fetchone()[0]
    return counts


def key_fingerprints() -> dict[str, str]:
    """A short digest of each master key by version: tells whether keys fit, and nothing else about them."""
    return {str(number): mac("fingerprint", b"", number).hex()[:16] for number in get_keyring().masters}


def files_folder() -> Path:
    """Where the file store lies on this disk."""
    return Path(default_storage.path("."))


def _add_files(archive: ArchiveWriter) -> None:
    folder = files_folder()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        archive.add(f"{FILES}/{path.relative_to(folder).as_posix()}", path)


def _migrations() -> list[str]:
    with connection.cursor() as db:
        db.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return [name for (name,) in db.fetchall()]
