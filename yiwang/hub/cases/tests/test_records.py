"""A row becomes a record or is rejected with a reason; times keep their moment; nothing is invented."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.hub.cases.mapping import HistoryMapping
from yiwang.hub.cases.records import Converter, RowRejected, Step
from yiwang.hub.cases.types import CaseState, Verdict

COLUMNS = ["id", "at", "closed", "state", "lon", "lat", "who", "nr", "city", "text", "verdict"]
FIELDS = {
    "external_id": "id",
    "received_at": "at",
    "closed_at": "closed",
    "lon": "lon",
    "lat": "lat",
    "text": "text",
    "verdict": "verdict",
    "address": {"columns": ["city", "nr"], "join": ", "},
}


def converter(*, fields=None, **parts):
    body = {"name": "t.toml", "source": "t", "time_zone": "America/New_York", "datum": "WGS84", **parts}
    return Converter(HistoryMapping.model_validate({**body, "fields": {**FIELDS, **(fields or {})}}), COLUMNS)


def convert(row=None, /, **parts):
    cells = {"id": "1", "at": "2026-01-15 10:00:00", **(row or {})}
    return converter(**parts).convert(7, [cells.get(name, "") for name in COLUMNS])


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-01-15 10:00:00", datetime(2026, 1, 15, 15, tzinfo=UTC)),
        ("2026-07-15 10:00:00", datetime(2026, 7, 15, 14, tzinfo=UTC)),
        # The clocks go forward at 2:00 on 8 March: 2:30 never was, and counts as half an hour after 2:00.
        ("2026-03-08 02:30:00", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        # They go back at 2:00 on 1 November: 1:30 was twice, and counts as the first.
        ("2026-11-01 01:30:00", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("2026-07-15T10:00:00+08:00", datetime(2026, 7, 15, 2, tzinfo=UTC)),
    ],
)
def test_local_times_become_moments_of_their_zone(local, utc):
    assert convert({"at": local}).received_at == utc


def test_formats_are_tried_in_order_and_iso_last():
    times = ("%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y")
    assert convert({"at": "02/03/2026 11:00:00 PM"}, times=times).received_at == datetime(2026, 2, 4, 4, tzinfo=UTC)
    assert convert({"at": "2.3.2026"}, times=times).received_at == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert convert({"at": "2026-03-02"}, times=times).received_at == datetime(2026, 3, 2, 5, tzinfo=UTC)


STATE = {"state": {"column": "state", "values": {"C": "closed", "O": "registered"}}}


@pytest.mark.parametrize(
    ("row", "state", "closed", "remarks"),
    [
        ({}, CaseState.UNKNOWN, False, []),
        ({"closed": "2026-01-16"}, CaseState.CLOSED, True, []),
        ({"closed": "2026-01-14"}, CaseState.CLOSED, True, ["closed_before_received"]),
        ({"state": "O"}, CaseState.REGISTERED, False, []),
        ({"state": "C"}, CaseState.UNKNOWN, False, ["closed_without_moment"]),
        ({"state": "C", "closed": "2026-01-16"}, CaseState.CLOSED, True, []),
        ({"state": "O", "closed": "2026-01-16"}, CaseState.REGISTERED, False, ["open_with_closing_moment"]),
    ],
)
def test_the_state_is_what_the_file_says_or_proves_and_else_unknown(row, state, closed, remarks):
    record = convert(row, fields=STATE)
    assert (record.state, "closed_at" in record.moments, list(record.remarks)) == (state, closed, remarks)


@pytest.mark.parametrize("row", [{"closed": "2026-01-16"}, {"text": "done"}])
def test_a_reply_without_a_status_proves_replied(row):
    fields = {"replied_at": "closed", "reply": "text", "closed_at": "state"}
    assert convert(row, fields=fields).state == CaseState.REPLIED


def test_columns_are_joined_without_the_empty_and_the_null_ones():
    null = {"null": frozenset({"", "N/A"})}
    assert convert({"city": "N/A", "nr": "12"}, **null).address == "12"
    assert (
        convert(
            {"city": "汀兰", "nr": "12.0"}, fields={"address": {"columns": ["city", "nr"], "without_suffix": ".0"}}
        ).address
        == "汀兰 12"
    )


def test_value_maps_translate_default_and_refuse():
    fields = {"channel": {"column": "who", "values": {"PHONE": "phone", "?": ""}}}
    assert convert({"who": "PHONE"}, fields=fields).channel == "phone"
    assert convert({"who": "?"}, fields=fields).channel == convert({}, fields=fields).channel == ""
    with pytest.raises(RowRejected, match="“FAX” of column who is not in the mapping's values"):
        convert({"who": "FAX"}, fields=fields)
    fields["channel"]["default"] = "web"
    assert convert({"who": "FAX"}, fields=fields).channel == convert({}, fields=fields).channel == "web"
    assert convert({"who": "x"}, fields={"channel": {"column": "who", "default": "web"}}).channel == "x"
    assert convert({}, fields={"channel": {"value": "app"}}).channel == "app"


def test_paths_end_at_the_first_empty_part():
    area = {"path": ["city", "who"], "codes": ["nr", "id"], "levels": ["district", "street"]}
    record = convert({"city": "汀东区", "nr": "3", "who": "莲花街道"}, area=area)
    assert record.area == (Step("汀东区", "3"), Step("莲花街道", "1"))
    assert convert({"who": "莲花街道"}, area=area).area == ()


def test_kept_columns_and_verdict_come_along():
    record = convert({"who": "x", "verdict": "solved"}, keep=("who", "nr"))
    assert (record.given, record.verdict) == ({"who": "x"}, Verdict.SOLVED)


def test_half_a_point_and_too_long_texts_are_remarked():
    record = convert({"lon": "1.5", "city": "x" * 400})
    assert (record.lon, record.lat, len(record.address)) == (None, None, 300)
    assert sorted(record.remarks) == ["half_a_point", "shortened"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": ""}, "external_id is empty"),
        ({"id": "x" * 121}, "longer than 120"),
        ({"at": ""}, "received_at is empty"),
        ({"at": "yesterday"}, "received_at: “yesterday” is no time"),
        ({"at": "0001-01-01"}, "not between 1970 and 2200"),
        ({"at": "9999-12-31T23:59:59-20:00"}, "not between 1970 and 2200"),
        ({"closed": "31.31.2026"}, "closed_at"),
        ({"lon": "east", "lat": "1"}, "lon: “east” is not a number"),
        ({"lon": "200", "lat": "1"}, "lon: 200 is not between"),
        ({"lon": "1", "lat": "nan"}, "lat: nan is not between"),
        ({"text": "a\x00b"}, "NUL"),
        ({"text": "\udcff"}, "not text"),
        ({"verdict": "perhaps"}, "“perhaps” is neither"),
    ],
)
def test_a_row_that_cannot_be_a_case_says_why(row, reason):
    with pytest.raises(RowRejected, match=reason):
        convert(row)


@settings(max_examples=300, deadline=None)
@given(cells=st.lists(st.text(st.characters(), max_size=30), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_row_whatever_raises_anything_but_its_reason(cells):
    try:
        record = converter(fields=STATE).convert(1, cells)
    except RowRejected as rejected:
        assert str(rejected)
    else:
        assert record.external_id
