"""Every route says who may call it: views and API operations carry a mark of `kernel.access`."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, path
from ninja import NinjaAPI

from tests.architecture.house import refuse
from yiwang.foundation.kernel.access import api, public, staff

# Ninja's own pages: the description of the API and the page that shows it are public on purpose.
DESCRIBES_ITSELF = "ninja.openapi.views"


def routes(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every route below these patterns with its view."""
    for entry in patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, where)
        elif isinstance(entry, URLPattern):
            yield where, entry.callback


def functions_behind(view: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions a view runs: itself, or one for each method of an API path."""
    holder = getattr(view, "__self__", None) or _closed_over(view, "PathView")
    operations = getattr(holder, "operations", None)
    return [operation.view_func for operation in operations] if operations else [view]


def _closed_over(view: Callable[..., Any], class_name: str) -> Any:
    cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    return next((value for value in cells if type(value).__name__ == class_name), None)


def complaints_about(patterns: list[Any]) -> Iterator[str]:
    """Routes whose function carries no mark."""
    for where, view in routes(patterns):
        for function in functions_behind(view):
            own = getattr(function, "func", function)
            if not getattr(function, "access", None) and own.__module__ != DESCRIBES_ITSELF:
                yield f"{where} ({own.__module__}.{own.__qualname__}) lacks @public, @staff or @api: who may call it?"


def test_every_route_says_who_may_call_it():
    refuse(set(complaints_about(get_resolver().url_patterns)))


def unmarked(request):
    """A view without a mark."""


def test_an_unmarked_view_is_told():
    assert list(complaints_about([path("x", unmarked)]))


def test_marked_views_pass():
    def view(request):
        """A view."""

    assert not list(complaints_about([path("x", public(view)), path("y", staff("cases.view")(view))]))


def test_operations_of_an_api_are_looked_at_one_by_one():
    door = NinjaAPI(urls_namespace="guard")
    door.get("/open")(api("cases.view")(lambda request: None))
    door.post("/open")(unmarked)
    (found,) = set(complaints_about(door.urls[0]))
    assert "unmarked" in found
