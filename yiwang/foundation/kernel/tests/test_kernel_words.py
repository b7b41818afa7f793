"""Numbers, names, search words and paging marks: the small promises everything else rests on."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.ids import id_at, new_id
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.numbers import format_number, is_number, normalise_number
from yiwang.foundation.kernel.paging import CursorInvalid, cut, decode_cursor, encode_cursor
from yiwang.foundation.kernel.search import query_words, words

CHINESE = st.text(
    alphabet="路灯不亮小区物业噪音扰民垃圾道路水电气公交学校医院市政府门口的了在我家", min_size=1, max_size=12
)


def test_a_number_survives_being_typed_carelessly():
    number = format_number("QX", date(2026, 11, 23), 127)
    assert number == "QX261123-0001270"
    assert normalise_number(" qx261123 0001270 ") == number
    assert is_number("qx2611230001270")


@given(st.integers(0, 9_999_999), st.data())
def test_one_wrong_digit_in_a_number_is_noticed(serial, data):
    number = format_number("R", date(2026, 2, 3), serial)
    places = [i for i, char in enumerate(number) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert is_number(number)
    assert not is_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "R", "R26", "路灯", "R261123-00012789x", "26112300001"])
def test_what_is_no_number_is_not_taken_for_one(text):
    assert not is_number(text)


def test_names_fall_back_to_a_language_the_reader_may_know():
    names = {"zh-hans": "城管局", "en": "Urban Management"}
    assert pick(names, "en-gb") == "Urban Management"
    assert pick(names, "zh-hant") == "城管局"
    assert pick(names, "fr") == "城管局"
    assert pick({}, "en") == ""


@given(CHINESE, CHINESE, CHINESE)
def test_a_text_is_found_by_every_piece_of_it(before, piece, after):
    assert set(query_words(piece)) <= set(words(before + piece + after))


@given(
    st.lists(st.sampled_from(["rat", "lamp", "路灯", "313", "led"]), min_size=1),
    st.sampled_from("\n\t\r,.:+-/#\u3000 "),
)
def test_words_are_found_whatever_stands_between_them(pieces, between):
    assert set(words(between.join(pieces))) >= set(query_words(" ".join(pieces)))
    assert set(words(" ".join(pieces))) >= set(query_words(between.join(pieces)))


def test_search_folds_case_and_width():
    assert words("ＬＥＤ灯 Broken") == ["led", "灯", "broken"]
    assert query_words("led Ｂroken") == ["led", "broken"]


def test_search_words_are_bounded():
    assert len(words(" ".join(f"word{i}" for i in range(5000)))) == 600
    assert len(query_words(" ".join(f"word{i}" for i in range(50)))) == 12


def test_a_page_knows_whether_there_is_more():
    assert cut([1, 2, 3], 2, str) == ([1, 2], "2")
    assert cut([1, 2], 2, str) == ([1, 2], None)


def test_paging_marks_come_back_and_damaged_ones_are_refused():
    mark = encode_cursor("2026-11-23T00:00:00+00:00", 7, None)
    assert decode_cursor(mark, 3) == ["2026-11-23T00:00:00+00:00", 7, None]
    for damaged in ("", "%%%", mark[:-3], encode_cursor(1), "W10", "é"):
        with pytest.raises(CursorInvalid):
            decode_cursor(damaged, 3)


def test_ids_are_ordered_by_time():
    early, late = id_at(datetime(2020, 1, 1, tzinfo=UTC)), id_at(datetime(2021, 1, 1, tzinfo=UTC))
    assert early < late < new_id()
    assert early.version == 7
