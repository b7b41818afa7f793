from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions


class ClockKind(StrEnum):
    HANDLE = "handle"


@dataclass(frozen=True)
class ClockRule:
    """How long one kind of work may take for one matter type, and where that is written.

    ``unit`` and ``count_rule`` are the words of ``calendars`` (working_days, calendar_days, hours …).
    """

    kind: ClockKind
    matter_type: str
    amount: int
    unit: str
    count_rule: str
    document: str
    article: str
    valid_from: date | None = None


@dataclass(frozen=True)
class Deadline:
    """A due moment together with the rule it follows from and the calendar it was counted in."""

    due_at: datetime
    rule: ClockRule
    is_default_type: bool
    calendar_covers: bool


register_actions({"workflow.clocks_saved": _("Time limits were changed")})
