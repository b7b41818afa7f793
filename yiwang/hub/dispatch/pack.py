"""Pack part of this app: ``rules``."""

from typing import Any

from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.dispatch.services import save_rules
from yiwang.hub.dispatch.types import NewRule


def _apply(content: list[dict[str, Any]], context: PackContext) -> int:
    rules = [
        NewRule(
            key=entry["key"],
            position=entry["order"],
            names=entry["names"],
            condition=entry["when"],
            target=entry["then"],
            source=entry.get("source", {}),
            valid_from=entry.get("valid_from"),
            valid_to=entry.get("valid_to"),
        )
        for entry in content
    ]
    return save_rules(rules, pack=context.pack_id, viewer=SYSTEM, now=context.now)


PARTS = [PackPart("rules", 50, _apply)]
