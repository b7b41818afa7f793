import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.project.cli.history import FILE, find_mapping, progress
from yiwang.project.cli.opening import open_city, say
from yiwang.project.replay import City, Message, Sent, send, wait_for_decisions

if TYPE_CHECKING:
    from yiwang.hub.cases.records import Record

REASONS_SHOWN = 5


@click.command()
@click.argument("file", type=FILE)
@click.option("--mapping", required=True, help="A mapping of packs/mappings by name, or a TOML file.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Send at most so many a second.")
@click.option("--limit", type=click.IntRange(min=1), help="Send only the first so many.")
@click.option("--url", help="Where the city runs; by default here.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def replay(file: Path, mapping: str, rate: float | None, limit: int | None, url: str | None, as_json: bool) -> None:
    """Send a FILE of messages to the running city, exactly as residents would, and wait until each is decided.

    Sending the same file again makes no second cases. The city's limit on reports applies: set YIWANG_INTAKE_LIMIT=off
    where it runs, or this waits whenever it is told to.
    """
    with open_city() as settings:
        from yiwang.foundation.kernel.viewer import SYSTEM
        from yiwang.hub.cases.selectors import list_decisions

        city = City(url or f"http://localhost:{settings.port}")
        city.check()
        with _messages(file, find_mapping(mapping)) as messages:
            waiting = list(islice(messages, limit))
        started = time.perf_counter()
        with progress("sending") as tell:
            sent = send(city, waiting, per_second=rate, tell=lambda done: tell(done, done / max(len(waiting), 1)))
        with progress("deciding") as tell:
            decided = wait_for_decisions(
                sent.receipts,
                lambda receipts: list_decisions(list(receipts), viewer=SYSTEM),
                tell=lambda done: tell(done, done / len(sent.receipts)),
            )
        seconds = time.perf_counter() - started
    summary = {
        "accepted": len(sent.receipts),
        "dispatched": sum(decided.values()),
        "left_to_operators": len(decided) - sum(decided.values()),
        "seconds": round(seconds, 3),
        "per_second": round(len(sent.receipts) / seconds, 1),
    }
    click.echo(json.dumps(summary) if as_json else _in_words(summary))
    _tell_trouble(sent, len(sent.receipts) - len(decided))


@contextmanager
def _messages(file: Path, mapping_file: Path) -> Iterator[Iterator[Message]]:
    from yiwang.hub.cases.mapping import MappingFile
    from yiwang.hub.cases.records import Converter, RowRejected
    from yiwang.hub.cases.tables import open_table

    reader = MappingFile(mapping_file)
    with open_table(file, encoding=reader.format.encoding, delimiter=reader.format.delimiter) as table:
        mapping = reader.for_columns(table.columns)
        converter = Converter(mapping, table.columns)

        def messages() -> Iterator[Message]:
            for row in table.rows:
                try:
                    if row.problem:
                        raise RowRejected(row.problem)
                    record = converter.convert(row.number, row.cells)
                except RowRejected as rejected:
                    say(f"Row {row.number} is left out: {rejected}")
                    continue
                key = f"{mapping.source}:{record.external_id}"
                yield Message(key, _body(record, key, mapping.datum))

        yield messages()


def _body(record: "Record", key: str, datum: str | None) -> dict[str, object]:
    """The report a resident would have sent; what the resident did not say is left out."""
    occurred_at = record.moments.get("occurred_at")
    body = {
        "text": record.text or record.title,
        "title": record.title,
        "address": record.address,
        "occurred_at": occurred_at.isoformat() if occurred_at else None,
        "location": {"lon": record.lon, "lat": record.lat, "datum": datum} if record.lon is not None else None,
        "external_id": key,
    }
    return {name: value for name, value in body.items() if value}


def _in_words(summary: dict[str, float]) -> str:
    return (
        f"{summary['accepted']:,} accepted in {summary['seconds']:.1f} s ({summary['per_second']:,.1f} per second)\n"
        f"  dispatched by rules  {summary['dispatched']:>7,}\n"
        f"  left to operators    {summary['left_to_operators']:>7,}"
    )


def _tell_trouble(sent: Sent, undecided: int) -> None:
    if sent.refused:
        say(f"{len(sent.refused):,} reports were refused; the first of them:")
        for reason in sent.refused[:REASONS_SHOWN]:
            say(f"  {reason}")
    if undecided:
        say(f"{undecided:,} are not decided yet. Is a worker running, on the database this command reads?")
