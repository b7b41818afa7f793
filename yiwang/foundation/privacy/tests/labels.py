"""The labelled sentences, and how well the scan finds what is marked in them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from yiwang.foundation.privacy.scanner import Finding, scan
from yiwang.foundation.privacy.types import FindingKind

FOLDER = Path(__file__).parent / "labelled"
MARK = re.compile("⟦(\\w+):([^⟧]*)⟧")


def read(name: str) -> list[tuple[str, list[Finding]]]:
    """Sentences without their marks, and what was marked."""
    return [_plain(line) for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line]


def _plain(line: str) -> tuple[str, list[Finding]]:
    text, wanted, last = "", [], 0
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        wanted.append(Finding(FindingKind(match[1]), len(text), len(text) + len(match[2])))
        text, last = text + match[2], match.end()
    return text + line[last:], wanted


def is_found(wanted: Finding, found: list[Finding]) -> bool:
    """Exactly; of an address the part from the building to the door is enough, whatever road was taken along."""
    if wanted.kind is not FindingKind.ADDRESS:
        return wanted in found
    return any(one.kind is wanted.kind and one.end == wanted.end and one.start < wanted.end for one in found)


@dataclass
class Score:
    """Counts by kind."""

    wanted: Counter[FindingKind] = field(default_factory=Counter)
    right: Counter[FindingKind] = field(default_factory=Counter)
    found: Counter[FindingKind] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def recall(self, *kinds: FindingKind) -> float:
        """The share of what was marked that was found, of these kinds (all by default)."""
        chosen = kinds or tuple(FindingKind)
        return sum(self.right[kind] for kind in chosen) / sum(self.wanted[kind] for kind in chosen)

    @property
    def precision(self) -> float:
        """The share of what was found that was marked."""
        return self.right.total() / self.found.total()


def measure(name: str) -> Score:
    """The score over one file."""
    score = Score()
    for text, wanted in read(name):
        found = scan(text)
        score.found.update(one.kind for one in found)
        score.wanted.update(one.kind for one in wanted)
        for one in wanted:
            if is_found(one, found):
                score.right[one.kind] += 1
            else:
                score.misses.append(f"{one.kind} missed in: {text}")
        for one in found:
            if not any(is_found(each, [one]) for each in wanted):
                score.misses.append(f"{one.kind} {text[one.start : one.end]} is none in: {text}")
    return score
