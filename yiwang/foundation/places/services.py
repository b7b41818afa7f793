import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.snapshots import touch
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.places.datum import Datum
from yiwang.foundation.places.errors import AreaUnknown
from yiwang.foundation.places.models import Area
from yiwang.foundation.places.polygons import clean_polygon
from yiwang.foundation.places.types import AreaImport, NewArea


@transaction.atomic
def import_areas(
    areas: Sequence[NewArea], *, datum: Datum, viewer: Viewer, now: datetime, source: Mapping[str, Any]
) -> AreaImport:
    """Stores divisions, parents before children, shapes converted from the declared ``datum``; existing ones are
    updated.

    What was delivered is kept beside the WGS84 shape. Broken polygons are repaired and reported. Raises AreaUnknown for
    a parent that is not there and PolygonInvalid for a geometry that cannot be made an area.
    """
    known = {area.code: area for area in Area.objects.filter(valid_to=None)}
    created = updated = 0
    repaired: list[str] = []
    without_shape: list[str] = []
    for new in areas:
        if new.parent is not None and new.parent not in known:
            raise AreaUnknown(value=new.parent)
        values = {
            "level": new.level,
            "names": dict(new.names),
            "parent_id": known[new.parent].id if new.parent else None,
            **_shape_values(new, datum, repaired, without_shape),
        }
        area = known.get(new.code)
        if area is None:
            known[new.code] = Area.objects.create(code=new.code, source=dict(source), **values)
            created += 1
        elif _differs(area, values):
            Area.objects.filter(id=area.id).update(source=dict(source), **values)
            updated += 1
    if created or updated:
        touch("places")
        record(
            "places.areas_saved",
            viewer=viewer,
            subject_kind="areas",
            subject_id=new_id(),
            now=now,
            detail={"created": created, "updated": updated, "repaired": repaired, "source": dict(source)},
        )
    return AreaImport(created, updated, len(areas) - created - updated, repaired, without_shape)


def _shape_values(new: NewArea, datum: Datum, repaired: list[str], without_shape: list[str]) -> dict[str, Any]:
    if not new.geometry:
        without_shape.append(new.code)
        return {"shape": None, "delivered_shape": None, "delivered_datum": ""}
    shape, repairs = clean_polygon(new.geometry, datum)
    if repairs:
        repaired.append(new.code)
    return {"shape": shape, "delivered_shape": dict(new.geometry), "delivered_datum": datum.value}


def _differs(area: Area, values: Mapping[str, Any]) -> bool:
    same_shape = _digest(area.shape) == _digest(values["shape"])
    return not same_shape or any(
        getattr(area, name) != values[name] for name in ("level", "names", "parent_id", "delivered_datum")
    )


def _digest(shape: bytes | memoryview | None) -> bytes:
    return hashlib.sha256(bytes(shape)).digest() if shape is not None else b""
