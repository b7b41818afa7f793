"""The trail is read by those who may: of a case by who sees the case, of everything by audit administrators."""

import csv
from io import StringIO

import pytest
from django.test import Client

from yiwang.foundation.audit.selectors import count_leaves
from yiwang.foundation.identity.services import create_demo_accounts, save_roles
from yiwang.foundation.identity.types import NewAccount, NewRole
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(staff):
    save_roles([NewRole("test_audit", {"en": "Auditor"}, frozenset({"audit.view"}))], viewer=SYSTEM, now=now())
    new = NewAccount("t.audit", {"en": "Zheng the auditor"}, ("test_audit",))
    account = create_demo_accounts([new], viewer=SYSTEM, now=now(), language="en")[0]
    browser = Client(headers={"accept-language": "en"})
    browser.post("/desk/login", {"username": account.username, "password": account.password})
    return browser


def test_the_trail_of_a_case_says_who_did_what_when_and_why(staff, new_case):
    case = new_case()
    address = f"/desk/cases/{case.row.number}"
    staff.operator.post(f"{address}/contact", {"version": 1, "reason": "电话核实地址"})
    page = staff.operator.get(f"{address}/trail").text
    for words in (
        "Wang the operator",
        "A resident&#x27;s contact data was read",
        "电话核实地址",
        "somebody who had not",
    ):
        assert words in page, words
    assert staff.handler.get(f"{address}/trail").status_code == 404, "not a case of this unit"


def test_an_auditor_finds_what_somebody_did_and_the_search_is_itself_in_the_trail(staff, auditor, new_case):
    case = new_case()
    staff.operator.post(f"/desk/cases/{case.row.number}/contact", {"version": 1, "reason": "回访"})
    before = count_leaves("audit.searched", viewer=SYSTEM)
    found = auditor.get(f"/desk/audit?case={case.row.number}&actor=t.operator")
    assert [line.why for line in found.context["lines"]] == ["回访"]
    assert count_leaves("audit.searched", viewer=SYSTEM) == before + 1
    everything = auditor.get("/desk/audit?action=people.contact_read").context["lines"]
    assert {line.what for line in everything} == {"A resident's contact data was read"}
    assert "Nothing found" in auditor.get("/desk/audit?until=2001-01-01").text


def test_a_wrong_filter_is_told_and_finds_nothing(auditor):
    for query, words in (("case=C0", "no case with this number"), ("actor=nobody", "no account"), ("since=x", "date")):
        answer = auditor.get(f"/desk/audit?{query}")
        assert answer.status_code == 422 and words in answer.text and not answer.context["lines"], query


def test_older_pages_follow_without_a_gap(auditor, new_case):
    for _number in range(30):
        new_case()
    first = auditor.get("/desk/audit")
    second = auditor.get(f"/desk/audit{first.context['next_url']}")
    numbers = [line.seq for page in (first, second) for line in page.context["lines"]]
    assert len(numbers) > 50 and sorted(numbers, reverse=True) == numbers and len(set(numbers)) == len(numbers)


def test_the_trail_is_exported_and_that_is_in_the_trail(auditor, new_case):
    case = new_case(text="=HYPERLINK 路灯")
    answer = auditor.get(f"/desk/audit.csv?case={case.row.number}")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert {row["action"] for row in rows} >= {"intake.report_received", "cases.opened"}
    assert count_leaves("audit.exported", viewer=SYSTEM) == 1


def test_nobody_else_sees_the_whole_trail(staff):
    for browser in (staff.operator, staff.technician, staff.handler):
        assert browser.get("/desk/audit").status_code == 403
        assert browser.get("/desk/audit.csv").status_code == 403
