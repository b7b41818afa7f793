"""Reference data kept in memory: areas, codes, calendars, rules. Reloaded when its version in the database rises."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import F

from yiwang.foundation.kernel.models import DataVersion

CHECK_EVERY_S = 2.0
Value = TypeVar("Value")


def touch(key: str) -> None:
    """Says that reference data ``key`` changed; call in the transaction that changes it."""
    DataVersion.objects.get_or_create(key=key)
    DataVersion.objects.filter(key=key).update(version=F("version") + 1)


class Snapshot(Generic[Value]):
    """A value computed from tables, shared by the threads of a process, at most two seconds behind a change.

    Inside a transaction that itself changed the data, the old value may be seen: call ``forget`` first.
    """

    _all: "list[Snapshot]" = []  # type: ignore[type-arg]

    def __init__(self, key: str, load: Callable[[], Value]) -> None:
        self._key = key
        self._load = load
        self._lock = threading.Lock()
        self._state: tuple[int, float, Value] | None = None
        Snapshot._all.append(self)

    def get(self) -> Value:
        """The present value."""
        state = self._state
        if state is not None and time.monotonic() - state[1] < CHECK_EVERY_S:
            return state[2]
        with self._lock:
            state = self._state
            if state is not None and time.monotonic() - state[1] < CHECK_EVERY_S:
                return state[2]
            version = self._version()
            value = state[2] if state is not None and state[0] == version else self._load()
            self._state = (version, time.monotonic(), value)
            return value

    def forget(self) -> None:
        """Makes the next ``get`` load afresh."""
        self._state = None

    @classmethod
    def forget_all(cls) -> None:
        """Forgets every snapshot of this process (after an installation; between tests)."""
        for snapshot in cls._all:
            snapshot.forget()

    def _version(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT version FROM kernel_dataversion WHERE key = %s", [self._key])
            row = cursor.fetchone()
        return row[0] if row else 0
