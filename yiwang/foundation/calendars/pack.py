"""Pack part of this app: ``calendars``."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from yiwang.foundation.calendars.services import save_calendar
from yiwang.foundation.kernel.packparts import Code, Names, PackContext, PackEntry, PackPart, Source, TimeOfDay
from yiwang.foundation.kernel.viewer import SYSTEM


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no time zone; write for example Asia/Shanghai") from None
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class DayEntry(PackEntry):
    """A day that is not what its weekday says."""

    date: date
    kind: Literal["holiday", "workday"]
    names: Names


class CalendarEntry(PackEntry):
    """When work is done. Weekdays are ISO numbers; an end of 00:00 is midnight at the end of the day."""

    key: Code
    names: Names
    time_zone: TimeZone | None = Field(None, description="The city's, where none is given.")
    weekend: list[Annotated[int, Field(ge=1, le=7)]]
    hours: list[tuple[TimeOfDay, TimeOfDay]] = Field(min_length=1)
    years: dict[Annotated[int, Field(ge=1970, le=2999)], Source] = Field(description="Years whose days are complete.")
    days: list[DayEntry]


def _apply(entries: Sequence[CalendarEntry], context: PackContext) -> int:
    changed = 0
    for entry in entries:
        values = {
            "names": entry.names,
            "time_zone": entry.time_zone or context.manifest["city"]["time_zone"],
            "weekend": entry.weekend,
            "hours": [list(hours) for hours in entry.hours],
            "years": {str(year): source.model_dump() for year, source in entry.years.items()},
        }
        days = [(day.date, day.kind == "workday", day.names) for day in entry.days]
        changed += save_calendar(entry.key, values=values, days=days, viewer=SYSTEM, now=context.now)
    return changed


PARTS = [PackPart("calendars", 10, CalendarEntry, _apply, key=("key",))]
