"""Where personal data lie, how long they are kept, and how they are erased: every app says so of its own tables.

The days of each period are the city's (pack part ``retention``, foundation/codes); ``foundation/privacy`` does the
erasing. A guard compares what is registered here with the tables: no field that can hold what people wrote is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PersonalData:
    """Fields (``app.Model.field``) that can name or describe somebody, kept for one ``period`` of the city's list.

    ``erase(before, limit)`` erases at most ``limit`` rows that came to be before that moment, in the transaction that
    also writes the leaf, and returns how many; 0 means that nothing is left.
    """

    period: str
    fields: tuple[str, ...]
    erase: Callable[[datetime, int], int]


_registered: list[PersonalData] = []


def register_personal(data: PersonalData) -> None:
    """Makes it known; once, when the app's checks are loaded."""
    _registered.append(data)


def list_personal() -> Sequence[PersonalData]:
    """All that is registered."""
    return tuple(_registered)
