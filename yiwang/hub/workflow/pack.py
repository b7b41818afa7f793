"""Pack part of this app: ``clocks``."""

from typing import Any

from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.workflow.services import save_clock_rules
from yiwang.hub.workflow.types import ClockKind, ClockRule


def _apply(content: list[dict[str, Any]], context: PackContext) -> int:
    rules = [
        ClockRule(
            kind=ClockKind(entry["kind"]),
            matter_type=entry["matter_type"],
            amount=entry["amount"],
            unit=entry["unit"],
            count_rule=entry["count_rule"],
            document=entry["source"]["document"],
            article=entry["source"]["article"],
            valid_from=entry.get("valid_from"),
        )
        for entry in content
    ]
    return save_clock_rules(rules, pack=context.pack_id, viewer=SYSTEM, now=context.now)


PARTS = [PackPart("clocks", 40, _apply)]
