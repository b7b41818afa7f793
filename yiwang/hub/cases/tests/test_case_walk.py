"""A case moves only as its states allow, each move with its event, leaf and message; nobody overwrites anybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, ActorKind, Grant, Scope, Viewer
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases import errors, services
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.selectors import count_cases, get_case, get_tracking, list_cases
from yiwang.hub.cases.texts import event_label
from yiwang.hub.cases.types import Basis, CaseFilter, CaseOrder, CasePermission, CaseState, Verdict
from yiwang.network.intake.selectors import get_report
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BY_HAND = Basis("person", None, {"reason": "known place"})
ALL = frozenset(CasePermission)


def open_one(text="莲花路12号的路灯不亮了", **values):
    contact = ContactDetails("王五", "", "wang@example.invalid")
    receipt = receive_report(NewReport(text=text, contact=contact, **values), viewer=ANONYMOUS, now=NOW)
    return services.open_case(receipt.report_id, now=NOW), receipt.report_id


@pytest.fixture
def units(city):
    return list_units(on=NOW.date())[:2]


@pytest.fixture
def dispatched(units):
    case_id, report_id = open_one()
    services.assign_case(case_id, units[0].id, basis=BY_HAND, viewer=SYSTEM, now=NOW)
    return case_id, report_id


def kinds(case_id):
    return list(CaseEvent.objects.filter(case_id=case_id).order_by("id").values_list("kind", flat=True))


def messages(value="number"):
    """(template, beginning of a value) of every queued message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT template, values ->> %s FROM messaging_message ORDER BY id", [value])
        return [(template, text[:2] if value == "number" else text) for template, text in cursor.fetchall()]


def clerk_of(unit, permissions=ALL):
    return Viewer(kind=ActorKind.USER, grants=(Grant(permissions, Scope(unit_ids=frozenset({unit.id}))),))


def test_opening_twice_makes_one_case_and_one_message(city):
    case_id, report_id = open_one()
    assert services.open_case(report_id, now=NOW) == case_id
    assert kinds(case_id) == ["opened"]
    assert messages() == [("case_opened", "TL")]


def test_an_unknown_matter_type_counts_as_the_default_and_says_so(city):
    case_id, _ = open_one()
    case = get_case(case_id, viewer=SYSTEM, now=NOW)
    assert case.deadline["is_default_type"]
    assert case.deadline["document"]
    assert case.row.due_at > NOW


def test_the_whole_walk_leaves_events_leaves_and_messages(dispatched, units):
    case_id, report_id = dispatched
    services.sign_case(case_id, viewer=clerk_of(units[0]), now=NOW)
    services.start_handling(case_id, viewer=clerk_of(units[0]), now=NOW)
    services.reply_case(case_id, "灯泡已更换", viewer=clerk_of(units[0]), now=NOW)
    services.close_case(case_id, viewer=clerk_of(units[0]), now=NOW)
    expected = ["opened", "assigned", "signed", "handling_started", "replied", "closed"]
    assert kinds(case_id) == expected
    assert [leaf.action for leaf in list_leaves(case_id, viewer=SYSTEM)] == [f"cases.{kind}" for kind in expected]
    assert sorted(template for template, _ in messages()) == ["case_assigned", "case_opened", "case_replied"]
    tracking = get_tracking(get_report(report_id, viewer=SYSTEM), viewer=ANONYMOUS, now=NOW)
    assert (tracking.stage, tracking.reply, tracking.can_rate) == ("closed", "灯泡已更换", True)


@pytest.mark.parametrize("move", ["close_case", "start_handling"])
def test_a_move_the_state_does_not_allow_is_refused_with_a_sentence(dispatched, move):
    with pytest.raises(errors.MoveNotAllowed, match="TL2611"):
        getattr(services, move)(dispatched[0], viewer=SYSTEM, now=NOW)
    assert kinds(dispatched[0]) == ["opened", "assigned"]


def test_acting_on_an_old_view_is_refused_and_names_what_happened(dispatched):
    case_id, _ = dispatched
    seen = get_case(case_id, viewer=SYSTEM, now=NOW).version
    services.sign_case(case_id, viewer=SYSTEM, now=NOW, expected_version=seen)
    with pytest.raises(errors.CaseChanged) as refused:
        services.start_handling(case_id, viewer=SYSTEM, now=NOW, expected_version=seen)
    assert refused.value.params["action"] == event_label("signed")


def test_a_reply_and_a_reopening_need_words(dispatched):
    case_id, _ = dispatched
    services.sign_case(case_id, viewer=SYSTEM, now=NOW)
    with pytest.raises(errors.ReplyMissing):
        services.reply_case(case_id, "  ", viewer=SYSTEM, now=NOW)
    services.reply_case(case_id, "好", viewer=SYSTEM, now=NOW)
    with pytest.raises(errors.ReasonMissing):
        services.reopen_case(case_id, reason=" ", viewer=SYSTEM, now=NOW)


