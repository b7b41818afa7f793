import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.project.cli.opening import open_city, say

if TYPE_CHECKING:
    from yiwang.hub.cases.types import CaseFilter, HistoryReport

MAPPINGS = Path("packs/mappings")
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option("--mapping", required=True, help="A mapping of packs/mappings by name, or a TOML file.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--create-missing", is_flag=True, help="Make units, categories and areas the city does not have.")
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where rejected rows go.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def import_history(
    file: Path, mapping: str, dry_run: bool, create_missing: bool, rejects: Path | None, as_json: bool
) -> None:
    """Move in a FILE of past service requests (CSV, JSONL, Parquet, XLSX, also .gz).

    Stopping and starting again goes on where it was; importing the same file twice changes nothing. Nothing is
    dispatched and nobody is written to. docs/import.md says how to write a mapping.
    """
    with open_city():
        from yiwang.foundation.kernel.clock import now
        from yiwang.foundation.kernel.viewer import SYSTEM
        from yiwang.hub.cases import services
        from yiwang.hub.cases.types import HistoryImport

        job = HistoryImport(
            file=file,
            mapping=find_mapping(mapping),
            rejects=rejects or Path(f"{file.name}.rejected.csv"),
            is_dry_run=dry_run,
            creates_missing=create_missing,
        )
        # Walking through the whole program again and again costs the collector of garbage a sixth of the time.
        gc.freeze()
        started = time.perf_counter()
        with progress(file.name) as tell:
            report = services.import_history(job, viewer=SYSTEM, now=now(), tell=tell)
        seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(_summary(report, seconds, creates_missing=create_missing)))
    else:
        _tell_summary(report, seconds, job.rejects, is_dry_run=dry_run)


@click.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--source", help="Only cases of this source, by its name in the mapping; “report” are the residents' own."
)
@click.option("--state", "states", multiple=True, help="Only cases in this state; may be given several times.")
@click.option("--from", "received_from", type=click.DateTime(["%Y-%m-%d"]), help="Received on this day or later.")
@click.option("--to", "received_to", type=click.DateTime(["%Y-%m-%d"]), help="Received before this day.")
def export_history(
    file: Path,
    source: str | None,
    states: tuple[str, ...],
    received_from: datetime | None,
    received_to: datetime | None,
) -> None:
    """Write cases to a FILE (.csv, .jsonl or .parquet, the first two also .gz), oldest first, without contact data."""
    with open_city():
        from yiwang.foundation.kernel.clock import now
        from yiwang.foundation.kernel.viewer import SYSTEM
        from yiwang.hub.cases.services import export_cases

        wanted = _filter(source, states, received_from, received_to)
        count = export_cases(file, wanted, viewer=SYSTEM, now=now())
    say(f"Wrote {count:,} cases to {file}.")


def find_mapping(name: str) -> Path:
    """The mapping file of this name: a file of its own, or one of the shipped ones."""
    path = Path(name) if name.endswith(".toml") else MAPPINGS / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(shipped.stem for shipped in MAPPINGS.glob("*.toml")))
        raise click.BadParameter(f"There is no mapping “{name}”; shipped ones are {known}.", param_hint="--mapping")
    return path


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, float], None]]:
    """A bar on standard error while a block runs; nothing where that is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]:,}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=1.0, count=0)
        yield lambda count, done: bar.update(task, completed=done, count=count)


def _filter(
    source: str | None, states: tuple[str, ...], received_from: datetime | None, received_to: datetime | None
) -> "CaseFilter":
    from yiwang.foundation.packs.selectors import get_city
    from yiwang.hub.cases.types import CaseFilter, CaseState

    unknown = [state for state in states if state not in set(CaseState)]
    if unknown:
        known = ", ".join(CaseState)
        raise click.BadParameter(f"There is no state “{unknown[0]}”; states are {known}.", param_hint="--state")
    zone = get_city().time_zone
    return CaseFilter(
        states=tuple(CaseState(state) for state in states),
        source=source,
        received_from=received_from.replace(tzinfo=zone).astimezone(UTC) if received_from else None,
        received_before=received_to.replace(tzinfo=zone).astimezone(UTC) if received_to else None,
    )


def _summary(report: "HistoryReport", seconds: float, *, creates_missing: bool) -> dict[str, float]:
    summary: dict[str, float] = {
        "read": report.read,
        "new": report.new,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "seconds": round(seconds, 3),
        "rows_per_s": round(report.read / seconds, 1),
    }
    if creates_missing:
        summary["created_units"] = report.created_units
        summary["created_categories"] = report.created_categories
        summary["created_areas"] = report.created_areas
    return summary


def _tell_summary(report: "HistoryReport", seconds: float, rejects: Path, *, is_dry_run: bool) -> None:
    if is_dry_run:
        click.echo("Dry run: nothing was written. What would happen:")
    click.echo(f"{report.read:,} rows read in {seconds:.1f} s ({report.read / seconds:,.0f} rows/s)")
    click.echo(f"  new        {report.new:>9,}")
    click.echo(f"  updated    {report.updated:>9,}")
    click.echo(f"  unchanged  {report.unchanged:>9,}")
    click.echo(f"  rejected   {report.rejected:>9,}")
    made = {"units": report.created_units, "categories": report.created_categories, "areas": report.created_areas}
    if any(made.values()):
        click.echo("  created    " + ", ".join(f"{count:,} {name}" for name, count in made.items()))
    if report.rejected:
        click.echo(
            "Rejected rows, the first of them:" if is_dry_run else f"Rejected rows are in {rejects}; the first of them:"
        )
        for number, reason in report.first_rejects:
            click.echo(f"  row {number}: {reason}")
