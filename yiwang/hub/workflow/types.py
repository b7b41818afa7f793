from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.calendars.types import Unit


class ClockKind(StrEnum):
    """What a clock measures."""

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


def limit_text(amount: int, unit: str) -> str:
    """A limit in words, in the reader's language: “15 working days”. ``unit`` is a word of ``calendars``."""
    texts = {
        Unit.MINUTES: ngettext("%(count)d minute", "%(count)d minutes", amount),
        Unit.HOURS: ngettext("%(count)d hour", "%(count)d hours", amount),
        Unit.WORKING_HOURS: ngettext("%(count)d working hour", "%(count)d working hours", amount),
        Unit.WORKING_DAYS: ngettext("%(count)d working day", "%(count)d working days", amount),
        Unit.CALENDAR_DAYS: ngettext("%(count)d calendar day", "%(count)d calendar days", amount),
    }
    return texts[Unit(unit)] % {"count": amount}


@dataclass(frozen=True)
class Deadline:
    """A due moment together with the rule it follows from and the calendar it was counted in."""

    due_at: datetime
    rule: ClockRule
    is_default_type: bool
    calendar_covers: bool


register_actions({"workflow.clocks_saved": _("Time limits were changed")})
