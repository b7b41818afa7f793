"""Screens show times as the city's clocks do."""

from collections.abc import Callable
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yiwang.foundation.packs.selectors import find_city

SCREENS = "yiwang.body."


class CityTimeZone:
    """Activates the city's time zone for views of the body floor; health and API never ask the database for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any) -> None:
        if not view.__module__.startswith(SCREENS):
            return
        try:
            city = find_city()
        except DatabaseError:
            # The view meets the same trouble in a moment, and there it is explained to the reader.
            return
        if city is not None:
            timezone.activate(city.time_zone)
