from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.inserting import insert_once, together
from yiwang.foundation.kernel.numbers import NumberBlock, format_number
from yiwang.foundation.kernel.viewer import SYSTEM, Secrecy
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.places.selectors import find_district_id
from yiwang.hub.cases.events import CaseOpened
from yiwang.hub.cases.models import Case
from yiwang.hub.cases.services.telling import tell_reporter
from yiwang.hub.cases.services.writing import append_event, search_vector
from yiwang.hub.cases.types import CaseState
from yiwang.hub.workflow.selectors import get_deadline
from yiwang.hub.workflow.types import ClockKind, Deadline
from yiwang.network.intake.selectors import get_report, link_of
from yiwang.network.intake.types import ReportRow

numbers = NumberBlock("cases_number_seq")
TITLE_LENGTH = 60


@transaction.atomic
@together()
def open_case(report_id: UUID, *, now: datetime) -> UUID:
    """Turns a received report into exactly one case: registered, its handling clock running since receipt, reporter
    told.

    Safe to repeat: the second time it returns the case there is. Raises ClockMissing and ReportNotFound.
    """
    report = get_report(report_id, viewer=SYSTEM)
    deadline = get_deadline(ClockKind.HANDLE, report.matter_type, started_at=report.received_at)
    case = _new_case(report, deadline, now)
    # Two workers at once: the slower one waits here for the faster one, and finds its case.
    if not insert_once(case):
        return Case.objects.values_list("id", flat=True).get(report_id=report_id)
    event_id = append_event(case, "opened", viewer=SYSTEM, now=now, detail={"due_at": deadline.due_at.isoformat()})
    tell_reporter(case, "case_opened", event_id=event_id, now=now, link=link_of(report))
    publish(CaseOpened(case_id=case.id))
    return case.id


def deadline_facts(deadline: Deadline) -> dict[str, str | int | bool]:
    """What is stored of a deadline so that it can explain itself later."""
    rule = deadline.rule
    return {
        "kind": rule.kind.value,
        "matter_type": rule.matter_type,
        "is_default_type": deadline.is_default_type,
        "amount": rule.amount,
        "unit": rule.unit,
        "count_rule": rule.count_rule,
        "document": rule.document,
        "article": rule.article,
        "calendar_covers": deadline.calendar_covers,
    }


def _new_case(report: ReportRow, deadline: Deadline, now: datetime) -> Case:
    city = get_city()
    day = report.received_at.astimezone(city.time_zone).date()
    number = format_number(city.number_prefix, day, numbers.take())
    title = report.title or first_words(report.text)
    return Case(
        number=number,
        state=CaseState.REGISTERED.value,
        report_id=report.id,
        source="report",
        channel=report.channel,
        language=report.language,
        title=title,
        text=report.text,
        search=search_vector([number, report.receipt, title, report.text, report.address]),
        category_id=report.category_id,
        matter_type=report.matter_type,
        district_id=find_district_id(report.area_id),
        area_id=report.area_id,
        lon=report.lon,
        lat=report.lat,
        address=report.address,
        contact_id=report.contact_id,
        secrecy=Secrecy.HIDE_IDENTITY if report.hide_identity else Secrecy.NONE,
        occurred_at=report.occurred_at,
        received_at=report.received_at,
        registered_at=now,
        due_at=deadline.due_at,
        deadline=deadline_facts(deadline),
    )


def first_words(text: str) -> str:
    """The beginning of a text as the title of a case that was given none."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"
