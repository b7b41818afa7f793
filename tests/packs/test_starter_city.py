"""The starter city is whole: everything named exists, the map has no gaps, the calendar is the official one."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
import shapely
import yaml

from yiwang.foundation.calendars.worktime import CountRule, Unit, WorkCalendar

PACK = Path(__file__).resolve().parents[2] / "packs" / "starter"
MANIFEST = tomllib.loads((PACK / "pack.toml").read_text(encoding="utf-8"))
LISTS = [name for name, file in MANIFEST["parts"].items() if file.endswith(".yaml")]


def part(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((PACK / MANIFEST["parts"][name]).read_text(encoding="utf-8"))
    return entries


def features() -> list[dict[str, Any]]:
    collection = json.loads((PACK / MANIFEST["parts"]["areas"]).read_text(encoding="utf-8"))
    return list(collection["features"])


AREAS = {feature["properties"]["code"]: feature["properties"] for feature in features()}
SHAPES = {feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"]) for feature in features()}
CODES = {name: {entry["code"] for entry in part(name)} for name in ("categories", "matter_types", "channels", "units")}


def names_in(content: Any) -> Iterator[dict[str, str]]:
    if isinstance(content, dict):
        if "names" in content:
            yield content["names"]
        for value in content.values():
            yield from names_in(value)
    if isinstance(content, list):
        for value in content:
            yield from names_in(value)


def calendar(key: str) -> WorkCalendar:
    entry = next(entry for entry in part("calendars") if entry["key"] == key)
    days = {kind: frozenset(d["date"] for d in entry["days"] if d["kind"] == kind) for kind in ("holiday", "workday")}
    return WorkCalendar(
        key=key,
        weekend=frozenset(entry["weekend"]),
        holidays=days["holiday"],
        workdays=days["workday"],
        hours=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in entry["hours"]),
        years=frozenset(entry["years"]),
        time_zone=ZoneInfo(entry["time_zone"]),
    )


def test_everything_has_a_name_in_both_languages() -> None:
    everything = [MANIFEST, features(), *(part(name) for name in LISTS)]
    assert all(set(names) == {"zh-hans", "en"} and all(names.values()) for names in names_in(everything))


@pytest.mark.parametrize("name", ["categories", "matter_types", "channels", "units"])
def test_codes_are_unique_and_parents_stand_before_children(name: str) -> None:
    seen: set[str] = set()
    for entry in part(name):
        assert entry["code"] not in seen
        assert entry.get("parent") is None or entry["parent"] in seen
        seen.add(entry["code"])


def test_rules_name_only_what_exists() -> None:
    for rule in part("rules"):
        when, then = rule["when"], rule["then"]
        assert set(when.get("categories", ())) <= CODES["categories"], rule["key"]
        assert set(when.get("matters", ())) <= CODES["matter_types"], rule["key"]
        assert set(when.get("channels", ())) <= CODES["channels"], rule["key"]
        assert set(when.get("areas", ())) <= set(AREAS), rule["key"]
        assert then.get("unit", "city-government") in CODES["units"], rule["key"]
        assert then.get("unit_of_area", "street") in {area["level"] for area in AREAS.values()}, rule["key"]
    orders = [rule["order"] for rule in part("rules")]
    assert orders == sorted(set(orders))


def test_every_street_and_district_has_a_unit_and_every_unit_area_exists() -> None:
    answered = {unit["area"] for unit in part("units") if "area" in unit}
    assert {code for code, area in AREAS.items() if area["level"] in ("district", "street")} <= answered <= set(AREAS)


def test_accounts_have_known_roles_units_and_areas() -> None:
    roles = {role["key"] for role in part("roles")}
    accounts = yaml.safe_load((PACK / MANIFEST["demo_accounts"]).read_text(encoding="utf-8"))
    for account in accounts:
        assert set(account["roles"]) <= roles, account["username"]
        assert account.get("unit", "city-government") in CODES["units"], account["username"]
        assert account.get("area", next(iter(AREAS))) in AREAS, account["username"]


def test_every_matter_type_has_a_clock_with_its_source() -> None:
    assert {clock["matter_type"] for clock in part("clocks")} == CODES["matter_types"]
    for clock in part("clocks"):
        assert clock["source"]["document"] and clock["source"]["article"]
        assert Unit(clock["unit"]) and CountRule(clock["count_rule"])
    assert [entry["code"] for entry in part("matter_types") if entry.get("default")] == ["other"]


def test_every_channel_says_when_it_is_accepted() -> None:
    for channel in part("channels"):
        assert channel["acceptance"]["amount"] > 0 and Unit(channel["acceptance"]["unit"])
        assert channel["acceptance"]["source"]["document"] and channel["acceptance"]["source"]["article"]


def test_area_codes_grow_with_their_level() -> None:
    digits = {"city": 6, "district": 6, "street": 9, "community": 12, "grid": 15}
    for code, area in AREAS.items():
        assert len(code) == digits[area["level"]]
        assert code.startswith(MANIFEST["city"]["division_prefix"])
        if area["level"] in ("street", "community", "grid"):
            assert code.startswith(area["parent"])


def test_children_tile_their_parents_without_gap_or_overlap() -> None:
    for code, shape in SHAPES.items():
        children = [SHAPES[child] for child, area in AREAS.items() if area["parent"] == code]
        assert shape.is_valid and shape.geom_type == "Polygon"
        if children:
            assert shapely.coverage_is_valid(children), f"children of {code} overlap"
            assert shapely.union_all(children).symmetric_difference(shape).area == 0, f"children of {code} leave gaps"


def test_the_city_is_a_small_one() -> None:
    levels = [area["level"] for area in AREAS.values()]
    assert [levels.count(level) for level in ("city", "district", "street", "community", "grid")] == [1, 4, 12, 30, 90]
    assert (PACK / "areas.geojson").stat().st_size < 600_000
    centre = MANIFEST["city"]["centre"]
    assert SHAPES["390100"].contains(shapely.Point(centre["lon"], centre["lat"]))


def test_the_office_calendar_is_the_official_one() -> None:
    city, day = calendar("city"), date(2023, 1, 1)
    assert city.years == frozenset({2023, 2024, 2025, 2026})
    while day.year <= 2026:
        assert city.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_the_round_the_clock_calendar_never_rests() -> None:
    always = calendar("always")
    assert all(always.is_workday(date(2026, 2, 10) + timedelta(days=n)) for n in range(20))
