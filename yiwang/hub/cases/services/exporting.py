from collections.abc import Mapping
from datetime import datetime
from json import dumps
from pathlib import Path
from typing import Any

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.codes.selectors import find_code_by_id
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.orgs.selectors import find_unit
from yiwang.foundation.places.selectors import find_area_by_id
from yiwang.hub.cases.selectors import iterate_cases
from yiwang.hub.cases.tables import write_table
from yiwang.hub.cases.types import CaseFilter

# Names and order are a promise to everyone who reads exported files; docs/import.md lists them.
EXPORTED: Mapping[str, type] = {
    "number": str,
    "source": str,
    "external_id": str,
    "state": str,
    "verdict": str,
    "channel": str,
    "language": str,
    "matter_type": str,
    "category": str,
    "unit": str,
    "area": str,
    "address": str,
    "lon": float,
    "lat": float,
    "title": str,
    "text": str,
    "reply": str,
    "occurred_at": datetime,
    "received_at": datetime,
    "registered_at": datetime,
    "dispatched_at": datetime,
    "signed_at": datetime,
    "replied_at": datetime,
    "closed_at": datetime,
    "due_at": datetime,
    "imported": str,
}


@transaction.atomic
def export_cases(path: Path, wanted: CaseFilter, *, viewer: Viewer, now: datetime) -> int:
    """Writes the matching cases the viewer may see to a file, oldest first and without contact data; returns how many.

    That somebody did so stays in the trail. Raises NotPermitted and TableUnreadable.
    """
    rows = (_exported(row) for row in iterate_cases(wanted, viewer=viewer, now=now))
    count = write_table(path, EXPORTED, rows)
    detail = {"file": path.name, "count": count}
    record("cases.exported", viewer=viewer, subject_kind="export", subject_id=new_id(), now=now, detail=detail)
    return count


def _exported(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with codes in place of ids, which mean something outside this city."""
    category, unit = find_code_by_id(row["category_id"]), find_unit(row["unit_id"])
    area = find_area_by_id(row["area_id"])
    return {
        **row,
        "category": category.code if category else None,
        "unit": unit.code if unit else None,
        "area": area.code if area else None,
        "imported": dumps(row["imported"], ensure_ascii=False) if row["imported"] else None,
    }
