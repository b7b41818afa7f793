"""The trail: of one case for those who see the case, of everything for audit administrators."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from yiwang.body.desk.forms.trail import TrailForm
from yiwang.body.desk.selectors.casepage import get_case_by_number
from yiwang.body.desk.selectors.trail import describe_leaves, list_case_trail
from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.audit.selectors import export_leaves, search_leaves
from yiwang.foundation.audit.types import AuditPermission
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.hub.cases.types import CasePermission


@staff(CasePermission.VIEW)
@require_safe
def case_trail(request: HttpRequest, number: str) -> HttpResponse:
    """Who did what with a case, when, why, by which rule; also who read the reporter's contact."""
    case = get_case_by_number(number, viewer=viewer_of(request), now=now())
    return page(request, "desk/case_trail.html", {"case": case, "lines": list_case_trail(case)})


@staff(AuditPermission.VIEW)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """A page of the trail, and the form that narrows it. A wrong filter is told and finds nothing."""
    moment = now()
    form = TrailForm(request.GET, now=moment)
    context = {"form": form, "lines": [], "query": _query(request)}
    if form.is_valid():
        cursor = request.GET.get("after") or None
        found = search_leaves(form.wanted(), viewer=viewer_of(request), now=moment, cursor=cursor)
        older = f"?{urlencode({**_filters(request), 'after': found.next_cursor})}" if found.next_cursor else ""
        context |= {"lines": describe_leaves(found.rows), "next_url": older}
    return page(request, "desk/trail.html", context, status=200 if form.is_valid() else 422)


@staff(AuditPermission.VIEW)
@require_safe
def trail_file(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV, whole."""
    moment = now()
    form = TrailForm(request.GET, now=moment)
    if not form.is_valid():
        return trail(request)
    lines = export_leaves(form.wanted(), viewer=viewer_of(request), now=moment)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trail-{moment:%Y%m%d-%H%M}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _filters(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items() if value and name != "after"}


def _query(request: HttpRequest) -> str:
    return urlencode(_filters(request))
