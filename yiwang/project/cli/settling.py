from pathlib import Path

import click

from yiwang.foundation.kernel.settings import get_settings
from yiwang.project.cli.opening import open_city


@click.command()
def migrate() -> None:
    """Bring the tables up to date with this program. Running it twice changes nothing."""
    with open_city(is_migrated=False):
        from django.core.management import call_command

        call_command("migrate", interactive=False)


@click.group()
def keys() -> None:
    """The secret keys: contacts are sealed with them. Keep a copy of the key file apart from the data."""


@keys.command()
def create() -> None:
    """Create the key file of a new city. An existing one is never replaced."""
    from yiwang.foundation.kernel.errors import CannotStart
    from yiwang.foundation.kernel.keys import create_key_file

    path = get_settings().key_file
    try:
        create_key_file(path)
    except FileExistsError:
        raise CannotStart(
            reason=f"There is a key file already: {path}.",
            hint="Keep it: without it the stored contacts cannot be read. For another city set YIWANG_HOME.",
        ) from None
    click.echo(f"Created {path}. Copy it to a safe place; backups leave it out.")


@click.group()
def packs() -> None:
    """Packs: versioned folders of data that make the engines into a particular city or scenario."""


@packs.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def install(folder: Path) -> None:
    """Install the pack in FOLDER as a whole or not at all. Installing the same version again changes nothing."""
    with open_city():
        from yiwang.foundation.kernel.clock import now
        from yiwang.foundation.kernel.viewer import SYSTEM
        from yiwang.foundation.packs.services import install_pack

        report = install_pack(folder, viewer=SYSTEM, now=now())
    if report.was_installed:
        click.echo(f"{report.pack_id} {report.version} was installed already.")
        return
    click.echo(f"Installed {report.pack_id} {report.version}.")
    for part, changed in report.changed.items():
        click.echo(f"  {part:<16} {changed} rows changed")
