"""Plain words point to a category only when they do so clearly."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from yiwang.hub.dispatch.recognition import CategoryWords, Vocabulary, recognise
from yiwang.hub.dispatch.rules import applies, first_match
from yiwang.hub.dispatch.types import CaseFacts, Condition, Rule, Target

ROADS, NOISE, LIGHT, POTHOLE, MUSIC = (UUID(int=i) for i in range(1, 6))
WORDS = Vocabulary(
    [
        CategoryWords((ROADS,), ["道路", "road"]),
        CategoryWords((ROADS, LIGHT), ["路灯", "streetlight"]),
        CategoryWords((ROADS, POTHOLE), ["坑洼", "pothole"]),
        CategoryWords((NOISE, MUSIC), ["广场舞", "噪音"]),
    ]
)
FACTS = CaseFacts(
    category_id=LIGHT,
    area_path=(UUID(int=10), UUID(int=11)),
    area_levels={"district": UUID(int=10), "street": UUID(int=11)},
    matter_type="complaint",
    channel="web",
    local_time=datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
)


def test_clear_words_are_recognised_and_named():
    found = recognise("路灯不亮", "门口的路灯坏了一周", WORDS)
    assert (found.outcome, found.category_id, found.words) == ("clear", LIGHT, ("路灯",))


def test_english_words_are_recognised_in_any_case():
    assert recognise("", "The STREETLIGHT is dark, the streetlight again", WORDS).category_id == LIGHT


def test_rivals_of_the_same_group_do_not_make_it_unclear():
    assert recognise("路灯", "路灯不亮，路面坑洼", WORDS).outcome == "clear"


def test_words_of_two_groups_are_left_to_people():
    found = recognise("", "路灯坏了，广场舞也吵", WORDS)
    assert found.outcome == "ambiguous"
    assert found.category_id is None
    assert found.rivals


def test_latin_words_count_only_as_whole_words():
    assert recognise("", "abroad, broadroad, potholed", WORDS).outcome == "none"
    assert recognise("", "streetlights and potholes", WORDS).outcome == "clear"
    assert recognise("", "the streetlight在门口", WORDS).category_id == LIGHT


def test_what_speaks_for_a_parent_speaks_for_the_child():
    found = recognise("道路路灯", "道路两侧路灯不亮", WORDS)
    assert found.category_id == LIGHT
    assert found.words == ("路灯", "道路")


def test_no_words_no_category():
    assert recognise("你好", "请问一下", WORDS).outcome == "none"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition(), True),
        (Condition(categories=frozenset({LIGHT})), True),
        (Condition(categories=frozenset({MUSIC})), False),
        (Condition(areas=frozenset({UUID(int=10)})), True),
        (Condition(areas=frozenset({UUID(int=99)})), False),
        (Condition(matters=frozenset({"inquiry"})), False),
        (Condition(channels=frozenset({"web", "app"})), True),
        (Condition(hours=(time(22), time(6))), True),
        (Condition(hours=(time(9), time(18))), False),
        (Condition(days=frozenset({1})), True),
        (Condition(days=frozenset({6, 7})), False),
        (Condition(categories=frozenset({LIGHT}), matters=frozenset({"inquiry"})), False),
    ],
)
def test_a_rule_applies_when_every_part_of_its_condition_holds(condition, expected):
    assert applies(condition, FACTS) is expected


def test_the_first_usable_rule_wins_and_a_broken_one_is_passed_over():
    broken = Rule(UUID(int=1), "broken", {}, Condition(), Target(), problem="unit X does not exist")
    first = Rule(UUID(int=2), "first", {}, Condition(), Target(unit_id=UUID(int=7)))
    second = Rule(UUID(int=3), "second", {}, Condition(), Target(unit_id=UUID(int=8)))
    assert first_match([broken, first, second], FACTS) is first
    assert first_match([broken], FACTS) is None
