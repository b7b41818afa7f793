"""Who may wait for a thread, and how long. No Django, no sockets; one for each web process."""

import time
from collections import Counter
from dataclasses import dataclass, field

# Waiting longer than this is worse than being told to come again: those inside answer in milliseconds.
PATIENCE_S = 0.5
# More cannot be reached within the patience on any machine.
WAITING = 1024
# At once from one address, be it receiving, waiting or being answered: a flood finds the others' places free.
EACH = 64
# Of all that is being received, in memory or on the disk.
RECEIVING_BYTES = 1 << 30


@dataclass
class Admission:
    """Counts those inside. All methods but ``is_too_late`` are for the event loop's thread alone."""

    waiting: int = 0
    receiving_bytes: int = 0
    inside: Counter[str] = field(default_factory=Counter)

    def enter(self, source: str, size: int) -> bool:
        """Takes a place for a request of ``size`` bytes. False: this address already has all that one may have."""
        if self.inside[source] >= EACH:
            return False
        self.inside[source] += 1
        self.receiving_bytes += size
        return True

    def leave(self, source: str, size: int) -> None:
        """Gives the place back."""
        self.receiving_bytes -= size
        self.inside[source] -= 1
        if not self.inside[source]:
            del self.inside[source]

    @property
    def is_full(self) -> bool:
        """Whether nobody new can be answered in time, or kept meanwhile."""
        return self.waiting >= WAITING or self.receiving_bytes > RECEIVING_BYTES

    @staticmethod
    def is_too_late(since: float) -> bool:
        """Whether somebody who has waited since then (monotonic seconds) is better told to come again."""
        return time.monotonic() - since > PATIENCE_S
