"""Every page in both languages; light, and without anything from elsewhere."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.body.portal.tests.conftest import Resident, answer_case_of, open_case_of

PAGES = ["/", "/report", "/track", "/find", "/find/reports", "/help", "/privacy"]
RESIDENT_FLOW_KB = 100


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("language", "mark"), [("zh-hans", "帮助"), ("en", "Help")])
def test_every_page_speaks_both_languages(city: Any, page: str, language: str, mark: str) -> None:
    browser = Client()
    browser.cookies["django_language"] = language
    answer = browser.get(page)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert mark in answer.text


def test_the_home_page_says_by_when_there_is_an_answer_and_where_that_is_written(city: Any) -> None:
    html = Client().get("/").text
    assert "个工作日" in html
    assert "管理办法" in html


def test_the_home_page_names_the_city_and_no_number_the_pack_does_not_give(city: Any) -> None:
    html = Client().get("/").text
    assert "汀兰市" in html
    assert "tel:" not in html


def test_times_are_shown_in_city_time(resident: Resident, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02T01:12:00+00:00", tick=False)
    resident.send()
    assert "2026-03-02 09:12" in resident.see("track")


def test_the_flow_from_home_to_tracking_weighs_less_than_the_promise(resident: Resident) -> None:
    resident.send()
    answer_case_of(resident.token)
    pages = [*(resident.browser.get(page) for page in ("/", "/report")),
             *(resident.browser.get(f"/{page}/{resident.token}") for page in ("receipt", "track"))]  # fmt: skip
    files = {name for page in pages for name in re.findall(r'(?:href|src)="/static/([^"#]+)', page.text)}
    weight = sum(len(page.content) for page in pages) + sum(_sent_bytes(name) for name in files)
    assert len(files) >= 3
    assert weight < RESIDENT_FLOW_KB * 1000


def _sent_bytes(name: str) -> int:
    found = finders.find(name)
    assert found, f"{name}: run make screens first"
    return len(gzip.compress(Path(str(found)).read_bytes()))


@pytest.mark.parametrize("page", ["/", "/report", "/track", "/find", "/help"])
def test_pages_about_nobody_cost_almost_no_queries(city: Any, page: str) -> None:
    browser = Client()
    browser.get(page)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get(page)
    # At most the versions of the reference data in memory (areas, codes, clocks, city) are looked up.
    assert len(queries) <= 4


def test_tracking_costs_few_queries_however_much_has_happened(resident: Resident) -> None:
    resident.send()
    answer_case_of(resident.token)
    resident.see("track")
    with CaptureQueriesContext(connection) as queries:
        resident.see("track")
    assert len(queries) <= 8


def test_areas_for_the_map_carry_names_in_the_readers_language_and_are_fetched_once(city: Any) -> None:
    browser = Client()
    browser.cookies["django_language"] = "en"
    answer = browser.get("/areas/district.geojson")
    names = [feature["properties"]["name"] for feature in answer.json()["features"]]
    assert names
    assert all(name.isascii() for name in names)
    assert browser.get("/areas/district.geojson", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert browser.get("/areas/nowhere.geojson").status_code == 404


def test_the_receipt_shows_the_promise_once_the_report_is_accepted(resident: Resident) -> None:
    resident.send()
    assert 'data-refresh="' in resident.see("receipt")
    open_case_of(resident.token)
    html = resident.see("receipt")
    assert 'data-refresh="' not in html
    assert "答复您" in html
