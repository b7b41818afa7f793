from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.packparts import Saved
from yiwang.foundation.kernel.snapshots import touch
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.orgs.errors import UnitUnknown
from yiwang.foundation.orgs.models import Unit
from yiwang.foundation.orgs.types import NewUnit
from yiwang.foundation.places.selectors import get_area_by_code


@transaction.atomic
def save_units(units: Sequence[NewUnit], *, viewer: Viewer, now: datetime, source: Mapping[str, Any]) -> Saved:
    """Stores units, parents before children; existing ones (by code) are brought up to date.

    ``source`` says what changed a unit last. Raises UnitUnknown for a parent and AreaUnknown for an area not there.
    """
    ids = dict(Unit.objects.values_list("code", "id"))
    changed = 0
    for new in units:
        if new.parent is not None and new.parent not in ids:
            raise UnitUnknown(value=new.parent)
        values = {
            "names": dict(new.names),
            "kind": new.kind,
            "parent_id": ids[new.parent] if new.parent else None,
            "area_id": get_area_by_code(new.area).id if new.area else None,
            "email": new.email,
            "valid_from": new.valid_from,
        }
        if new.code in ids:
            changed += Unit.objects.filter(id=ids[new.code]).exclude(**values).update(**values, source=dict(source))
        else:
            ids[new.code] = Unit.objects.create(code=new.code, source=dict(source), **values).id
            changed += 1
    if changed:
        touch("orgs")
        record(
            "orgs.units_saved",
            viewer=viewer,
            subject_kind="units",
            subject_id=new_id(),
            now=now,
            detail={"changed": changed, "source": dict(source)},
        )
    return Saved({unit.code: ids[unit.code] for unit in units}, changed)
