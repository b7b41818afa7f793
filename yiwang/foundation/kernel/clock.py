"""The one place where the present moment is read. Everything below an entry point gets ``now`` passed in."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
