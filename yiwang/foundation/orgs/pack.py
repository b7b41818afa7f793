"""Pack part of this app: ``units``."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from yiwang.foundation.kernel.packparts import Code, Names, PackContext, PackEntry, PackPart, Text
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.orgs.services import save_units
from yiwang.foundation.orgs.types import NewUnit

Email = Annotated[str, StringConstraints(pattern=r"^([^@\s]+@[^@\s]+)?$", max_length=254)]


class UnitEntry(PackEntry):
    """An organisation that answers for something; parents stand before their children."""

    code: Code
    names: Names
    kind: Text = "unit"
    parent: Code | None = None
    area: Code | None = Field(None, description="Code of the area it answers for.")
    email: Email = ""
    valid_from: date | None = None


def _apply(entries: Sequence[UnitEntry], context: PackContext) -> int:
    units = [
        NewUnit(
            code=entry.code,
            names=entry.names,
            kind=entry.kind,
            parent=entry.parent,
            area=entry.area,
            email=entry.email,
            valid_from=entry.valid_from,
        )
        for entry in entries
    ]
    source = {"pack": context.pack_id, "version": context.version}
    return save_units(units, viewer=SYSTEM, now=context.now, source=source).changed


PARTS = [PackPart("units", 30, UnitEntry, _apply)]
