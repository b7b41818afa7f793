"""What a measurement says: a figure with its target, and whether the rows it claims are really there."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Want(StrEnum):
    """Which side of the target is good."""

    AT_LEAST = "≥"
    UNDER = "<"


class ClaimBroken(RuntimeError):
    """A figure was measured, but the rows, leaves, jobs or messages it stands for are not what it claims."""


@dataclass(frozen=True)
class Figure:
    """One measured value (median of its rounds) beside its target, and what was checked about it."""

    name: str
    value: float
    unit: str
    target: float
    want: Want
    checked: str

    @property
    def is_met(self) -> bool:
        return self.value >= self.target if self.want is Want.AT_LEAST else self.value < self.target

    def document(self) -> dict[str, Any]:
        """The figure as JSON values."""
        return {**asdict(self), "value": round(self.value, 2), "want": self.want.value, "is_met": self.is_met}


@dataclass(frozen=True)
class Claim:
    """Something a figure claims to have done, counted where it must have left its mark."""

    what: str
    expected: int
    found: int


def confirm(claims: Iterable[Claim]) -> str:
    """The claims in words. Raises ClaimBroken when one does not hold: a fast figure for lost work is no figure."""
    checked = list(claims)
    broken = [
        f"{claim.what}: {claim.found}, not {claim.expected}" for claim in checked if claim.found != claim.expected
    ]
    if broken:
        raise ClaimBroken("; ".join(broken))
    return ", ".join(f"{claim.found:,} {claim.what}" for claim in checked)


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of aligned text, ``MISSED`` where a target was not reached."""
    lines = [("figure", "value", "target", "", "checked")]
    lines += [
        (
            figure.name,
            f"{figure.value:,.1f} {figure.unit}",
            f"{figure.want.value} {figure.target:,.0f}",
            "ok" if figure.is_met else "MISSED",
            figure.checked,
        )
        for figure in figures
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        "  ".join([*(part.ljust(width) for part, width in zip(line, widths, strict=False)), line[4]]).rstrip()
        for line in lines
    )
