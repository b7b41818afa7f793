import dataclasses
import json

import click

from yiwang.foundation.kernel.events import Event, list_events, list_listeners
from yiwang.project.loading import load_django

MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of findings for programs.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check database, queue, disk, keys, clock, screens and city, and say what to do. Exit code 1 on problems.

    Starts nothing: a city that is not running is a finding.
    """
    load_django()
    from django.utils import translation

    from yiwang.foundation.operations.selectors import run_checks

    with translation.override("en"):
        findings = run_checks()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.state]} {finding.name:<12} {finding.message}")
            if finding.state != "ok":
                click.echo(f"  {'':<12} → {finding.remedy}")
    if any(finding.state == "problem" for finding in findings):
        ctx.exit(1)


@click.command()
@click.option("--markdown", is_flag=True, help="Print the page docs/events.md.")
def events(markdown: bool) -> None:
    """Show every event: which app announces it, and which listeners hear it."""
    load_django()
    click.echo(_page() if markdown else _map())


def _map() -> str:
    lines = []
    for event, listeners in _rows():
        lines.append(f"{event.__name__}  ← {_app_of(event.__module__)}")
        lines += [f"    → {name}  ({app})" for name, app in listeners] or ["    nobody listens"]
    return "\n".join(lines)


def _page() -> str:
    lines = [
        "# Events",
        "",
        "Who announces what, and who listens. Written by `yiwang events --markdown`; a guard test compares it.",
        "A listener runs at least once, after the announcing transaction has committed, in a worker.",
        "",
        "| Event | Fields | Announced by | Heard by |",
        "|---|---|---|---|",
    ]
    for event, listeners in _rows():
        fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(event))
        heard = "<br>".join(f"{app}: `{name}`" for name, app in listeners) or "nobody"
        lines.append(f"| `{event.__name__}` | {fields} | {_app_of(event.__module__)} | {heard} |")
    return "\n".join(lines)


def _rows() -> list[tuple[type[Event], list[tuple[str, str]]]]:
    heard = [listener for listener in list_listeners() if not _is_test(listener.name)]
    return [
        (event, [(x.name.rpartition(".")[2], _app_of(x.name)) for x in heard if x.event is event])
        for event in list_events()
        if not _is_test(event.__module__)
    ]


def _is_test(dotted: str) -> bool:
    return not dotted.startswith("yiwang.") or ".tests." in f"{dotted}."


def _app_of(dotted: str) -> str:
    return "/".join(dotted.split(".")[1:3])
