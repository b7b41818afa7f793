import os
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel import keys
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.operations.archives import extract_archive
from yiwang.foundation.operations.dumps import load_database
from yiwang.foundation.operations.errors import CityIsOpen, InstallationNotEmpty, KeysDoNotFit, ProgramTooOld
from yiwang.foundation.operations.services.saving import (
    DUMP,
    FILES,
    KEY_FILE,
    count_rows,
    files_folder,
    key_fingerprints,
    present_database,
)
from yiwang.foundation.operations.types import BackupReport, OperationsPermission

LEAVING_S = 5
# Rows that an empty installation has too: Django's and the queue's own, and the trail of earlier restores.
BELONGS_TO_NOBODY = ("django_", "auth_", "procrastinate_", "kernel_", "audit_")


def restore_backup(source: Path, *, tools: Path, force: bool, viewer: Viewer, now: datetime) -> BackupReport:
    """Puts an archive back: database, files, and its keys where none are. All is checked before anything changes.

    ``tools`` is the folder of pg_restore and psql; ``force`` replaces a city that is here. The tables change in one
    transaction. Raises NotPermitted, ArchiveInvalid, ProgramTooOld, KeysDoNotFit, InstallationNotEmpty, CityIsOpen and
    BackupFailed.
    """
    viewer.require(OperationsPermission.BACKUP)
    # Beside the file store, so that moving the files in is a rename.
    with tempfile.TemporaryDirectory(dir=get_settings().home, prefix=".restore-") as folder:
        unpacked = Path(folder) / "unpacked"
        manifest = extract_archive(source, unpacked)
        _refuse_newer_backup(manifest)
        _refuse_other_keys(manifest, unpacked)
        _refuse_open_city()
        if not force:
            _refuse_present_city()
        load_database(present_database(), unpacked / DUMP, tools=tools)
        _replace_files(unpacked / FILES, Path(folder) / "replaced")
        _keep_keys(unpacked / KEY_FILE)
        with transaction.atomic():
            record("operations.backup_restored", viewer=viewer, subject_kind="backup", subject_id=new_id(), now=now,
                   detail={"written_at": manifest["written_at"]})  # fmt: skip
    Snapshot.forget_all()
    names = manifest["members"]
    files = sum(name.startswith(f"{FILES}/") for name in names)
    return BackupReport(rows=sum(manifest["rows"].values()), files=files, has_keys=KEY_FILE in names)


def _refuse_newer_backup(manifest: dict[str, Any]) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    for name in manifest["migrations"]:
        if name not in known:
            raise ProgramTooOld(version=manifest["yiwang"], name=name)


def _refuse_other_keys(manifest: dict[str, Any], unpacked: Path) -> None:
    path = get_settings().key_file
    if not path.exists() and (unpacked / KEY_FILE).exists():
        return
    has_sealed_rows = bool(manifest["rows"].get("people_contact"))
    if has_sealed_rows and not path.exists():
        raise KeysDoNotFit(path=str(path))
    present = key_fingerprints()  # raises KeysMissing: a city without contacts needs keys too, but any will do
    if has_sealed_rows and not manifest["keys"].items() <= present.items():
        raise KeysDoNotFit(path=str(path))


def _refuse_open_city() -> None:
    # A program that has just ended is still on the server's list for a moment.
    until = time.monotonic() + LEAVING_S
    while count := _count_others():
        if time.monotonic() > until:
            raise CityIsOpen(count=count)
        time.sleep(0.05)


def _count_others() -> int:
    with connection.cursor() as db:
        db.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        count: int = db.fetchone()[0]
    return count


def _refuse_present_city() -> None:
    for table, count in count_rows().items():
        if count and not table.startswith(BELONGS_TO_NOBODY):
            raise InstallationNotEmpty(table=table)


def _replace_files(new: Path, replaced: Path) -> None:
    """Renames the new store into place; the old one goes with the temporary folder."""
    store = files_folder()
    if store.exists():
        store.rename(replaced)
    if new.exists():
        new.rename(store)


def _keep_keys(new: Path) -> None:
    path = get_settings().key_file
    if new.exists() and not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(new.read_bytes())
    keys.forget_keys()
