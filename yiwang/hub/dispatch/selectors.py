from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from yiwang.foundation.codes.selectors import find_code, list_codes
from yiwang.foundation.codes.selectors import path_of as category_path
from yiwang.foundation.codes.selectors import subtree_ids as category_subtree
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.orgs.selectors import find_unit_by_code
from yiwang.foundation.places.selectors import find_area_by_code
from yiwang.hub.dispatch.models import DispatchRule
from yiwang.hub.dispatch.recognition import CategoryWords, Vocabulary
from yiwang.hub.dispatch.types import Condition, Rule, Target


class _Unusable(Exception):
    """A rule names something that does not exist (any more)."""


def _load() -> Sequence[Rule]:
    return [_rule(row) for row in DispatchRule.objects.filter(is_active=True).order_by("position", "key")]


_rules = Snapshot("dispatch", _load)


def list_rules() -> Sequence[Rule]:
    """All active rules in their order, the broken ones with the reason."""
    return _rules.get()


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
