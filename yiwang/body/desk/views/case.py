"""The page of one case, and everything that can be done there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.body.components.downloads import file_response
from yiwang.body.desk.forms.cases import ActionForm, ReasonForm
from yiwang.body.desk.selectors.casepage import get_case_by_number, get_case_page
from yiwang.body.desk.selectors.choices import unit_suggestions
from yiwang.body.desk.selectors.explaining import decision_sentences
from yiwang.body.desk.views.moves import ACTIONS, offered_actions
from yiwang.body.desk.views.queue import LAST_QUERY
from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.files.selectors import open_file, open_original
from yiwang.foundation.files.types import FilesPermission
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound, YiwangError
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.people.selectors import get_contact
from yiwang.foundation.people.types import ContactDetails, PeoplePermission
from yiwang.foundation.places.selectors import areas_geojson
from yiwang.hub.cases.selectors import find_case_id_by_number
from yiwang.hub.cases.types import CaseDetail, CasePermission
from yiwang.hub.dispatch.selectors import get_decision
from yiwang.hub.publication.types import PublicationPermission


@staff(CasePermission.VIEW)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The case; an external number or a receipt leads to the address with the case's own number."""
    case = get_case_by_number(number, viewer=viewer_of(request), now=now())
    if case.row.number != number:
        return redirect("desk:case", number=case.row.number)
    return _case_page(request, case)


@staff(CasePermission.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Carries out one action. Where that is not possible the page says why and keeps what was typed.

    Such a page has this address; loading it anew by GET leads back to the case.
    """
    if request.method != "POST":
        return redirect("desk:case", number=number)
    viewer, moment = viewer_of(request), now()
    action = ACTIONS.get(move)
    if action is None:
        raise NotFound
    case = get_case_by_number(number, viewer=viewer, now=moment)
    form = action.form(request.POST, case=case, now=moment, auto_id=f"{move}_%s")
    if not form.is_valid():
        return _case_page(request, case, tried={move: form}, status=422)
    try:
        action.carry_out(case.row.id, form.cleaned_data, viewer, moment)
    except (Conflict, Invalid) as error:
        case = get_case_by_number(number, viewer=viewer, now=moment)
        return _case_page(request, case, tried={move: _kept(form, case)}, error=error, status=error.status)
    messages.success(request, _("%(number)s: %(done)s") % {"number": case.row.number, "done": action.done})
    if request.POST.get("back") == "inbox":
        return redirect("desk:inbox")
    # What was dispatched to another unit may be out of the viewer's sight now.
    is_visible = find_case_id_by_number(case.row.number, viewer=viewer) is not None
    return redirect("desk:case", number=case.row.number) if is_visible else redirect("desk:home")


@staff(PeoplePermission.VIEW_CONTACT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the reporter's contact once, in clear, for a stated reason; the reading is recorded."""
    if request.method != "POST":
        return redirect("desk:case", number=number)
    viewer, moment = viewer_of(request), now()
    case = get_case_by_number(number, viewer=viewer, now=moment)
    form = ReasonForm(request.POST, case=case, now=moment, auto_id="contact_%s")
    if not form.is_valid():
        return _case_page(request, case, tried={"contact": form}, status=422)
    if case.contact_id is None or not _may_identify(viewer, case):
        raise NotFound
    details = get_contact(case.contact_id, at=case.place, viewer=viewer, now=moment, reason=form.cleaned_data["reason"])
    return _case_page(request, case, details=details)


@staff(CasePermission.VIEW)
@require_safe
def photo(request: HttpRequest, number: str, file_id: UUID) -> HttpResponseBase:
    """A file of a case the viewer may see."""
    case = get_case_by_number(number, viewer=viewer_of(request), now=now())
    if case.report_id is None:
        raise NotFound
    response = file_response(*open_file(file_id, subject_kind="report", subject_id=case.report_id))
    response["Cache-Control"] = "private, no-store"
    return response


@staff(FilesPermission.VIEW_ORIGINAL)
@require_http_methods(["GET", "HEAD", "POST"])
def original(request: HttpRequest, number: str, file_id: UUID) -> HttpResponseBase:
    """A file as it was sent, for a stated reason; the reading is recorded."""
    if request.method != "POST":
        return redirect("desk:case", number=number)
    viewer, moment = viewer_of(request), now()
    case = get_case_by_number(number, viewer=viewer, now=moment)
    form = ReasonForm(request.POST, case=case, now=moment, auto_id="original_%s")
    if not form.is_valid():
        return _case_page(request, case, tried={"original": form}, status=422)
    if case.report_id is None:
        raise NotFound
    row, content = open_original(
        file_id,
        subject_kind="report",
        subject_id=case.report_id,
        at=case.place,
        viewer=viewer,
        reason=form.cleaned_data["reason"],
        now=moment,
    )
    response = file_response(row, content, is_original=True)
    response["Cache-Control"] = "no-store"
    return response


@staff(CasePermission.VIEW)
@require_safe
@cache_control(private=True, max_age=3600)
def areas(request: HttpRequest, level: str) -> HttpResponse:
    """The outlines the small map draws."""
    return JsonResponse(areas_geojson(level), content_type="application/geo+json")


def _may_identify(viewer: Viewer, case: CaseDetail) -> bool:
    return viewer.may_identify(PeoplePermission.VIEW_CONTACT, at=case.place)


def _kept(form: ActionForm, case: CaseDetail) -> ActionForm:
    """The same input against the case as it is now: sending it again is a decision made with the news in view."""
    data = {**form.data.dict(), "version": str(case.version)}  # type: ignore[attr-defined]
    return type(form)(data, case=case, now=now(), auto_id=str(form.auto_id))


def _case_page(
    request: HttpRequest,
    case: CaseDetail,
    *,
    tried: Mapping[str, ActionForm] | None = None,
    error: YiwangError | None = None,
    details: ContactDetails | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, moment = viewer_of(request), now()
    tried = tried or {}
    actions = offered_actions(case, tried, now=moment)
    offered = {action.move for action in actions}
    may_see_contact = case.contact_id is not None and details is None and _may_identify(viewer, case)
    context = {
        "now": moment,
        "page": get_case_page(case, viewer=viewer, now=moment, contact=details),
        "actions": actions,
        "failed_form": next(iter(tried.values()), None) if error is None else None,
        "lost": [form for move, form in tried.items() if move not in offered | {"contact", "original"}],
        "error": error,
        "is_contact_shown": details is not None,
        "contact_form": tried.get("contact") or ReasonForm(case=case, now=moment, auto_id="contact_%s"),
        "may_see_contact": may_see_contact,
        "original_form": tried.get("original") or ReasonForm(case=case, now=moment, auto_id="original_%s"),
        "may_see_originals": viewer.may_identify(FilesPermission.VIEW_ORIGINAL, at=case.place),
        "may_release": viewer.may(PublicationPermission.RELEASE, at=case.place),
        "last_query": QueryDict(request.COOKIES.get(LAST_QUERY, "")).urlencode(),
        **_hint(case, offered, moment),
    }
    return page(request, "desk/case.html", context, status=status)


def _hint(case: CaseDetail, offered: set[str], moment: datetime) -> Mapping[str, Any]:
    """The units to choose from, and where the rules would send the case if not to where it is."""
    if "assign" not in offered:
        return {}
    decision = get_decision(case)
    hint: Sequence[str] = []
    if decision.unit_id is not None and decision.unit_id != case.row.unit_id:
        hint = decision_sentences(decision.explanation, decision.unit_id)
    return {"units": unit_suggestions(on=moment.date()), "hint": hint}
