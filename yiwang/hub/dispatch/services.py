from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.snapshots import Snapshot, touch
from yiwang.foundation.kernel.viewer import SYSTEM, Viewer
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import assign_case, leave_to_operators
from yiwang.hub.cases.types import Basis, CasePermission, CaseState
from yiwang.hub.dispatch.errors import RuleInvalid
from yiwang.hub.dispatch.models import DispatchRule
from yiwang.hub.dispatch.selectors import get_decision, list_rules
from yiwang.hub.dispatch.types import NewRule


def dispatch_case(case_id: UUID, *, now: datetime) -> None:
    """Sends a newly registered case where the rules say, or leaves it to the operators with the reason.

    Safe to repeat. Writes in the transaction of the verb it calls, which refuses a case that has changed since it was
    read here: raises CaseChanged, and the job is tried again.
    """
    case = get_case(case_id, viewer=SYSTEM, now=now, with_events=False)
    if case.row.state is not CaseState.REGISTERED or case.dispatch_note:
        return
    decision = get_decision(case)
    if decision.unit_id is None:
        leave_to_operators(case_id, basis=Basis("rules", None, decision.explanation), now=now)
        return
    assign_case(
        case_id,
        decision.unit_id,
        basis=Basis("rule", decision.rule_key, decision.explanation),
        viewer=SYSTEM,
        now=now,
        expected_version=case.version,
        category_id=decision.category_id,
    )


@transaction.atomic
def save_rules(rules: Sequence[NewRule], *, pack: str, viewer: Viewer, now: datetime) -> int:
    """Stores a pack's rules by key; rules it no longer has are switched off, not deleted. Returns how many changed.

    A rule that names an unknown unit, category or area is refused here: RuleInvalid. (What vanishes later makes the
    rule
    set aside, see ``list_rules``.)
    """
    viewer.require(CasePermission.DISPATCH)
    changed = 0
    for rule in rules:
        values = {
            "position": rule.position,
            "names": dict(rule.names),
            "condition": dict(rule.condition),
            "target": dict(rule.target),
            "source": dict(rule.source),
            "pack": pack,
            "is_active": True,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
        }
        row, created = DispatchRule.objects.get_or_create(key=rule.key, defaults=values)
        changed += int(created) or DispatchRule.objects.filter(id=row.id).exclude(**values).update(**values)
    gone = DispatchRule.objects.filter(pack=pack, is_active=True).exclude(key__in=[rule.key for rule in rules])
    changed += gone.update(is_active=False)
    Snapshot.forget_all()
    for loaded in list_rules():
        if loaded.problem:
            raise RuleInvalid(key=loaded.key, reason=loaded.problem)
    if changed:
        touch("dispatch")
        record(
            "dispatch.rules_saved",
            viewer=viewer,
            subject_kind="rules",
            subject_id=new_id(),
            now=now,
            detail={"pack": pack, "changed": changed},
        )
    return changed
