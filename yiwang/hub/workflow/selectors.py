from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from yiwang.foundation.calendars.selectors import get_calendar
from yiwang.foundation.calendars.types import CountRule, Unit
from yiwang.foundation.codes.selectors import get_default, list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.hub.workflow.errors import ClockMissing
from yiwang.hub.workflow.models import ClockLimit
from yiwang.hub.workflow.types import ClockKind, ClockRule, Deadline


def _load() -> Mapping[tuple[str, str], list[ClockRule]]:
    rules: dict[tuple[str, str], list[ClockRule]] = {}
    for row in ClockLimit.objects.order_by("valid_from"):
        rule = ClockRule(
            kind=ClockKind(row.kind),
            matter_type=row.matter_type,
            amount=row.amount,
            unit=row.unit,
            count_rule=row.count_rule,
            document=row.document,
            article=row.article,
            valid_from=row.valid_from,
        )
        rules.setdefault((row.kind, row.matter_type), []).append(rule)
    return rules


_limits = Snapshot("workflow", _load)


def get_deadline(kind: ClockKind, matter_type: str | None, *, started_at: datetime) -> Deadline:
    """When work that started at ``started_at`` is due. An unknown matter type counts as the city's default type.

    Raises ClockMissing. A rule that came into force after ``started_at`` is used only where no earlier one exists.
    """
    default = get_default(CodeKind.MATTER_TYPE).code
    rule = _find(kind, matter_type, started_at) if matter_type else None
    is_default_type = rule is None
    rule = rule or _find(kind, default, started_at)
    if rule is None:
        raise ClockMissing(kind=kind.value, matter_type=matter_type or default)
    calendar = get_calendar()
    due_at = calendar.add(started_at, rule.amount, Unit(rule.unit), CountRule(rule.count_rule))
    return Deadline(due_at, rule, is_default_type, calendar.covers(started_at) and calendar.covers(due_at))


def list_clock_rules(kind: ClockKind, *, on: date) -> Sequence[ClockRule]:
    """The rule in force on ``on`` for each matter type that has one, in the order of the city's list."""
    moment = datetime.combine(on, time.max, tzinfo=UTC)
    rules = (_find(kind, code.code, moment) for code in list_codes(CodeKind.MATTER_TYPE, on=on))
    return [rule for rule in rules if rule is not None]


def _find(kind: ClockKind, matter_type: str, started_at: datetime) -> ClockRule | None:
    rules = _limits.get().get((kind.value, matter_type), [])
    in_force = [rule for rule in rules if rule.valid_from is None or rule.valid_from <= started_at.date()]
    return in_force[-1] if in_force else (rules[0] if rules else None)
