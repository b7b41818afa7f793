"""The queue lists, filters, finds, counts and pages, and costs few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.cases.services import reply_case, sign_case

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
HTMX = {"HX-Request": "true"}


def test_an_empty_queue_says_what_will_happen(staff):
    assert "New reports appear here" in staff.operator.get("/desk/cases").text


def test_a_filter_that_finds_nothing_offers_a_way_back(staff, new_case):
    new_case()
    page = staff.operator.get("/desk/cases?overdue=on").text
    assert "No case matches" in page and "Show all cases" in page


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "工单池"), ("en", "Queue")])
def test_the_queue_speaks_both_languages(staff, new_case, language, title):
    new_case()
    staff.operator.cookies["django_language"] = language
    assert f"<h1>{title}</h1>" in staff.operator.get("/desk/cases").text


def test_filters_narrow_the_list(staff, new_case):
    ours = new_case("路灯不亮", unit_id=staff.units[0].id)
    waiting = new_case("井盖丢失，行人危险")
    page = staff.operator.get("/desk/cases?state=registered").text
    assert waiting.row.number in page and ours.row.number not in page
    page = staff.operator.get(f"/desk/cases?unit={staff.units[0].id}").text
    assert ours.row.number in page and waiting.row.number not in page


@pytest.mark.parametrize("words", ["井盖", "manhole", "MANHOLE cover"])
def test_words_are_found_in_chinese_and_english(staff, new_case, words):
    found = new_case("井盖丢失 The manhole cover is missing")
    other = new_case("路灯不亮 streetlight")
    page = staff.operator.get("/desk/cases", {"q": words}).text
    assert found.row.number in page and other.row.number not in page


def test_a_number_or_receipt_leads_straight_to_its_case(staff, new_case):
    case = new_case()
    address = f"/desk/cases/{case.row.number}"
    typed = case.row.number.lower().replace("-", "")
    assert staff.operator.get("/desk/cases", {"q": typed}).headers["Location"] == address
    receipt = staff.operator.get(address).context["page"].facts
    number = next(value for term, value in receipt if term == "Receipt")
    assert staff.operator.get("/desk/cases", {"q": number}).headers["Location"] == address


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "area=x", "received_from=2026-13-45", "received_to=9999-12-31", "order=?", "q=%00", "overdue=2"],
)
def test_a_wrong_filter_never_breaks_the_page(staff, new_case, query):
    new_case()
    assert staff.operator.get(f"/desk/cases?{query}").status_code == 200


def test_a_damaged_paging_mark_is_told(staff):
    assert staff.operator.get("/desk/cases?after=damaged").status_code == 422


def test_pages_lead_to_older_cases_and_back(staff, new_case, monkeypatch):
    monkeypatch.setattr("yiwang.body.desk.views.queue.PAGE_SIZE", 2)
    numbers = [new_case(f"第{turn}件 路灯不亮").row.number for turn in range(5)][::-1]
    first = staff.operator.get("/desk/cases").context
    second = staff.operator.get(first["older_url"]).context
    third = staff.operator.get(second["older_url"]).context
    pages = [[row.number for row in page["rows"]] for page in (first, second, third)]
    assert pages == [numbers[:2], numbers[2:4], numbers[4:]]
    assert first["newer_url"] is None and third["older_url"] is None
    back = staff.operator.get(third["newer_url"]).context
    assert [row.number for row in back["rows"]] == numbers[2:4]
    assert [row.number for row in staff.operator.get(back["newer_url"]).context["rows"]] == numbers[:2]


def test_a_case_leads_back_to_the_queue_as_it_was_left(staff, new_case):
    case = new_case()
    staff.operator.get("/desk/cases?state=registered&area=&order=due")
    assert "/desk/cases?state=registered&amp;order=due" in staff.operator.get(f"/desk/cases/{case.row.number}").text


def test_a_changed_filter_brings_only_the_list_and_a_clean_address(staff, new_case):
    new_case()
    answer = staff.operator.get("/desk/cases?state=registered&area=&q=&order=", headers=HTMX)
    assert "<html" not in answer.text and "data-rows" in answer.text
    assert answer.headers["HX-Push-Url"] == "/desk/cases?state=registered"
    assert "HX-Request" in answer.headers["Vary"]


def test_counters_count_the_parts_of_the_queue(staff, new_case):
    new_case()
    dispatched = new_case(unit_id=staff.units[0].id)
    new_case(unit_id=staff.units[0].id)
    sign_case(dispatched.row.id, viewer=SYSTEM, now=now())
    reply_case(dispatched.row.id, "已修好。", viewer=SYSTEM, now=now())
    tiles = staff.operator.get("/desk/cases/counters?state=replied").context["tiles"]
    assert {tile.key: tile.count for tile in tiles} == {
        "waiting": "1", "dispatched": "1", "in_progress": "0", "replied": "1", "overdue": "0",
    }  # fmt: skip
    assert [tile.key for tile in tiles if tile.is_current] == ["replied"]


def test_more_than_a_thousand_is_said_so(staff, new_case, monkeypatch):
    for _turn in range(3):
        new_case()
    monkeypatch.setattr("yiwang.hub.cases.selectors.COUNT_LIMIT", 2)
    monkeypatch.setattr("yiwang.body.desk.selectors.queue.COUNT_LIMIT", 2)
    assert "2+ cases" in staff.operator.get("/desk/cases/found").text


def test_news_say_how_many_cases_came_since_and_only_once(staff, new_case):
    new_case()
    since = (now() - timedelta(minutes=1)).isoformat()
    answer = staff.operator.get("/desk/cases/news", {"since": since})
    assert "1 new case – show" in answer.text
    again = staff.operator.get("/desk/cases/news", {"since": since}, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert staff.operator.get("/desk/cases/news", {"since": since, "shown": "1"}).status_code == 204
    assert staff.operator.get("/desk/cases/news", {"since": now().isoformat()}).status_code == 204


def test_a_page_just_drawn_has_no_news(staff, new_case):
    new_case()
    newest = staff.operator.get("/desk/cases").context["newest"]
    assert staff.operator.get("/desk/cases/news", {"since": newest.isoformat()}).status_code == 204


@pytest.mark.parametrize(
    "since",
    [
        "",
        "9999-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+14:00",
        "yesterday",
        "2026-02-31T00:00:00+00:00",
        "2026-02-01T00:00:00",
    ],
)
def test_news_of_a_damaged_moment_are_none(staff, since):
    assert staff.operator.get("/desk/cases/news", {"since": since}).status_code == 204


@pytest.mark.parametrize("address", ["/desk/cases", "/desk/cases?state=registered&q=路灯", "/desk/inbox"])
def test_a_list_costs_few_queries(staff, new_case, django_assert_max_num_queries, address):
    for turn in range(12):
        new_case(f"第{turn}件 路灯不亮", unit_id=staff.units[turn % 2].id if turn % 3 else None)
    browser = staff.handler if "inbox" in address else staff.operator
    browser.get(address)  # notes once in five minutes that the session is in use
    with django_assert_max_num_queries(MOST_QUERIES):
        assert browser.get(address).status_code == 200


def test_search_costs_the_same_for_one_case_and_for_many(staff, new_case):
    new_case("路灯不亮")
    staff.operator.get("/desk/cases?q=路灯")
    with CaptureQueriesContext(connection) as one:
        staff.operator.get("/desk/cases?q=路灯")
    for turn in range(5):
        new_case(f"路灯不亮 {turn}")
    with CaptureQueriesContext(connection) as many:
        staff.operator.get("/desk/cases?q=路灯")
    assert len(one) == len(many)
