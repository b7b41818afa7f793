"""Pack part of this app: ``calendars``."""

from typing import Any

from yiwang.foundation.calendars.services import save_calendar
from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM


def _apply(content: list[dict[str, Any]], context: PackContext) -> int:
    changed = 0
    for entry in content:
        values = {
            "names": entry["names"],
            "time_zone": entry.get("time_zone", context.manifest["city"]["time_zone"]),
            "weekend": entry["weekend"],
            "hours": entry["hours"],
            "years": {str(year): source for year, source in entry["years"].items()},
        }
        days = [(day["date"], day["kind"] == "workday", day["names"]) for day in entry["days"]]
        changed += save_calendar(entry["key"], values=values, days=days, viewer=SYSTEM, now=context.now)
    return changed


PARTS = [PackPart("calendars", 10, _apply)]
