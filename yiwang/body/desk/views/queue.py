"""The queue: every case the viewer may see, filtered, counted and paged."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from yiwang.body.desk.forms.cases import QueueFilterForm
from yiwang.body.desk.selectors.queue import count_in_words, count_newer, list_counted_tiles, list_tiles
from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.paging import Page
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.selectors import count_cases, find_case_id_by_number, get_case, list_cases
from yiwang.hub.cases.types import CaseFilter, CaseOrder, CasePermission, CaseRow

PAGE_SIZE = 50
PAGING = ("after", "before")
# The cookie that lets the page of a case lead back to the queue as it was left.
LAST_QUERY = "desk_queue"


@staff(CasePermission.VIEW)
@require_safe
@vary_on_headers("HX-Request")
def cases(request: HttpRequest) -> HttpResponse:
    """The queue; for htmx only its list. A number in the search box leads straight to its case."""
    viewer, moment = viewer_of(request), now()
    number = _searched_number(request.GET, viewer, moment)
    if number:
        return redirect("desk:case", number=number)
    form = QueueFilterForm(request.GET, viewer=viewer, now=moment)
    wanted = form.wanted()
    found = _page_of_cases(request.GET, wanted, viewer, moment)
    query = _query(request.GET, without=PAGING)
    tiles = list_tiles(wanted)
    is_by_tile = not (wanted.states or wanted.is_overdue) or any(tile.is_current for tile in tiles)
    context = {
        "form": form,
        "shows_all_filters": form.uses_rare or not is_by_tile,
        "now": moment,
        "rows": found.rows,
        "query": query,
        "newest": found.rows[0].received_at if found.rows else moment,
        "is_first": found.previous_cursor is None and wanted.order is CaseOrder.NEWEST,
        "newer_url": _page_url(query, "before", found.previous_cursor),
        "older_url": _page_url(query, "after", found.next_cursor),
        "tiles": tiles,
    }
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = page(request, "desk/case_list.html" if is_part else "desk/cases.html", context)
    if is_part:
        response["HX-Push-Url"] = _address(_query(request.GET))
        response["HX-Trigger"] = "filtered"
    response.set_cookie(LAST_QUERY, _query(request.GET).urlencode()[:2000], path=reverse("desk:cases"), httponly=True,
                        samesite="Lax", secure=request.is_secure())  # fmt: skip
    return response


@staff(CasePermission.VIEW)
@require_safe
def counters(request: HttpRequest) -> HttpResponse:
    """The counters with their numbers, loaded after the page because counting may take longer than listing."""
    viewer, moment = viewer_of(request), now()
    wanted = QueueFilterForm(request.GET, viewer=viewer, now=moment).wanted()
    return page(request, "desk/tiles.html", {"tiles": list_counted_tiles(wanted, viewer=viewer, now=moment)})


@staff(CasePermission.VIEW)
@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """How many cases the filters find, in words."""
    viewer, moment = viewer_of(request), now()
    wanted = QueueFilterForm(request.GET, viewer=viewer, now=moment).wanted()
    count = count_cases(wanted, viewer=viewer, now=moment)
    return page(request, "desk/found.html", {"count": count, "count_in_words": count_in_words(count)})


@staff(CasePermission.VIEW)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """“N new cases – show” for a page whose newest case came in at ``since``; 304 or 204 when nothing is new."""
    viewer, moment = viewer_of(request), now()
    since = parse_moment(request.GET.get("since", ""))
    if since is None or since > moment:
        return HttpResponse(status=204)
    wanted = QueueFilterForm(request.GET, viewer=viewer, now=moment).wanted()
    count = count_newer(wanted, since, viewer=viewer, now=moment)
    query = _query(request.GET, without=(*PAGING, "since", "shown"))
    return news_response(request, count, _address(query))


def news_response(request: HttpRequest, count: int, href: str) -> HttpResponse:
    """Says how many cases are new since the page was drawn, once per number: rows never move under the hand."""
    tag = f'"{count}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304)
    if count <= 0 or str(count) == request.GET.get("shown"):
        response = HttpResponse(status=204)
    else:
        poll = request.GET.copy()
        poll["shown"] = str(count)
        context = {"count": count, "href": href, "poll": f"{request.path}?{poll.urlencode()}"}
        response = page(request, "desk/news.html", context)
        response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def parse_moment(text: str) -> datetime | None:
    """A moment as our own pages put it into addresses; None for anything else, also before 1970."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None and moment.year >= 1970 else None


def _searched_number(query: QueryDict, viewer: Viewer, moment: datetime) -> str | None:
    text = query.get("q", "").strip()
    # Words are never numbers; asking the three number columns for each of them would only cost time.
    if not text or len(text) > 60 or " " in text or not any(sign.isdigit() for sign in text) or "\x00" in text:
        return None
    case_id = find_case_id_by_number(text, viewer=viewer)
    return get_case(case_id, viewer=viewer, now=moment).row.number if case_id else None


def _page_of_cases(query: QueryDict, wanted: CaseFilter, viewer: Viewer, moment: datetime) -> Page[CaseRow]:
    before, after = query.get("before"), query.get("after")
    if before:
        found = list_cases(wanted, viewer=viewer, now=moment, size=PAGE_SIZE, cursor=before, backwards=True)
        if found.previous_cursor:
            return found
        after = None  # Back at the start, where newer cases may have arrived: show it whole.
    return list_cases(wanted, viewer=viewer, now=moment, size=PAGE_SIZE, cursor=after or None)


def _query(query: QueryDict, without: Sequence[str] = ()) -> QueryDict:
    kept = query.copy()
    for name in list(kept):
        values = [value for value in kept.getlist(name) if value]
        if values and name not in without:
            kept.setlist(name, values)
        else:
            del kept[name]
    return kept


def _page_url(query: QueryDict, name: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    moved = query.copy()
    moved[name] = cursor
    return _address(moved)


def _address(query: QueryDict) -> str:
    return f"{reverse('desk:cases')}?{query.urlencode()}" if query else reverse("desk:cases")
