"""Codes, ids and moments in the reader's words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from yiwang.body.desk.types import Due
from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.selectors import path_of as category_path_of
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.orgs.selectors import find_unit
from yiwang.foundation.places.selectors import path_of as area_path_of
from yiwang.hub.cases.selectors import OPEN
from yiwang.hub.cases.types import CaseRow, CaseState

BETWEEN = " › "
DAY_S = 86400
# Beyond this a date says more than "47 days ago".
RELATIVE_FOR = timedelta(days=14)
# What is said with a length of time.
SENTENCES = {"ago": _("%(span)s ago"), "overdue": _("%(span)s overdue"), "left": _("%(span)s left")}

STATE_TONES = {
    CaseState.REGISTERED: "attention",
    CaseState.DISPATCHED: "neutral",
    CaseState.SIGNED: "info",
    CaseState.HANDLING: "info",
    CaseState.REPLIED: "success",
    CaseState.CLOSED: "muted",
    CaseState.REOPENED: "attention",
    CaseState.UNKNOWN: "muted",
}


def language() -> str:
    """The reader's language, as a key of names."""
    return get_language() or "en"


def unit_name(unit_id: UUID | None) -> str:
    """The name of a unit; empty for none."""
    unit = find_unit(unit_id)
    return pick(unit.names, language()) if unit else ""


def category_path(category_id: UUID | None) -> str:
    """A category with its groups: ``Roads › Lighting``; empty for none."""
    return BETWEEN.join(pick(code.names, language()) for code in category_path_of(category_id))


def area_path(area_id: UUID | None) -> str:
    """A place from its district down; the city itself, which everybody knows, only where there is nothing below."""
    path = area_path_of(area_id)
    return BETWEEN.join(pick(area.names, language()) for area in (path[1:] or path))


def code_name(kind: CodeKind, code: str | None) -> str:
    """The name of an entry of a code list; the bare code where the list does not know it; empty for none."""
    row = find_code(kind, code) if code else None
    return pick(row.names, language()) if row else code or ""


def source_name(source: str) -> str:
    """Where a case came from: our own reports, or the system it was imported from."""
    return gettext("Reports to this platform") if source == "report" else source


def listed(words: Iterable[str]) -> str:
    """Several things in one line, parted as the reader's language parts them."""
    return pgettext("between the things of a list", ", ").join(words)


def span(delta: timedelta) -> str:
    """A length of time, roughly: minutes below an hour, hours below two days, else days."""
    return _said(language(), "span", *_rounded(delta))


def _rounded(delta: timedelta) -> tuple[str, int]:
    seconds = abs(delta.total_seconds())
    if seconds >= 2 * DAY_S:
        return "days", int(seconds // DAY_S)
    if seconds >= 3600:
        return "hours", int(seconds // 3600)
    return "minutes", max(1, int(seconds // 60))


@lru_cache(maxsize=4096)
def _said(tongue: str, what: str, unit: str, n: int) -> str:
    """A page says a hundred lengths of time, most of them the same. ``tongue`` is the reader's language."""
    if what != "span":
        return str(SENTENCES[what]) % {"span": _said(tongue, "span", unit, n)}
    if unit == "days":
        return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    if unit == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}


def exact(moment: datetime) -> str:
    """Date and time in the city's time, to the minute."""
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def ago(moment: datetime, *, now: datetime) -> str:
    """How long ago; the date where that says more."""
    if timedelta(0) <= now - moment <= RELATIVE_FOR:
        return _said(language(), "ago", *_rounded(now - moment))
    return f"{localtime(moment):%Y-%m-%d}"


def describe_due(row: CaseRow, *, now: datetime) -> Due | None:
    """How the deadline of a case stands; None where it has none."""
    if row.due_at is None:
        return None
    if row.state in OPEN:
        return _running(row.received_at, row.due_at, now)
    if row.closed_at is None:
        return Due(gettext("due %(date)s") % {"date": f"{localtime(row.due_at):%Y-%m-%d}"}, "muted")
    late = row.closed_at - row.due_at
    if late > timedelta(0):
        return Due(gettext("closed %(span)s late") % {"span": span(late)}, "attention")
    return Due(gettext("closed in time"), "muted")


def _running(received_at: datetime, due_at: datetime, now: datetime) -> Due:
    left, total = due_at - now, max(due_at - received_at, timedelta(minutes=1))
    if left < timedelta(0):
        return Due(_said(language(), "overdue", *_rounded(left)), "danger")
    is_close = left < timedelta(days=1) or left < total / 5
    used_h, total_h = (total - left).total_seconds() / 3600, total.total_seconds() / 3600
    return Due(_said(language(), "left", *_rounded(left)), "attention" if is_close else "info", used_h, total_h)
