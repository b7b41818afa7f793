"""Rules decide what is clear and say why; what is unclear waits for people, who see the reason."""

from datetime import UTC, datetime

import pytest

from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import open_case
from yiwang.hub.cases.types import CaseState
from yiwang.hub.dispatch.errors import RuleInvalid
from yiwang.hub.dispatch.models import DispatchRule
from yiwang.hub.dispatch.selectors import list_rules
from yiwang.hub.dispatch.services import dispatch_case, save_rules
from yiwang.hub.dispatch.types import NewRule
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def dispatch(text):
    report_id = receive_report(NewReport(text=text), viewer=ANONYMOUS, now=NOW).report_id
    case_id = open_case(report_id, now=NOW)
    for _ in range(2):
        dispatch_case(case_id, now=NOW)
    return get_case(case_id, viewer=SYSTEM, now=NOW)


def test_clear_words_send_a_case_to_a_unit_with_the_rule_and_the_words(city):
    case = dispatch("小区门口的路灯不亮了，路灯坏了好几天，晚上很黑")
    assert case.row.state is CaseState.DISPATCHED
    assert case.row.unit_id
    assert case.row.category_id
    assert case.dispatch_note["rule"] in {rule.key for rule in list_rules()}
    assert "路灯" in case.dispatch_note["words"]
    assert [event.kind for event in case.events] == ["opened", "assigned"]


def test_what_no_rule_knows_waits_for_the_operators_with_the_reason(city):
    case = dispatch("你好，请问一下")
    assert case.row.state is CaseState.REGISTERED
    assert case.row.unit_id is None
    assert case.dispatch_note["recognition"] == "none"
    assert [event.kind for event in case.events] == ["opened", "left_to_operators"]


def test_a_rule_whose_unit_vanished_is_set_aside_and_the_next_one_decides(city):
    DispatchRule.objects.create(
        key="broken", position=0, names={"en": "Broken"}, condition={}, target={"unit": "GONE"}, pack="test"
    )
    Snapshot.forget_all()
    case = dispatch("小区门口的路灯不亮了，路灯坏了好几天，晚上很黑")
    assert case.dispatch_note["rule"] != "broken"
    assert "GONE" in next(rule.problem for rule in list_rules() if rule.key == "broken")


def test_a_rule_that_names_nothing_real_is_refused_when_it_is_saved(city):
    rule = NewRule("new", 1, {"en": "New"}, {"categories": ["no-such"]}, {"unit": "GONE"}, {})
    with pytest.raises(RuleInvalid, match="new"):
        save_rules([rule], pack="test", viewer=SYSTEM, now=NOW)
    Snapshot.forget_all()


def test_the_decision_is_taken_once(city):
    case = dispatch("小区门口的路灯不亮了，路灯坏了好几天，晚上很黑")
    assert [event.kind for event in case.events].count("assigned") == 1
