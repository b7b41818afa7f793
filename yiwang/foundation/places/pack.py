"""Pack part of this app: ``areas`` (GeoJSON, datum declared in the manifest's ``[areas]``)."""

from typing import Any

from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.places.datum import Datum
from yiwang.foundation.places.services import import_areas
from yiwang.foundation.places.types import NewArea


def _apply(content: dict[str, Any], context: PackContext) -> int:
    areas = [
        NewArea(
            level=feature["properties"]["level"],
            code=str(feature["properties"]["code"]),
            names=feature["properties"]["names"],
            parent=str(feature["properties"]["parent"]) if feature["properties"].get("parent") else None,
            geometry=feature["geometry"],
        )
        for feature in content["features"]
    ]
    source = {"pack": context.pack_id, "version": context.version}
    report = import_areas(
        areas, datum=Datum(context.manifest["areas"]["datum"]), viewer=SYSTEM, now=context.now, source=source
    )
    return report.created + report.updated


PARTS = [PackPart("areas", 20, _apply)]
