"""Identifiers of rows: UUIDv7 (RFC 9562), so that primary keys are unguessable yet inserted in time order."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id() -> UUID:
    """A new UUIDv7 of the present moment."""
    return uuid7()


def new_reference() -> str:
    """A short random mark that connects an error shown to a person with its log line; not an id of anything."""
    return secrets.token_hex(6)


def id_at(moment: datetime) -> UUID:
    """A UUIDv7 whose time part is ``moment`` (millisecond precision), for history that is imported later."""
    return uuid7(nanoseconds=(moment - EPOCH) // timedelta(microseconds=1) * 1000)
