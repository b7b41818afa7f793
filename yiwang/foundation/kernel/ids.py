"""Identifiers of rows: UUIDv7 (RFC 9562), so that primary keys are unguessable yet inserted in time order."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7 of the present moment."""
    return uuid7()


def id_at(moment: datetime) -> UUID:
    """A UUIDv7 whose time part is ``moment`` (millisecond precision), for history that is imported later."""
    return uuid7(int(moment.timestamp()), moment.microsecond * 1000)
