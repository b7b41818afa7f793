import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.project.cli.opening import open_city

if TYPE_CHECKING:
    from yiwang.foundation.packs.types import PackReport, PartDiff

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
STARTER = Path("packs/starter")
MOST_SHOWN = 20


@click.group()
def packs() -> None:
    """Packs: versioned folders of data that make the engines into a particular city or scenario."""


@packs.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--id", "pack_id", required=True, help="Its short name: small letters, digits, hyphens.")
@click.option("--name", "names", required=True, multiple=True, help="The city's name: zh-hans=莲城, once a language.")
@click.option("--prefix", required=True, help="What case numbers begin with: one to four capital letters.")
@click.option("--centre", required=True, nargs=2, type=float, help="Longitude and latitude of its middle, WGS84.")
@click.option("--like", default=STARTER, type=FOLDER, show_default=True, help="Where lists and roles are taken from.")
def new(
    folder: Path, pack_id: str, names: tuple[str, ...], prefix: str, centre: tuple[float, float], like: Path
) -> None:
    """Begin a city pack in FOLDER: a small city that can be installed at once, to be changed piece by piece."""
    from yiwang.project.loading import load_django

    load_django()
    from yiwang.foundation.packs.drafting import Beginning, write_draft

    pairs = [name.partition("=") for name in names]
    beginning = Beginning(pack_id, {key: value for key, _sign, value in pairs}, prefix, centre)
    with _every_mistake_told():
        written = write_draft(folder, like, beginning)
    for path in written:
        click.echo(f"  {path}")
    click.echo(f"Next: change these files, then “yiwang packs validate {folder}”. docs/packs/README.md explains each.")


@packs.command()
@click.argument("folder", type=FOLDER)
def validate(folder: Path) -> None:
    """Look for mistakes in FOLDER: the form of every file, and whether this city could install it. Changes nothing."""
    report = _read(folder, is_trial=True)
    click.echo(f"{report.pack_id} {report.version} is in order.")


@packs.command()
@click.argument("folder", type=FOLDER)
def diff(folder: Path) -> None:
    """Show what installing FOLDER would change in this city. Changes nothing.

    Rows are counted by installing it and taking that back; “+” is an entry that is new, “~” one that says something
    else than the version installed now, “-” one that is not named any more (it stays: history refers to it).
    """
    report = _read(folder, is_trial=True)
    if not any(report.changed.values()) and all(found.is_empty for found in report.diffs.values()):
        click.echo(f"{report.pack_id} {report.version} would change nothing.")
        return
    click.echo(f"{report.pack_id} {report.version} would change:")
    for part, changed in report.changed.items():
        if changed or not report.diffs[part].is_empty:
            click.echo(f"  {part:<16} {changed} rows")
            _say_entries(report.diffs[part])


@packs.command()
@click.argument("folder", type=FOLDER)
def install(folder: Path) -> None:
    """Install the pack in FOLDER as a whole or not at all. Installing the same version again changes nothing."""
    report = _read(folder, is_trial=False)
    if report.was_installed:
        click.echo(f"{report.pack_id} {report.version} was installed already.")
        return
    click.echo(f"Installed {report.pack_id} {report.version}.")
    _say_changes(report)


@packs.command("list")
def list_installed() -> None:
    """Show the packs that are installed."""
    with open_city():
        from yiwang.foundation.packs.selectors import list_packs

        rows = list_packs()
    for row in rows:
        names = " · ".join(row.names.values())
        click.echo(f"{row.pack_id:<20} {row.version:<10} {row.kind:<9} {row.installed_at:%Y-%m-%d %H:%M}  {names}")
    if not rows:
        click.echo("No pack is installed.")


@packs.command()
@click.argument("pack_id")
@click.argument("folder", type=click.Path(path_type=Path))
def export(pack_id: str, folder: Path) -> None:
    """Write the installed pack PACK_ID into FOLDER, to be kept, compared or changed."""
    with open_city():
        from yiwang.foundation.packs.drafting import write_pack
        from yiwang.foundation.packs.selectors import get_contents

        with _every_mistake_told():
            written = write_pack(folder, *get_contents(pack_id))
    for path in written:
        click.echo(f"  {path}")


@packs.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("docs/packs"))
def schemas(folder: Path) -> None:
    """Write the JSON Schema of the manifest and of every part into FOLDER."""
    from yiwang.project.loading import load_django

    load_django()
    from yiwang.foundation.packs.schemas import list_schemas
    from yiwang.foundation.packs.selectors import list_parts

    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in list_schemas(list_parts()).items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        click.echo(str(path))


def _read(folder: Path, *, is_trial: bool) -> "PackReport":
    """Installs a pack, or tries it; every mistake is told on a line of its own."""
    with open_city():
        from yiwang.foundation.kernel.clock import now
        from yiwang.foundation.kernel.viewer import SYSTEM
        from yiwang.foundation.packs.services import install_pack, try_pack

        act = try_pack if is_trial else install_pack
        with _every_mistake_told():
            return act(folder, viewer=SYSTEM, now=now())


@contextmanager
def _every_mistake_told() -> Iterator[None]:
    from yiwang.foundation.kernel.packparts import PackInvalid

    try:
        yield
    except PackInvalid as error:
        for _file, sentence in error.errors:
            click.echo(sentence)
        raise


def _say_entries(found: "PartDiff") -> None:
    for sign, names in (("+", found.added), ("~", found.changed), ("-", found.gone)):
        for name in names[:MOST_SHOWN]:
            click.echo(f"    {sign} {name}")
        if len(names) > MOST_SHOWN:
            click.echo(f"    {sign} … and {len(names) - MOST_SHOWN} more")


def _say_changes(report: "PackReport") -> None:
    for part, changed in report.changed.items():
        click.echo(f"  {part:<16} {changed} rows changed")
