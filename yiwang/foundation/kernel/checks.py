"""The register of health checks. Apps register theirs; ``operations`` runs them for ``yiwang doctor`` and /readyz."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: a sentence, and what to do when it is not fine."""

    name: str
    state: Literal["ok", "warning", "problem"]
    message: str
    remedy: str = ""


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}
_labels: dict[str, Promise] = {}


def check(name: str, label: Promise) -> Callable[[Check], Check]:
    """Registers a health check under a short name for programs and a label for people."""

    def register(function: Check) -> Check:
        _checks[name] = function
        _labels[name] = label
        return function

    return register


def list_checks() -> Sequence[tuple[str, Check]]:
    """All registered checks, by name."""
    return sorted(_checks.items())


def label_of(name: str) -> str:
    """What a check looks at, in the reader's language. Raises KeyError for an unknown check."""
    return str(_labels[name])
