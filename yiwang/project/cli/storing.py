import click

from yiwang.foundation.kernel.clock import now
from yiwang.project.cli.opening import open_city

SHOWN = 20


@click.group()
def files() -> None:
    """Files people sent: their store, and the scanner that looks at them."""


@files.command()
def check() -> None:
    """Compare the table of files with the store, as a whole. Exit code 1 when contents are missing."""
    with open_city():
        from yiwang.foundation.files.selectors import compare_store

        report = compare_store()
    click.echo(f"{report.file_count} files, {report.content_count} contents in the store.")
    click.echo(f"{len(report.orphans)} contents belong to no file; a nightly job deletes them when a day old.")
    click.echo(f"{len(report.missing)} files have lost their content.")
    for file_id in report.missing[:SHOWN]:
        click.echo(f"  {file_id}")
    if report.missing:
        raise SystemExit(1)


@files.command()
def sweep() -> None:
    """Delete contents that have belonged to no file for a day, as the nightly job does."""
    with open_city():
        from yiwang.foundation.files.services import sweep_store

        click.echo(f"{sweep_store(now=now())} contents deleted.")


@files.command()
def scan() -> None:
    """Let the scanner look again at files it could not look at, and at those from before there was one."""
    with open_city():
        from yiwang.foundation.files.services import retry_failed_scans, scan_waiting_files

        waiting, seen = retry_failed_scans(now=now()), 0
        while found := scan_waiting_files(now=now()):
            seen += found
    click.echo(f"{waiting} files were waiting again, {seen} were scanned now; the worker goes on with the rest.")
