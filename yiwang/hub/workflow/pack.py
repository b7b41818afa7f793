"""Pack part of this app: ``clocks``."""

from collections.abc import Sequence
from datetime import date

from pydantic import Field

from yiwang.foundation.calendars.types import CountRule, Unit
from yiwang.foundation.kernel.packparts import Code, PackContext, PackEntry, PackPart, Source
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.workflow.services import save_clock_rules
from yiwang.hub.workflow.types import ClockKind, ClockRule


class ClockEntry(PackEntry):
    """How long one kind of work may take for one matter type, and where that is written."""

    kind: ClockKind
    matter_type: Code
    amount: int = Field(ge=1)
    unit: Unit
    count_rule: CountRule
    source: Source
    valid_from: date | None = None


def _apply(entries: Sequence[ClockEntry], context: PackContext) -> int:
    rules = [
        ClockRule(
            kind=entry.kind,
            matter_type=entry.matter_type,
            amount=entry.amount,
            unit=entry.unit.value,
            count_rule=entry.count_rule.value,
            document=entry.source.document,
            article=entry.source.article,
            valid_from=entry.valid_from,
        )
        for entry in entries
    ]
    return save_clock_rules(rules, pack=context.pack_id, viewer=SYSTEM, now=context.now)


PARTS = [PackPart("clocks", 40, ClockEntry, _apply, key=("kind", "matter_type", "valid_from"))]
