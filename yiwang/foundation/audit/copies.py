"""Copies of checkpoints outside the database: who can change every table still cannot make the city forget. No tables.

``YIWANG_HOME/audit/checkpoints.jsonl`` holds a line for each; ``verified.json`` says up to where all was found right.
Copy the first to another machine from time to time: whoever has a line can check the trail against it.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from yiwang.foundation.audit.checkpoints import Checkpoint, read_line
from yiwang.foundation.audit.merkle import Range
from yiwang.foundation.kernel.settings import get_settings

LONGEST_LINE = 4096


class Stated(Protocol):
    """Something that can say what was signed."""

    def statement(self) -> Checkpoint:
        """The statement."""


def folder() -> Path:
    """Where the copies lie."""
    return get_settings().home / "audit"


def add(checkpoints: Iterable[Stated]) -> None:
    """Appends them, safely on the disk when this returns."""
    lines = [f"{checkpoint.statement().line()}\n" for checkpoint in checkpoints]
    if not lines:
        return
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "checkpoints.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def last_size() -> int:
    """How many leaves the last copy speaks of; 0 without one."""
    path = folder() / "checkpoints.jsonl"
    if not path.exists():
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST_LINE))
        lines = file.read().decode().splitlines()
    return read_line(lines[-1]).size if lines else 0


def read(path: Path) -> list[Checkpoint]:
    """The checkpoints of a file; none if there is no file. Raises ValueError for lines that are none."""
    if not path.exists():
        return []
    return [read_line(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_verified() -> Range:
    """The full tiles that were found right by the last verification; none if that is not known."""
    try:
        said = json.loads((folder() / "verified.json").read_text())
        return Range(int(said["tiles"]), tuple(bytes.fromhex(root) for root in said["roots"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Range()


def write_verified(full: Range) -> None:
    """Remembers them."""
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / "verified.json.new"
    draft.write_text(json.dumps({"tiles": full.size, "roots": [root.hex() for root in full.roots]}))
    draft.replace(folder() / "verified.json")
