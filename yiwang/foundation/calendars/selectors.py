from collections.abc import Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

from yiwang.foundation.calendars.errors import CalendarNotFound
from yiwang.foundation.calendars.models import Calendar, CalendarDay
from yiwang.foundation.calendars.types import WorkCalendar
from yiwang.foundation.kernel.snapshots import Snapshot

MAIN = "city"


def _load() -> Mapping[str, WorkCalendar]:
    calendars = {}
    for row in Calendar.objects.all():
        days = CalendarDay.objects.filter(calendar=row).values_list("on_date", "is_workday")
        workdays: set[date] = {day for day, is_workday in days if is_workday}
        calendars[row.key] = WorkCalendar(
            key=row.key,
            weekend=frozenset(row.weekend),
            holidays=frozenset(day for day, _ in days) - workdays,
            workdays=frozenset(workdays),
            hours=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in row.hours),
            years=frozenset(int(year) for year in row.years),
            time_zone=ZoneInfo(row.time_zone),
        )
    return calendars


_calendars = Snapshot("calendars", _load)


def get_calendar(key: str = MAIN) -> WorkCalendar:
    """The working calendar ``key``; ``city`` is the one that holds where nothing else is said. Raises
    CalendarNotFound."""
    calendar = _calendars.get().get(key)
    if calendar is None:
        raise CalendarNotFound(key=key)
    return calendar
