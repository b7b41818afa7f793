from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from yiwang.foundation.codes.selectors import find_code, find_code_by_id, list_codes
from yiwang.foundation.codes.selectors import path_of as category_path
from yiwang.foundation.codes.selectors import subtree_ids as category_subtree
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.orgs.selectors import find_unit_by_code, find_unit_of_area
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.places.selectors import find_area_by_code, path_of
from yiwang.hub.cases.types import CaseDetail
from yiwang.hub.dispatch.models import DispatchRule
from yiwang.hub.dispatch.recognition import CategoryWords, Vocabulary, recognise
from yiwang.hub.dispatch.rules import first_match
from yiwang.hub.dispatch.types import CaseFacts, Condition, Decision, Recognition, Rule, Target


class _Unusable(Exception):
    """A rule names something that does not exist (any more)."""


def _load() -> Sequence[Rule]:
    return [_rule(row) for row in DispatchRule.objects.filter(is_active=True).order_by("position", "key")]


_rules = Snapshot("dispatch", _load)


def list_rules() -> Sequence[Rule]:
    """All active rules in their order, the broken ones with the reason."""
    return _rules.get()


def get_decision(case: CaseDetail) -> Decision:
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


def get_vocabulary() -> Vocabulary:
    """The plain words of all categories in force, ready to be looked for."""
    return _vocabulary.get()


def _load_vocabulary() -> Vocabulary:
    codes = [code for code in list_codes(CodeKind.CATEGORY, on=date.max) if code.words]
    return Vocabulary(
        [
            CategoryWords(
                path=tuple(step.id for step in category_path(code.id)),
                words=[word for words in code.words.values() for word in words],
            )
            for code in codes
        ]
    )


_vocabulary = Snapshot("codes", _load_vocabulary)


def _rule(row: DispatchRule) -> Rule:
    try:
        condition, target, problem = _condition(row.condition), _target(row.target), row.set_aside
    except _Unusable as error:
        condition, target, problem = Condition(), Target(), str(error)
    return Rule(row.id, row.key, row.names, condition, target, problem)


def _condition(stated: Mapping[str, Any]) -> Condition:
    hours = stated.get("hours") or {}
    return Condition(
        categories=frozenset().union(*(category_subtree(_category(code)) for code in stated.get("categories", ()))),
        areas=frozenset(_area(code) for code in stated.get("areas", ())),
        matters=frozenset(stated.get("matters", ())),
        channels=frozenset(stated.get("channels", ())),
        hours=(time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])) if "from" in hours else None,
        days=frozenset(hours.get("days", ())),
    )


def _target(stated: Mapping[str, Any]) -> Target:
    if "unit" not in stated:
        return Target(area_level=stated["unit_of_area"])
    unit = find_unit_by_code(str(stated["unit"]))
    if unit is None:
        raise _Unusable(f"unit {stated['unit']} does not exist")
    return Target(unit_id=unit.id)


def _category(code: str) -> UUID:
    row = find_code(CodeKind.CATEGORY, str(code))
    if row is None:
        raise _Unusable(f"category {code} does not exist")
    return row.id


def _area(code: str) -> UUID:
    row = find_area_by_code(str(code))
    if row is None:
        raise _Unusable(f"area {code} does not exist")
    return row.id


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
