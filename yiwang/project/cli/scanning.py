import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


@click.group()
def privacy() -> None:
    """Personal data in free text: before anything becomes public, and on demand."""


@privacy.command("scan")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
def scan_files(files: tuple[Path, ...], as_json: bool) -> None:
    """Look for personal data in text files and their names; - is standard input. Exit code 1 when there is any."""
    from yiwang.project.loading import load_django

    load_django()
    count = 0
    for file in files:
        for place, found in _findings(file):
            count += 1
            if as_json:
                click.echo(json.dumps({"place": place, **found}, ensure_ascii=False))
            else:
                click.echo(f"{place}: {found['kind']} “{found['text']}”. {found['reason']}")
    raise SystemExit(1 if count else 0)


def _findings(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of the file's name and of each of its lines: where, and what."""
    from django.utils import translation

    from yiwang.foundation.privacy.scanner import scan
    from yiwang.foundation.privacy.types import REASONS

    is_piped = str(file) == "-"
    lines = [("name", "" if is_piped else file.name)]
    content: IO[str] = sys.stdin if is_piped else file.open(encoding="utf-8", errors="replace")
    with content, translation.override("en"):
        lines += [(f"line {number}", line.rstrip("\n")) for number, line in enumerate(content, 1)]
        for place, line in lines:
            for kind, start, end in scan(line):
                where = f"{file} {place}:{start + 1}"
                yield where, {"kind": kind.value, "text": line[start:end], "reason": str(REASONS[kind])}
