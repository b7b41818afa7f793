from pathlib import Path

import click

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.project.cli.opening import open_city
from yiwang.project.postgres_folders import binaries

FILE = click.Path(path_type=Path, dir_okay=False, resolve_path=True)


@click.command()
@click.argument("file", type=FILE)
@click.option("--with-keys", is_flag=True, help="Also the secret keys: who has this archive can read every contact.")
def backup(file: Path, with_keys: bool) -> None:
    """Write database and photos into FILE (.tar.zst or .tar.gz). The city may stay open."""
    with open_city():
        from yiwang.foundation.operations.services import write_backup

        report = write_backup(file, tools=binaries(), with_keys=with_keys, viewer=SYSTEM, now=now())
    click.echo(f"Wrote {file}: {report.rows:,} rows, {report.files:,} files.")
    if not with_keys:
        click.echo("The secret keys are not in it. Keep a copy of the key file somewhere else.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace the city that is here.")
def restore(file: Path, force: bool) -> None:
    """Put the archive FILE back into an empty installation. The city must be closed."""
    with open_city(is_migrated=False):
        from yiwang.foundation.operations.services import restore_backup

        report = restore_backup(file, tools=binaries(), force=force, viewer=SYSTEM, now=now())
    click.echo(f"Restored {file}: {report.rows:,} rows, {report.files:,} files. Open the city with “yiwang run”.")