def test_the_reporter_says_no_and_the_case_is_taken_up_again_with_a_new_clock(dispatched):
    case_id, report_id = dispatched
    services.sign_case(case_id, viewer=SYSTEM, now=NOW)
    services.reply_case(case_id, "已处理", viewer=SYSTEM, now=NOW)
    later = NOW + timedelta(days=30)
    with pytest.raises(errors.ReasonMissing):
        services.rate_case(report_id, Verdict.UNSOLVED, comment="", viewer=ANONYMOUS, now=later)
    services.rate_case(report_id, Verdict.UNSOLVED, comment="还是不亮", viewer=ANONYMOUS, now=later)
    case = get_case(case_id, viewer=SYSTEM, now=later)
    assert case.row.state is CaseState.REOPENED
    assert case.verdict is Verdict.UNSOLVED
    assert case.row.due_at > later


def test_reclassifying_moves_the_due_date_tells_the_resident_and_needs_a_reason(dispatched):
    case_id, _ = dispatched
    before = get_case(case_id, viewer=SYSTEM, now=NOW)
    shortest = "inquiry"
    values = {"category_id": before.row.category_id, "matter_type": shortest, "viewer": SYSTEM, "now": NOW}
    with pytest.raises(errors.ReasonMissing):
        services.reclassify_case(case_id, reason="", **values)
    services.reclassify_case(case_id, reason="只是咨询", **values)
    after = get_case(case_id, viewer=SYSTEM, now=NOW)
    assert after.row.due_at < before.row.due_at
    assert not after.deadline["is_default_type"]
    assert ("case_reclassified", "只是咨询") in messages("reason")
    with pytest.raises(errors.NothingChanged):
        services.reclassify_case(case_id, reason="once more", **values)


def test_a_unit_sees_and_moves_only_its_own_cases(dispatched, units):
    case_id, _ = dispatched
    stranger = clerk_of(units[1])
    with pytest.raises(errors.CaseNotFound):
        get_case(case_id, viewer=stranger, now=NOW)
    with pytest.raises(errors.CaseNotFound):
        services.sign_case(case_id, viewer=stranger, now=NOW)
    assert list_cases(CaseFilter(), viewer=stranger, now=NOW).rows == []
    assert count_cases(CaseFilter(text="路灯"), viewer=stranger, now=NOW) == 0
    with pytest.raises(NotPermitted):
        services.sign_case(case_id, viewer=clerk_of(units[0], frozenset({CasePermission.VIEW})), now=NOW)


def test_hidden_identity_stays_hidden_from_the_unit(units):
    case_id, _ = open_one(hide_identity=True)
    services.assign_case(case_id, units[0].id, basis=BY_HAND, viewer=SYSTEM, now=NOW)
    assert get_case(case_id, viewer=clerk_of(units[0]), now=NOW).contact_id is None
    assert get_case(case_id, viewer=SYSTEM, now=NOW).contact_id is not None


def test_lists_page_filter_and_search(units):
    cases = [open_one(f"第{i}号井盖松动 manhole {i}")[0] for i in range(5)]
    first = list_cases(CaseFilter(), viewer=SYSTEM, now=NOW, size=3)
    second = list_cases(CaseFilter(), viewer=SYSTEM, now=NOW, size=3, cursor=first.next_cursor)
    assert [row.id for row in [*first.rows, *second.rows]] == cases[::-1]
    assert second.next_cursor is None
    found = list_cases(CaseFilter(text="井盖 MANHOLE 3"), viewer=SYSTEM, now=NOW)
    assert [row.id for row in found.rows] == [cases[3]]
    soonest = list_cases(CaseFilter(order=CaseOrder.DUE), viewer=SYSTEM, now=NOW, size=2)
    assert [row.id for row in soonest.rows] == cases[:2]
    later = NOW + timedelta(days=60)
    assert count_cases(CaseFilter(is_overdue=True), viewer=SYSTEM, now=later) == 5
    category = list_codes(CodeKind.CATEGORY, on=NOW.date())[0]
    assert count_cases(CaseFilter(category_id=category.id), viewer=SYSTEM, now=NOW) == 0
    assert count_cases(replace(CaseFilter(), states=(CaseState.REGISTERED,)), viewer=SYSTEM, now=NOW) == 5


def test_the_history_of_a_case_cannot_be_rewritten(dispatched):
    for change in ("UPDATE {} SET detail = '{{}}'", "DELETE FROM {}"):
        for table in ("cases_caseevent", "audit_auditleaf"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change.format(table))
    assert Case.objects.count() == 1
