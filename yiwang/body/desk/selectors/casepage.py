"""The page of one case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.explaining import clock_sentences, dispatch_sentences, event_entry
from yiwang.body.desk.selectors.provenance import list_provenance
from yiwang.body.desk.selectors.wording import (
    area_path,
    category_path,
    code_name,
    describe_due,
    exact,
    language,
    source_name,
    unit_name,
)
from yiwang.body.desk.types import CasePage, Entry, MapView, SentMessage
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.files.selectors import list_files
from yiwang.foundation.identity.selectors import get_user_names
from yiwang.foundation.kernel.viewer import SYSTEM, Secrecy, Viewer
from yiwang.foundation.people.selectors import find_person_id, get_masked_contact
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.selectors import list_districts
from yiwang.foundation.places.selectors import path_of as area_path_of
from yiwang.hub.cases.errors import CaseNotFound
from yiwang.hub.cases.selectors import OPEN, find_case_id_by_number, get_case, list_case_messages
from yiwang.hub.cases.types import CaseDetail, Verdict, event_label, secrecy_label
from yiwang.network.intake.selectors import get_report_link
from yiwang.network.messaging.types import MessageRow, MessageState, RecipientKind

MESSAGE_TONES = {
    MessageState.QUEUED: "attention",
    MessageState.SENT: "success",
    MessageState.FAILED: "danger",
    MessageState.SKIPPED: "muted",
}


def get_case_by_number(number: str, *, viewer: Viewer, now: datetime) -> CaseDetail:
    """The visible case with this number, receipt or external number. Raises NotPermitted and CaseNotFound."""
    case_id = find_case_id_by_number(number, viewer=viewer)
    if case_id is None:
        raise CaseNotFound
    return get_case(case_id, viewer=viewer, now=now)


def get_case_page(
    case: CaseDetail, *, viewer: Viewer, now: datetime, contact: ContactDetails | None = None
) -> CasePage:
    """All the page of a case shows.

    ``contact`` is the reporter's contact in clear, read and recorded by the caller; without it the masked one is shown.
    """
    if contact is None and case.contact_id is not None:
        contact = get_masked_contact(case.contact_id, at=case.place, viewer=viewer)
    return CasePage(
        case=case,
        facts=_facts(case),
        due=describe_due(case.row, now=now),
        clock=clock_sentences(case),
        dispatch=dispatch_sentences(case),
        history=_history(case),
        messages=[_message(message) for message in list_case_messages(case.row.id, viewer=viewer)],
        contact=contact,
        person_id=find_person_id(case.contact_id, viewer=SYSTEM) if case.contact_id else None,
        files=list_files("report", case.report_id) if case.report_id else [],
        map=_map(case, now),
        imported=list_provenance(case.imported),
    )


def _facts(case: CaseDetail) -> list[tuple[str, str | SafeString]]:
    row = case.row
    verdicts = {Verdict.SOLVED: _("solved, says the reporter"), Verdict.UNSOLVED: _("not solved, says the reporter")}
    facts = [
        (_("Category"), category_path(row.category_id)),
        (_("Matter type"), code_name(CodeKind.MATTER_TYPE, row.matter_type)),
        (_("Area"), area_path(row.area_id)),
        (_("Address"), row.address),
        (_("Responsible unit"), unit_name(row.unit_id) or (_("not dispatched yet") if row.state in OPEN else "")),
        (_("Received"), exact(row.received_at)),
        (_("Channel"), code_name(CodeKind.CHANNEL, row.channel)),
    ]
    told = [(term, value or _unknown()) for term, value in facts]
    receipt = get_report_link(case.report_id)[0] if case.report_id else ""
    extra = [
        (_("Receipt"), receipt),
        (_("Source"), source_name(row.source) if row.source != "report" else ""),
        (_("External number"), case.external_id or ""),
        (_("Occurred at"), exact(case.occurred_at) if case.occurred_at else ""),
        (_("Closed at"), exact(row.closed_at) if row.closed_at else ""),
        (_("Who may know of it"), secrecy_label(case.place.secrecy) if case.place.secrecy is not Secrecy.NONE else ""),
        (_("Verdict"), str(verdicts[case.verdict]) if case.verdict else ""),
    ]
    return told + [(term, value) for term, value in extra if value]


def _unknown() -> SafeString:
    return format_html('<span class="muted">{}</span>', _("not known"))


def _history(case: CaseDetail) -> Sequence[Entry]:
    actor_ids: list[UUID] = [event.actor_id for event in case.events if event.actor_id]
    names = get_user_names(actor_ids, language=language()) if actor_ids else {}
    return [event_entry(event, names) for event in reversed(case.events)]


def _message(message: MessageRow) -> SentMessage:
    states = {
        MessageState.QUEUED: _("waiting to be sent"),
        MessageState.SENT: _("sent"),
        MessageState.FAILED: _("could not be sent"),
        MessageState.SKIPPED: _("not sent: no address"),
    }
    is_resident = message.recipient_kind is RecipientKind.CONTACT
    return SentMessage(
        at=message.sent_at or message.queued_at,
        # The hub names its messages after the event they tell of.
        about=event_label(message.template.removeprefix("case_")),
        recipient=_("the reporter") if is_resident else _("the unit"),
        state=str(states[message.state]),
        tone=MESSAGE_TONES[message.state],
        error=message.last_error if message.state is MessageState.FAILED else "",
    )


def _map(case: CaseDetail, now: datetime) -> MapView | None:
    if case.lon is None or case.lat is None:
        return None
    path = area_path_of(case.row.area_id)
    if path:
        return MapView(case.lon, case.lat, path[min(2, len(path) - 1)].level)
    districts = list_districts(on=now.date())
    return MapView(case.lon, case.lat, districts[0].level) if districts else None
