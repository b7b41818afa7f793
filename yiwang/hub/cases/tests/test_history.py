"""History moves in whole, once, explained and silent; what people did here afterwards is not overwritten."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.foundation.audit.selectors import count_leaves, list_leaves
from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.errors import NotPermitted, Unauthenticated
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, ActorKind, Viewer
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.places.selectors import areas_geojson, list_areas, to_wgs84
from yiwang.foundation.places.types import Datum, Point
from yiwang.hub.cases import services
from yiwang.hub.cases.errors import MappingInvalid
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.selectors import count_cases, get_case, list_cases
from yiwang.hub.cases.services import history
from yiwang.hub.cases.services.history_rows import insert_rows
from yiwang.hub.cases.types import Basis, CaseFilter, CaseState, HistoryImport
from yiwang.network.messaging.selectors import count_messages
from yiwang.network.messaging.types import MessageState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MAPPING = """
source = "old"
time_zone = "Asia/Shanghai"
datum = "GCJ-02"
keep = ["note"]

[fields]
external_id = "id"
received_at = "at"
closed_at = "closed"
title = "title"
lon = "lon"
lat = "lat"
state = { column = "state", values = { open = "registered", done = "closed" } }
channel = { column = "via", values = { tel = "phone" } }
matter_type = { column = "type", values = { c = "complaint" } }

[category]
path = ["group", "kind"]

[unit]
path = ["unit"]

