"""Announcements between floors. Publishing queues one job per listener in the same database transaction (outbox).

Listeners run at least once, after the commit, in a worker; they check the state first and call one service. What still
fails after the last attempt stays as a failed job that operators see and can retry (``operations``).
"""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import connection

from yiwang.foundation.kernel import jobs


@dataclass(frozen=True)
class Event:
    """Base of all events. Fields are ids, numbers and short codes (str, int, UUID), never personal data."""

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {f.name: str(v) if isinstance(v := getattr(self, f.name), UUID) else v for f in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The event back from its JSON values. Unknown keys (an older or newer program's) are left out."""
        values = {}
        for field in dataclasses.fields(cls):
            if field.name in payload:
                value = payload[field.name]
                values[field.name] = UUID(value) if field.type in (UUID, "UUID") and value is not None else value
        return cls(**values)


E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Listener:
    """A function that reacts to one kind of event; ``name`` is its dotted path and the name of its job."""

    event: type[Event]
    name: str
    run: Callable[[Any], None]


_listeners: dict[type[Event], list[Listener]] = defaultdict(list)


def listens_to(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Registers the decorated function as a listener of ``event``; it becomes a job of its own."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__}.{function.__qualname__}"

        def run(**payload: Any) -> None:
            function(event.from_payload(payload))

        jobs.register(name, run, priority=jobs.NEWS_PRIORITY)
        _listeners[event].append(Listener(event, name, function))
        return function

    return register


def publish(*events: Event) -> None:
    """Queues the listeners of each event. Must be called inside a transaction: the news is true only if it commits."""
    if not connection.in_atomic_block:
        raise RuntimeError("publish() outside a transaction: the announcement could outlive a rolled-back change")
    jobs.defer_many(
        [(listener.name, event.payload()) for event in events for listener in _listeners.get(type(event), ())]
    )


def list_listeners() -> Sequence[Listener]:
    """All registered listeners, ordered by event and name."""
    return sorted((x for group in _listeners.values() for x in group), key=lambda x: (x.event.__name__, x.name))


def list_events() -> Sequence[type[Event]]:
    """All event classes the running code declares, ordered by name."""
    return sorted(Event.__subclasses__(), key=lambda cls: cls.__name__)
