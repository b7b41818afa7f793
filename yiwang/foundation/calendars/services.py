from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.calendars.models import Calendar, CalendarDay
from yiwang.foundation.kernel.snapshots import touch
from yiwang.foundation.kernel.viewer import Viewer


@transaction.atomic
def save_calendar(
    key: str,
    *,
    values: Mapping[str, Any],
    days: Sequence[tuple[date, bool, Mapping[str, str]]],
    viewer: Viewer,
    now: datetime,
) -> int:
    """Stores a calendar (``names``, ``time_zone``, ``weekend``, ``hours``, ``years``) and its special days.

    ``days`` are ``(date, is_workday, names)``; stored days of loaded years that are not named any more are removed.
    Returns how many rows changed.
    """
    calendar, created = Calendar.objects.get_or_create(key=key, defaults=dict(values))
    changed = int(created) or Calendar.objects.filter(id=calendar.id).exclude(**values).update(**values)
    wanted = {day: (is_workday, dict(names)) for day, is_workday, names in days}
    stored = {row.on_date: row for row in CalendarDay.objects.filter(calendar=calendar)}
    gone = [row.id for day, row in stored.items() if day not in wanted]
    changed += CalendarDay.objects.filter(id__in=gone).delete()[0]
    for day, (is_workday, names) in wanted.items():
        row = stored.get(day)
        if row is None or (row.is_workday, row.names) != (is_workday, names):
            CalendarDay.objects.update_or_create(
                calendar=calendar, on_date=day, defaults={"is_workday": is_workday, "names": names}
            )
            changed += 1
    if changed:
        touch("calendars")
        record(
            "calendars.saved",
            viewer=viewer,
            subject_kind="calendar",
            subject_id=calendar.id,
            now=now,
            detail={"key": key, "changed": changed},
        )
    return changed
