"""Reading a pack folder: manifest and part files, as plain data with the line each piece stands in.

Nothing in a pack is ever executed, nothing outside its folder is read, and nothing in it can grow when it is read.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yiwang.foundation.kernel.packparts import PackInvalid

MANIFEST = "pack.toml"
DATA = frozenset({".toml", ".yaml", ".yml", ".json", ".geojson"})
LARGEST_FILE_MB = 64
# An alias of an alias of an alias: a page of YAML could stand for more than any memory holds.
MOST_PIECES = 5_000_000
DEEPEST = 40
MB = 1024 * 1024
Step = str | int


@dataclass(frozen=True)
class Document:
    """A file of a pack: what it says, and where each piece of it stands."""

    file: str
    content: Any
    text: str

    def line_of(self, path: Sequence[Step]) -> int | None:
        """The line of a piece, from 1; of what holds it, where the piece is missing. None where nobody knows."""
        if self.file.endswith(".toml"):
            return _line_in_toml(self.text, path)
        # GeoJSON is YAML too, as far as lines go; looked at only where there is a mistake.
        node, line = yaml.compose(self.text, Loader=yaml.CSafeLoader), 1
        for step in path:
            found = _child(node, step)
            if found is None:
                return line
            node, line = found
        return line

    def line_with(self, words: str) -> int | None:
        """The first line that holds these words; None for none."""
        at = self.text.find(words) if words else -1
        return self.text.count("\n", 0, at) + 1 if at >= 0 else None


def read_manifest(folder: Path) -> Document:
    """The manifest of a pack folder. Raises PackInvalid when it is missing or unreadable."""
    text = _read(folder, MANIFEST)
    try:
        return Document(MANIFEST, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"line {found[1]}" if found else "-"
        raise PackInvalid(file=MANIFEST, place=place, reason=str(error)) from None


def read_part(folder: Path, file_name: str) -> Document:
    """One part file (YAML, JSON or GeoJSON). Raises PackInvalid, with the line where it is known."""
    text = _read(folder, file_name)
    try:
        content = _read_yaml(text, file_name) if file_name.endswith((".yaml", ".yml")) else json.loads(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise PackInvalid(file=file_name, place=f"line {line}", reason=str(error.problem)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise PackInvalid(file=file_name, place="-", reason=str(error)) from None
    except json.JSONDecodeError as error:
        raise PackInvalid(file=file_name, place=f"line {error.lineno}", reason=error.msg) from None
    return Document(file_name, content, text)


def digest_of(folder: Path) -> str:
    """SHA-256 over names and contents of the pack's data files, in order of name."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in DATA):
        total.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _read(folder: Path, file_name: str) -> str:
    path = (folder / file_name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PackInvalid(file=file_name, place="-", reason="the file lies outside the pack")
    if not path.is_file():
        raise PackInvalid(file=file_name, place="-", reason="the file does not exist")
    if path.stat().st_size > LARGEST_FILE_MB * MB:
        raise PackInvalid(file=file_name, place="-", reason=f"the file is larger than {LARGEST_FILE_MB} MB")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PackInvalid(file=file_name, place="-", reason="the file is not UTF-8 text") from None


class _Loader(yaml.CSafeLoader):
    """Leaves days as they are written: the form of an entry says what is a day, and where a wrong one stands."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)


def _read_yaml(text: str, file_name: str) -> Any:
    _refuse_depth(text, file_name)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _pieces(node, {}) > MOST_PIECES:
            raise PackInvalid(file=file_name, place="-", reason="its aliases stand for more than a pack may hold")
        _refuse_doubles(node, file_name, set())
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_depth(text: str, file_name: str) -> None:
    """The library goes down level by level on the machine's stack; a file of brackets would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            place = f"line {event.start_mark.line + 1}" if event.start_mark else "-"
            raise PackInvalid(file=file_name, place=place, reason=f"it is nested deeper than {DEEPEST} levels")


def _pieces(node: yaml.Node, known: dict[int, int]) -> int:
    """How many pieces a node stands for, with every alias written out."""
    if id(node) not in known:
        known[id(node)] = MOST_PIECES  # an alias to what holds it would never end
        known[id(node)] = 1 + sum(_pieces(child, known) for child in _children(node))
    return known[id(node)]


def _children(node: yaml.Node) -> Iterable[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def _refuse_doubles(node: yaml.Node, file_name: str, seen: set[int]) -> None:
    """YAML lets the last of two equal keys win without a word."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, _value in node.value:
            if key.value in keys:
                place = f"line {key.start_mark.line + 1}"
                raise PackInvalid(file=file_name, place=place, reason=f"“{key.value}” stands twice in one entry")
            keys.add(str(key.value))
    for child in _children(node):
        _refuse_doubles(child, file_name, seen)


def _child(node: yaml.Node | None, step: Step) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    return None


def _line_in_toml(text: str, path: Sequence[Step]) -> int | None:
    """Where a key of the manifest stands: below its table, or, if that is all there is, the table."""
    line = None
    start = 0
    for step in path:
        name = re.escape(str(step))
        found = re.compile(rf"^\s*(?:\[(?:\w+\.)*{name}\]|{name}\s*=)", re.MULTILINE).search(text, start)
        if found is None:
            break
        start = found.start()
        line = text.count("\n", 0, found.end()) + 1
    return line
