"""Which unit, category or area of this city a file's own words mean; and the entries made for what the city lacks."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from yiwang.hub.cases.mapping import Reference
from yiwang.hub.cases.records import Step

Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Entry:
    """An entry of one of the city's lists; ``name_paths`` are its names with those above it, one path per language."""

    id: UUID
    code: str
    name_paths: Sequence[Sequence[str]]
    may_have_children: bool = True


@dataclass(frozen=True)
class MissingEntry:
    """An entry to be made: ``parent`` is the code of the one above it, ``depth`` its place in the file's path."""

    code: str
    name: str
    parent: str | None
    depth: int


class Found(NamedTuple):
    """What a path means: the deepest known entry, and whether that is the whole path."""

    id: UUID | None
    is_whole: bool


Create = Callable[[Sequence[MissingEntry]], Mapping[str, UUID]]
NOTHING = Found(None, True)


class Matcher:
    """Finds paths of one list, in this order: the mapping's value map, what an earlier import made, code, name.

    Where only the beginning of a path is known, that is the answer, marked as not whole. Names are compared without
    regard to case and width; a name that several entries have means none of them.
    """

    def __init__(
        self,
        reference: Reference | None,
        entries: Iterable[Entry],
        *,
        prefix: str,
        code_length: int,
        create: Create | None,
    ) -> None:
        self._reference = reference
        self._prefix = prefix
        self._code_length = code_length
        self._create = create if reference and reference.create else None
        self._by_code: dict[str, Entry] = {}
        self._by_names: dict[tuple[str, ...], Entry | None] = {}
        self._known: dict[Steps, Found] = {}
        self.created_count = 0
        for entry in entries:
            self._add(entry)

    def find(self, path: Steps) -> Found:
        """What the path means. An empty path means nothing and is whole."""
        if not path:
            return NOTHING
        found = self._known.get(path)
        if found is None:
            entry = self._entry(path)
            found = Found(entry.id, True) if entry else Found(self.find(path[:-1]).id, False)
            self._known[path] = found
        return found

    def unknown_targets(self) -> Sequence[str]:
        """Codes the mapping's value map names that the city does not have."""
        targets = self._reference.values.values() if self._reference else ()
        return [code for code in targets if code not in self._by_code]

    def make_missing(self, paths: Iterable[Steps]) -> None:
        """Makes the entries these paths need and the city lacks, if that was asked for."""
        if self._create is None:
            return
        missing: dict[str, MissingEntry] = {}
        for path in dict.fromkeys(paths):
            if not self.find(path).is_whole:
                self._collect(path, missing)
        if not missing:
            return
        ids = self._create(list(missing.values()))
        for entry in missing.values():
            self._by_code[entry.code] = Entry(ids[entry.code], entry.code, ())
        self.created_count += len(missing)
        self._known.clear()

    def _collect(self, path: Steps, missing: dict[str, MissingEntry]) -> None:
        parent: str | None = None
        for depth, step in enumerate(path):
            part = path[: depth + 1]
            entry = self._entry(part)
            if entry is None and self._names(part) in self._by_names:
                return  # several entries have this name: another one would not make it clearer
            if entry is None or (not entry.may_have_children and part != path):
                code = self._own_code(part)
                missing.setdefault(code, MissingEntry(code, step.name, parent, depth))
                parent = code
            else:
                parent = entry.code

    def _entry(self, path: Steps) -> Entry | None:
        reference, step = self._reference, path[-1]
        if reference is None:
            return None
        target = reference.values.get(step.name) or reference.values.get(step.code)
        if target:
            return self._by_code.get(target)
        entry = self._by_code.get(self._own_code(path))
        if entry is None and "code" in reference.match and step.code:
            entry = self._by_code.get(step.code)
        if entry is None and "name" in reference.match:
            entry = self._by_names.get(self._names(path))
        return entry

    def _add(self, entry: Entry) -> None:
        self._by_code.setdefault(entry.code, entry)
        suffixes = {
            tuple(_fold(name) for name in names[start:]) for names in entry.name_paths for start in range(len(names))
        }
        for suffix in suffixes:
            self._by_names[suffix] = None if suffix in self._by_names else entry

    def _own_code(self, path: Steps) -> str:
        """The code of what an import makes: the file's path, by codes where it has them, behind the source's name."""
        own = "/".join(step.code or step.name for step in path)
        code = f"{self._prefix}:{own}"
        if len(code) <= self._code_length:
            return code
        return f"{code[: self._code_length - 9]}~{hashlib.sha256(code.encode()).hexdigest()[:8]}"

    def _names(self, path: Steps) -> tuple[str, ...]:
        return tuple(_fold(step.name) for step in path)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
