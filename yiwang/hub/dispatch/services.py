from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.codes.selectors import find_code_by_id
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.snapshots import Snapshot, touch
from yiwang.foundation.kernel.viewer import SYSTEM, Viewer
from yiwang.foundation.orgs.selectors import find_unit_of_area
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.places.selectors import path_of
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import assign_case, leave_to_operators
from yiwang.hub.cases.types import Basis, CaseDetail, CasePermission, CaseState
from yiwang.hub.dispatch.errors import RuleInvalid
from yiwang.hub.dispatch.models import DispatchRule
from yiwang.hub.dispatch.recognition import recognise
from yiwang.hub.dispatch.rules import first_match
from yiwang.hub.dispatch.selectors import get_vocabulary, list_rules
from yiwang.hub.dispatch.types import CaseFacts, Decision, NewRule, Recognition, Rule


def dispatch_case(case_id: UUID, *, now: datetime) -> None:
    """Sends a newly registered case where the rules say, or leaves it to the operators with the reason. Safe to
    repeat."""
    case = get_case(case_id, viewer=SYSTEM, now=now)
    if case.row.state is not CaseState.REGISTERED or case.dispatch_note:
        return
    decision = decide(case)
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


def decide(case: CaseDetail) -> Decision:
    """What the rules say about a case: the category given or recognised by plain words, then the first rule that
    applies."""
    recognition = _recognise(case)
    facts = _facts(case, recognition.category_id)
    rule = first_match(list_rules(), facts)
    unit_id = _unit(rule, facts) if rule else None
    explanation = {
        "recognition": recognition.outcome,
        "words": list(recognition.words),
        "category": _code(recognition.category_id),
        "rivals": [_code(rival) for rival in recognition.rivals],
        "outcome": "decided" if unit_id else "no_unit" if rule else "no_rule",
    }
    return Decision(unit_id, rule.key if rule and unit_id else None, recognition.category_id, explanation)


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


def _recognise(case: CaseDetail) -> Recognition:
    if case.row.category_id:
        return Recognition("given", case.row.category_id)
    return recognise(case.row.title, case.text, get_vocabulary())


def _facts(case: CaseDetail, category_id: UUID | None) -> CaseFacts:
    areas = path_of(case.row.area_id)
    return CaseFacts(
        category_id=category_id,
        area_path=tuple(area.id for area in areas),
        area_levels={area.level: area.id for area in areas},
        matter_type=case.row.matter_type,
        channel=case.row.channel,
        local_time=case.row.received_at.astimezone(get_city().time_zone),
    )


def _unit(rule: Rule, facts: CaseFacts) -> UUID | None:
    if rule.target.unit_id:
        return rule.target.unit_id
    area_id = facts.area_levels.get(rule.target.area_level or "")
    unit = find_unit_of_area(area_id) if area_id else None
    return unit.id if unit else None


def _code(category_id: UUID | None) -> str | None:
    row = find_code_by_id(category_id)
    return row.code if row else None
