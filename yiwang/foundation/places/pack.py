"""Pack part of this app: ``areas`` (GeoJSON, datum declared in the manifest's ``[areas]``)."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from yiwang.foundation.kernel.packparts import Code, Names, PackContext, PackEntry, PackPart, Text
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.places.datum import Datum
from yiwang.foundation.places.services import import_areas
from yiwang.foundation.places.types import NewArea


class AreaProperties(PackEntry):
    """What an area is called; parents stand before what lies in them."""

    level: Text = Field(description="The city's own word: district, street, community, grid …")
    code: Code
    names: Names
    parent: Code | None = None


class Outline(PackEntry):
    """A GeoJSON geometry (RFC 7946), its positions in the datum the manifest declares."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any] = Field(min_length=1)


class AreaEntry(PackEntry):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    properties: AreaProperties
    geometry: Outline | None

    @property
    def code(self) -> str:
        """What no two areas may share."""
        return self.properties.code


def _apply(entries: Sequence[AreaEntry], context: PackContext) -> int:
    areas = [
        NewArea(
            level=entry.properties.level,
            code=entry.properties.code,
            names=entry.properties.names,
            parent=entry.properties.parent,
            geometry=entry.geometry.model_dump() if entry.geometry else None,
        )
        for entry in entries
    ]
    source = {"pack": context.pack_id, "version": context.version}
    datum = Datum(context.manifest["areas"]["datum"])
    report = import_areas(areas, datum=datum, viewer=SYSTEM, now=context.now, source=source)
    return report.created + report.updated


PARTS = [PackPart("areas", 20, AreaEntry, _apply, is_geojson=True)]
