"""Moments as programs send them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

FIRST_YEAR, LAST_YEAR = 1900, 2999


def _within_history(moment: datetime) -> datetime:
    # Far years overflow when zones are changed, and the database refuses offsets that Python allows.
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_within_history)]
"""An aware moment of the years 1900 to 2999, in UTC whatever its offset was. For fields of API requests."""
