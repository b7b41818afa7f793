"""The register of health checks. Apps register theirs; ``operations`` runs them for ``yiwang doctor`` and /readyz."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: a sentence, and what to do when it is not fine."""

    name: str
    state: Literal["ok", "warning", "problem"]
    message: str
    remedy: str = ""


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Registers a health check under a short name."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def list_checks() -> Sequence[tuple[str, Check]]:
    """All registered checks, by name."""
    return sorted(_checks.items())
