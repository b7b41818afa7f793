"""Every screen carries the city's name and clock; the page that says the database is away needs neither."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from yiwang.body.components import context, middleware, views
from yiwang.foundation.kernel.settings import get_settings


def _database_is_away() -> None:
    raise OperationalError


def _offset_while(view: Any) -> timedelta | None:
    """The UTC offset that a view's template would show times in."""
    seen: list[timedelta | None] = []

    def answer(request: HttpRequest) -> HttpResponse:
        guard.process_view(request, view, (), {})
        seen.append(timezone.localtime().utcoffset())
        return HttpResponse()

    guard = middleware.CityTimeZone(answer)
    guard(RequestFactory().get("/"))
    return seen[0]


def test_screens_show_city_time_and_nothing_else_does(city: Any) -> None:
    assert _offset_while(views.styleguide) == timedelta(hours=8)
    assert _offset_while(get_settings) == timedelta(0)
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_city_is_named_in_the_readers_language(city: Any) -> None:
    with override("en"):
        assert context.preferences(RequestFactory().get("/"))["city_name"] == city.names["en"]


def test_a_page_can_be_drawn_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "find_city", _database_is_away)
    monkeypatch.setattr(middleware, "find_city", _database_is_away)
    assert context.preferences(RequestFactory().get("/"))["city_name"] == ""
    assert _offset_while(views.styleguide) == timedelta(0)
