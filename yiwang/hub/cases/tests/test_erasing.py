"""After their time the words go, and the case's history goes on without them; before, nobody changes it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.cases import services
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.selectors import get_case, get_tracking, list_cases
from yiwang.hub.cases.tests.test_case_walk import NOW, open_one
from yiwang.hub.cases.types import CaseFilter, Verdict
from yiwang.network.intake.selectors import get_report
from yiwang.network.intake.services import erase_reports_before

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def found(words):
    return list_cases(CaseFilter(text=words), viewer=SYSTEM, now=NOW).rows


def test_the_words_of_an_old_case_are_gone_and_its_page_still_stands(city):
    case_id, report_id = open_one("莲花路12号的路灯不亮了")
    Case.objects.filter(id=case_id).update(reply="已修复", state="replied", replied_at=NOW)
    services.rate_case(report_id, Verdict.UNSOLVED, comment="还是不亮", viewer=SYSTEM, now=NOW)
    assert len(found("路灯")) == 1
    assert services.erase_texts_before(NOW, 10) == 0
    assert (services.erase_texts_before(LATER, 10), services.erase_texts_before(LATER, 10)) == (1, 0)
    assert (erase_reports_before(LATER, 10), erase_reports_before(LATER, 10)) == (1, 0)
    detail = get_case(case_id, viewer=SYSTEM, now=NOW)
    assert (detail.text, detail.reply, detail.row.title) == ("", "", "—")
    assert set(CaseEvent.objects.filter(case_id=case_id).values_list("reason", flat=True)) == {""}
    assert found("路灯") == [] and len(found(detail.row.number)) == 1
    tracking = get_tracking(get_report(report_id, viewer=SYSTEM), viewer=SYSTEM, now=NOW)
    assert tracking.text == "" and "reopened" in [step.kind for step in tracking.timeline]


def test_a_title_that_looks_erased_saves_no_words(city):
    case_id, _report_id = open_one("莲花路12号的路灯不亮了")
    Case.objects.filter(id=case_id).update(title="—")
    assert services.erase_texts_before(LATER, 10) == 1
    assert get_case(case_id, viewer=SYSTEM, now=NOW).text == ""


@pytest.mark.parametrize("change", [{"kind": "closed"}, {"reason": "another"}, {"detail": {}, "reason": ""}])
def test_the_history_can_lose_its_words_and_nothing_else(city, change):
    case_id, _report_id = open_one()
    events = CaseEvent.objects.filter(case_id=case_id)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        events.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        events._raw_delete(events.db)
    events.update(reason="")
