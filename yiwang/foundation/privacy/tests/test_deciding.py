"""A person decides about each finding; until then, and after any change of the text, it is masked."""

from uuid import UUID

import pytest

from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Forbidden
from yiwang.foundation.kernel.viewer import SYSTEM, ActorKind, Grant, Place, Scope, Viewer
from yiwang.foundation.privacy.errors import TextsChanged, WaiverReasonMissing, WordsNotFound
from yiwang.foundation.privacy.selectors import mask_texts, review_texts, seen_of
from yiwang.foundation.privacy.services import decide_findings, erase_decisions_before, mark_words
from yiwang.foundation.privacy.types import Choice, Decision

pytestmark = pytest.mark.django_db
SUBJECT = ("case", UUID(int=7))
TEXTS = {"text": "我叫王小明，电话13800138000，找物业李姐", "reply": "已联系王小明，李姐道歉"}
ACCEPTED, WAIVED = Choice(Decision.ACCEPTED), Choice(Decision.WAIVED, "公开的热线")
NAME, PHONE = "text.name.2.5", "text.mobile.8.19"


def decide(choices, *, texts=TEXTS, seen=None, viewer=SYSTEM):
    where = {"seen": seen or seen_of(texts), "at": Place(), "viewer": viewer, "now": now()}
    return decide_findings(SUBJECT, texts, choices, **where)


def mark(*words, viewer=SYSTEM):
    return mark_words(SUBJECT, TEXTS, words, seen=seen_of(TEXTS), at=Place(), viewer=viewer, now=now())


def review(texts=TEXTS):
    return {finding.key: finding.decision for finding in review_texts(*SUBJECT, texts)}


def public(texts=TEXTS):
    return mask_texts(texts, review_texts(*SUBJECT, texts))


def test_what_nobody_has_decided_is_masked():
    assert review() == {NAME: None, PHONE: None}
    assert public()["text"] == "我叫***，电话***，找物业李姐"


def test_accepted_is_masked_and_waived_is_shown_and_both_are_leaves():
    assert decide({NAME: ACCEPTED, PHONE: WAIVED}) == 2
    assert review() == {NAME: Decision.ACCEPTED, PHONE: Decision.WAIVED}
    assert public()["text"] == "我叫***，电话13800138000，找物业李姐"
    told = [(leaf.action, leaf.reason, leaf.detail) for leaf in list_leaves(SUBJECT[1], viewer=SYSTEM)]
    assert ("privacy.accepted", "", {"kind": "name", "part": "text"}) in told
    assert ("privacy.waived", "公开的热线", {"kind": "mobile", "part": "text"}) in told
    assert "13800138000" not in str(told) and "王小明" not in str(told)


def test_a_decision_is_changed_once_and_repeating_it_changes_nothing():
    decide({PHONE: WAIVED})
    assert decide({PHONE: WAIVED}) == 0
    assert decide({PHONE: ACCEPTED}) == 1
    assert public()["text"].count("***") == 2
    assert len(list_leaves(SUBJECT[1], viewer=SYSTEM)) == 2


def test_showing_needs_a_reason_and_then_nothing_is_kept():
    with pytest.raises(WaiverReasonMissing) as refused:
        decide({NAME: ACCEPTED, PHONE: Choice(Decision.WAIVED, "  ")})
    assert "13800138000" in refused.value.message and refused.value.errors[0][0] == PHONE
    assert set(review().values()) == {None}


def test_another_text_is_another_question():
    decide({NAME: WAIVED, PHONE: WAIVED})
    changed = {**TEXTS, "text": TEXTS["text"] + "。"}
    assert set(review(changed).values()) == {None}
    with pytest.raises(TextsChanged):
        decide({NAME: ACCEPTED}, texts=changed, seen=seen_of(TEXTS))
    with pytest.raises(TextsChanged):
        decide({"text.name.0.3": ACCEPTED})


def test_a_person_marks_what_the_scan_cannot_know_wherever_it_stands():
    assert mark("李姐", " 王小明 ") == 4
    assert public() == {"text": "我叫***，电话***，找物业***", "reply": "已联系***，***道歉"}
    with pytest.raises(WordsNotFound) as refused:
        mark("李姐", "张三")
    assert "张三" in refused.value.message
    key = next(key for key in review() if key.startswith("reply.by_hand"))
    decide({key: WAIVED})
    assert "王小明" in public()["reply"]


def test_what_overlaps_becomes_one_mask():
    mark("明，电话138")
    assert public()["text"] == "我叫***，找物业李姐"


@pytest.mark.parametrize("permissions", [frozenset(), frozenset({"privacy.decide"})])
def test_only_who_may_decide_there_decides(permissions):
    elsewhere = Scope(unit_ids=frozenset({UUID(int=1)}))
    viewer = Viewer(ActorKind.USER, UUID(int=2), grants=(Grant(permissions, elsewhere),))
    with pytest.raises(Forbidden):
        decide({NAME: ACCEPTED}, viewer=viewer)
    with pytest.raises(Forbidden):
        mark("李姐", viewer=viewer)


def test_decisions_end_with_their_time():
    moment = now()
    decide({NAME: ACCEPTED, PHONE: WAIVED})
    assert erase_decisions_before(moment, 10) == 0
    assert (erase_decisions_before(now(), 10), erase_decisions_before(now(), 10)) == (2, 0)
    assert set(review().values()) == {None}
