"""Who is told what when a case moves: one outbox row per recipient and event."""

from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import override

from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.packs.selectors import get_city
from yiwang.hub.cases.models import Case
from yiwang.network.intake.selectors import get_report_link
from yiwang.network.messaging.services import send_message
from yiwang.network.messaging.types import NewMessage, RecipientKind


def tell_reporter(
    case: Case,
    template: str,
    *,
    event_id: UUID,
    now: datetime,
    reason: str = "",
    link: tuple[str, str] | None = None,
) -> None:
    """Queues a message to the reporter, in their language, if they left a way to reach them.

    ``link`` is the report's receipt and tracking address, for callers that have read the report.
    """
    if case.contact_id is None or case.report_id is None:
        return
    receipt, track_url = link or get_report_link(case.report_id)
    values = {
        "number": case.number,
        "receipt": receipt,
        "track_url": track_url,
        "due": _day(case.due_at, case.language),
        "reason": reason,
    }
    send_message(
        NewMessage(f"{template}:{event_id}", RecipientKind.CONTACT, case.contact_id, template, values, case.language),
        now=now,
    )


def tell_unit(case: Case, template: str, *, event_id: UUID, now: datetime) -> None:
    """Queues a message to the unit that has the case now."""
    if case.unit_id is None:
        return
    language = get_city().default_language
    values = {
        "number": case.number,
        "title": case.title,
        "due": _day(case.due_at, language),
        "desk_url": f"{get_settings().public_url}/desk/cases/{case.number}",
    }
    send_message(
        NewMessage(f"{template}:{event_id}", RecipientKind.UNIT, case.unit_id, template, values, language), now=now
    )


def _day(moment: datetime | None, language: str) -> str:
    if moment is None:
        return ""
    with override(language):
        return date_format(moment.astimezone(get_city().time_zone), "DATE_FORMAT")
