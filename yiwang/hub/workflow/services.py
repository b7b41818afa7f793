from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.snapshots import touch
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.workflow.models import ClockLimit
from yiwang.hub.workflow.types import ClockRule


@transaction.atomic
def save_clock_rules(rules: Sequence[ClockRule], *, pack: str, viewer: Viewer, now: datetime) -> int:
    """Stores time limits by kind, matter type and first day in force; returns how many rows changed."""
    changed = 0
    for rule in rules:
        key = {"kind": rule.kind.value, "matter_type": rule.matter_type, "valid_from": rule.valid_from}
        values = {
            "amount": rule.amount,
            "unit": rule.unit,
            "count_rule": rule.count_rule,
            "document": rule.document,
            "article": rule.article,
            "pack": pack,
        }
        row, created = ClockLimit.objects.get_or_create(**key, defaults=values)
        changed += int(created) or ClockLimit.objects.filter(id=row.id).exclude(**values).update(**values)
    if changed:
        touch("workflow")
        record(
            "workflow.clocks_saved",
            viewer=viewer,
            subject_kind="clocks",
            subject_id=new_id(),
            now=now,
            detail={"pack": pack, "changed": changed},
        )
    return changed
