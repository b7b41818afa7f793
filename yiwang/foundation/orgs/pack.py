"""Pack part of this app: ``units``."""

from typing import Any

from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.orgs.services import save_units
from yiwang.foundation.orgs.types import NewUnit


def _apply(content: list[dict[str, Any]], context: PackContext) -> int:
    units = [
        NewUnit(
            code=str(entry["code"]),
            names=entry["names"],
            kind=entry.get("kind", "unit"),
            parent=str(entry["parent"]) if entry.get("parent") else None,
            area=str(entry["area"]) if entry.get("area") else None,
            email=entry.get("email", ""),
            valid_from=entry.get("valid_from"),
        )
        for entry in content
    ]
    return len(
        save_units(units, viewer=SYSTEM, now=context.now, source={"pack": context.pack_id, "version": context.version})
    )


PARTS = [PackPart("units", 30, _apply)]
