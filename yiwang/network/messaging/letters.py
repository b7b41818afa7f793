"""A message as an adapter delivers it, and the interface adapters have. Pure."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """``message_id`` stays the same over all attempts, so that a receiver can recognise a repeated delivery."""

    message_id: str
    to: str
    subject: str
    body: str


class Adapter(Protocol):
    """One way out."""

    def deliver(self, letter: Letter) -> None:
        """Hands the letter over. Raises DeliveryFailed; returning means the next system has taken it."""