[area]
by_point = true
path = ["district"]
levels = ["district"]
"""
HEADER = "id,at,closed,title,lon,lat,state,via,type,group,kind,unit,district,note"
ROWS = [
    "1,2026-03-01 08:00:00,,路灯不亮,,,open,tel,c,旧分类,路灯,旧单位,旧区,甲",
    "2,2026-03-02 08:00:00,2026-03-05 09:00:00,井盖丢失,,,done,,,旧分类,井盖,旧单位,,",
    "3,2026-03-03 08:00:00,,噪音,,,,,,,,,,",
]


@pytest.fixture
def move_in(city, tmp_path):
    """Imports rows by the mapping and returns the report."""

    def move_in(rows=ROWS, *, mapping=MAPPING, header=HEADER, viewer=SYSTEM, **options):
        (tmp_path / "old.toml").write_text(mapping, "utf-8")
        (tmp_path / "old.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
        job = HistoryImport(tmp_path / "old.csv", tmp_path / "old.toml", tmp_path / "rejected.csv", **options)
        return services.import_history(job, viewer=viewer, now=NOW, tell=lambda read, done: None)

    return move_in


def counts(report):
    return {name: value for name, value in asdict(report).items() if value and name != "first_rejects"}


def case(external_id):
    return Case.objects.get(source="old", external_id=external_id)


def test_a_file_moves_in_with_its_dates_states_and_provenance(move_in):
    report = move_in(creates_missing=True)
    assert counts(report) == {"read": 3, "new": 3, "created_units": 1, "created_categories": 3, "created_areas": 1}
    first, second, third = (case(number) for number in "123")
    assert (first.state, first.channel, first.matter_type, first.title) == (
        "registered",
        "phone",
        "complaint",
        "路灯不亮",
    )
    assert first.received_at == datetime(2026, 3, 1, 0, tzinfo=UTC)
    assert (first.category.names, first.unit.names, first.area.names) == tuple(
        {"zh-hans": name} for name in ("路灯", "旧单位", "旧区")
    )
    assert first.district_id == first.area_id
    assert first.category.parent.code == "old:旧分类"
    assert first.unit.source["columns"] == ["unit"] and first.unit.source["file"] == "old.csv"
    assert (second.state, second.closed_at) == ("closed", datetime(2026, 3, 5, 1, tzinfo=UTC))
    assert (third.state, third.channel, third.unit_id, third.due_at, third.deadline) == (
        "unknown",
        "import",
        None,
        None,
        {},
    )
    assert first.imported["given"] == {"note": "甲"}
    assert [first.imported[name] for name in ("file", "mapping", "row")] == ["old.csv", "old.toml", 1]


def test_every_case_has_one_entry_and_one_leaf_and_nobody_is_told(move_in):
    move_in(creates_missing=True)
    assert list(CaseEvent.objects.values_list("kind", flat=True)) == ["imported"] * 3
    assert count_leaves("cases.imported", viewer=SYSTEM) == 3
    leaf = list_leaves(case("1").id, viewer=SYSTEM)[0]
    assert (leaf.action, leaf.actor_kind, leaf.detail["external_id"]) == ("cases.imported", "system", "1")
    assert not any(count_messages(state) for state in MessageState)
    assert not ProcrastinateJob.objects.exists()


def test_imported_cases_are_in_queue_search_counters_and_case_page(move_in):
    move_in()
    page = list_cases(CaseFilter(text="路灯"), viewer=SYSTEM, now=NOW)
    assert [row.title for row in page.rows] == ["路灯不亮"]
    assert [row.received_at.day for row in list_cases(CaseFilter(source="old"), viewer=SYSTEM, now=NOW).rows] == [
        3,
        2,
        1,
    ]
    assert count_cases(CaseFilter(states=(CaseState.CLOSED,)), viewer=SYSTEM, now=NOW) == 1
    detail = get_case(page.rows[0].id, viewer=SYSTEM, now=NOW)
    assert [event.kind for event in detail.events] == ["imported"]


def test_a_second_run_changes_nothing(move_in):
    move_in(creates_missing=True)
    before = list(Case.objects.order_by("id").values())
    assert counts(move_in(creates_missing=True)) == {"read": 3, "unchanged": 3}
    assert list(Case.objects.order_by("id").values()) == before
    assert count_leaves("cases.imported", viewer=SYSTEM) == CaseEvent.objects.count() == 3


def test_a_changed_row_is_updated_and_keeps_its_number(move_in):
    move_in()
    before = case("1")
    changed = [ROWS[0].replace("路灯不亮", "路灯倒了"), *ROWS[1:]]
    assert counts(move_in(changed)) == {"read": 3, "updated": 1, "unchanged": 2}
    after = case("1")
    assert (after.title, after.version, after.number, after.id) == ("路灯倒了", 2, before.number, before.id)
    assert [row.title for row in list_cases(CaseFilter(text="倒"), viewer=SYSTEM, now=NOW).rows] == ["路灯倒了"]
    kinds = CaseEvent.objects.filter(case=after).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["imported", "import_updated"]


def test_what_was_missing_is_filled_in_when_it_may_be_made(move_in):
    move_in()
    assert case("1").imported["unmatched"] == {"unit": "旧单位", "category": "旧分类 · 路灯", "area": "旧区"}
    assert counts(move_in(creates_missing=True))["updated"] == 2
    assert case("1").unit.code == "old:旧单位"
    assert "unmatched" not in case("1").imported


def test_a_case_that_people_worked_on_is_not_overwritten(move_in, tmp_path):
    move_in()
    worked_on = case("1")
    services.assign_case(
        worked_on.id, list_units(on=NOW.date())[0].id, basis=Basis("person"), viewer=SYSTEM, now=NOW, expected_version=1
    )
    report = move_in([ROWS[0].replace("路灯不亮", "路灯倒了")])
    assert counts(report) == {"read": 1, "rejected": 1}
    assert f"case {worked_on.number} was worked on here" in (tmp_path / "rejected.csv").read_text("utf-8")
    assert case("1").title == "路灯不亮"


def test_rejected_rows_are_told_with_their_reason_and_the_rest_moves_in(move_in, tmp_path):
    bad = ["4,never,,x,,,,,,,,,,", ROWS[0], "5,2026-03-01", "6,2026-03-01,,x,,,odd,,,,,,,"]
    report = move_in([*ROWS, *bad])
    assert counts(report) == {"read": 7, "new": 3, "rejected": 4}
    assert [number for number, _ in report.first_rejects] == [4, 5, 6, 7]
    assert report.first_rejects[1][1] == "has the same external_id as row 1"
    lines = (tmp_path / "rejected.csv").read_text("utf-8").splitlines()
    assert lines[0] == f"row,reason,{HEADER}"
    assert lines[1].startswith("4,received_at: “never” is no time")


def test_codes_the_city_does_not_have_reject_the_row_or_the_mapping(move_in):
    report = move_in(mapping=MAPPING.replace('"phone"', '"pigeon"'))
    assert report.first_rejects == ((1, "channel: this city has no “pigeon”"),)
    with pytest.raises(MappingInvalid, match="this city has no unit “nowhere”"):
        move_in(mapping=MAPPING.replace('path = ["unit"]', 'path = ["unit"]\nvalues = { "旧单位" = "nowhere" }'))


def test_a_stopped_import_goes_on_where_it_was(move_in, monkeypatch):
    monkeypatch.setattr(history, "BATCH", 2)

    def stop_after_the_first(rows, run):
        if Case.objects.exists():
            raise KeyboardInterrupt
        insert_rows(rows, run)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(history, "insert_rows", stop_after_the_first)
        move_in()
    assert Case.objects.count() == 2
    assert counts(move_in()) == {"read": 3, "new": 1, "unchanged": 2}


def test_a_dry_run_tells_what_would_be_and_writes_nothing(move_in, tmp_path):
    def rows():
        lists = (list_units(on=NOW.date()), list_areas(on=NOW.date()), list_codes(CodeKind.CATEGORY, on=NOW.date()))
        return [Case.objects.count(), CaseEvent.objects.count(), *map(len, lists)]

    before = rows()
    report = move_in([*ROWS, "4,never,,,,,,,,,,,,"], is_dry_run=True, creates_missing=True)
    assert counts(report) == {
        "read": 4, "new": 3, "rejected": 1, "created_units": 1, "created_categories": 3, "created_areas": 1,
    }  # fmt: skip
    Snapshot.forget_all()
    assert rows() == before
    assert not (tmp_path / "rejected.csv").exists()
    move_in(creates_missing=True)
    assert counts(move_in(is_dry_run=True, creates_missing=True)) == {"read": 3, "unchanged": 3}


def test_points_find_their_area_through_the_declared_datum(move_in):
    district = areas_geojson("district")["features"][0]
    inside = shapely.geometry.shape(district["geometry"]).representative_point()
    row = f"9,2026-03-01,,x,{inside.x},{inside.y},,,,,,,旧区,"
    move_in([row], mapping=MAPPING.replace("GCJ-02", "WGS84"))
    there = case("9")
    assert (there.lon, there.lat) == (inside.x, inside.y)
    assert str(there.district_id) == district["properties"]["id"]
    move_in([row])
    there.refresh_from_db()
    expected = to_wgs84(Point(inside.x, inside.y, Datum.GCJ02))
    assert np.allclose((there.lon, there.lat), (expected.lon, expected.lat))


def test_this_citys_clock_is_applied_only_where_asked_and_says_so(move_in):
    move_in(mapping=MAPPING + '\n[clock]\nrule = "matter_type"\n')
    first, third = case("1"), case("3")
    assert first.due_at > first.received_at
    assert first.deadline["computed_at_import"] is True and first.deadline["matter_type"] == "complaint"
    assert (third.due_at, third.deadline) == (None, {})


def test_a_due_date_of_the_file_stands_as_it_is(move_in):
    move_in(
        mapping=MAPPING.replace('closed_at = "closed"', 'due_at = "closed"'), rows=[ROWS[1].replace("done", "open")]
    )
    assert (case("2").due_at, case("2").deadline) == (datetime(2026, 3, 5, 1, tzinfo=UTC), {})


def test_only_who_may_import_imports(move_in):
    with pytest.raises(NotPermitted):
        move_in(viewer=Viewer(kind=ActorKind.USER))
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["out.csv.gz", "out.jsonl", "out.parquet"])
def test_what_is_exported_can_be_moved_in_with_equal_fields(move_in, tmp_path, name):
    move_in(creates_missing=True)
    assert services.export_cases(tmp_path / name, CaseFilter(), viewer=SYSTEM, now=NOW) == 3
    job = HistoryImport(tmp_path / name, Path("packs/mappings/yiwang-export.toml"), tmp_path / "rejected.csv")
    report = services.import_history(job, viewer=SYSTEM, now=NOW, tell=lambda read, done: None)
    assert counts(report) == {"read": 3, "new": 3}
    own = ("id", "number", "source", "external_id", "content_digest", "imported", "search")

    def fields(source):
        rows = Case.objects.filter(source=source).order_by("received_at").values()
        return [{key: value for key, value in row.items() if key not in own} for row in rows]

    assert fields("yiwang-export") == fields("old")


def test_exports_are_narrowed_by_filters_and_stay_in_the_trail(move_in, tmp_path):
    move_in()
    wanted = CaseFilter(source="old", states=(CaseState.CLOSED,))
    assert services.export_cases(tmp_path / "out.csv", wanted, viewer=SYSTEM, now=NOW) == 1
    assert count_leaves("cases.exported", viewer=SYSTEM) == 1
    with pytest.raises(Unauthenticated):
        services.export_cases(tmp_path / "out2.csv", wanted, viewer=ANONYMOUS, now=NOW)
    assert not (tmp_path / "out2.csv").exists()
