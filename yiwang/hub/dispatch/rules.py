"""Whether a rule applies to a case: pure comparison of facts with conditions."""

from collections.abc import Sequence
from datetime import time

from yiwang.hub.dispatch.types import CaseFacts, Condition, Rule


def first_match(rules: Sequence[Rule], facts: CaseFacts) -> Rule | None:
    """The first usable rule whose every condition holds, or None."""
    return next((rule for rule in rules if not rule.problem and applies(rule.condition, facts)), None)


def applies(condition: Condition, facts: CaseFacts) -> bool:
    """Whether every given part of the condition holds."""
    checks = (
        not condition.categories or facts.category_id in condition.categories,
        not condition.areas or bool(condition.areas.intersection(facts.area_path)),
        not condition.matters or facts.matter_type in condition.matters,
        not condition.channels or facts.channel in condition.channels,
        not condition.days or facts.local_time.isoweekday() in condition.days,
        condition.hours is None or _within(facts.local_time.time(), *condition.hours),
    )
    return all(checks)


def _within(moment: time, start: time, end: time) -> bool:
    # "22:00 to 06:00" runs over midnight.
    return start <= moment < end if start <= end else moment >= start or moment < end
