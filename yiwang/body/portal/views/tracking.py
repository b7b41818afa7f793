import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang import __version__
from yiwang.body.components.downloads import file_response
from yiwang.body.portal.forms import TrackForm, VerdictForm
from yiwang.body.portal.views.answers import private, see_other
from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.files.selectors import list_files, open_file
from yiwang.foundation.identity.selectors import get_user_units
from yiwang.foundation.kernel.access import client_address, public
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Conflict
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM, ActorKind, resident
from yiwang.foundation.orgs.selectors import find_unit
from yiwang.foundation.people.selectors import list_readings
from yiwang.foundation.places.selectors import path_of
from yiwang.hub.cases.selectors import get_tracking
from yiwang.hub.cases.services import rate_case
from yiwang.hub.cases.types import Tracking, Verdict, stage_label, step_label
from yiwang.hub.publication.selectors import is_public
from yiwang.hub.workflow.types import limit_text
from yiwang.network.intake.errors import ReportNotFound
from yiwang.network.intake.selectors import get_report_by_secret, get_report_by_token, token_of
from yiwang.network.intake.services import check_rate
from yiwang.network.intake.types import ReportRow

TONES = {"assigned": "info", "in_progress": "info", "answered": "success", "closed": "success", "reopened": "attention"}
FINISHED = {"answered", "closed"}


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Receipt number and secret, typed; right, they lead to the tracking page."""
    form = TrackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        check_rate(f"track:{client_address(request)}", get_settings().intake_limit, now=now())
        try:
            report = get_report_by_secret(form.cleaned_data["receipt"], form.cleaned_data["secret"])
            return see_other(reverse("portal:track", args=[token_of(report)]))
        except ReportNotFound as error:
            form.add_error("receipt", error.message)
    return render(request, "portal/enter.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@private("private, no-cache")
def track(request: HttpRequest, token: str) -> HttpResponse:
    """How a report stands, for whoever holds its link; posted, the answer to “did this solve it?”."""
    report = get_report_by_token(token)
    moment = now()
    if request.method == "POST":
        return _take_verdict(request, report, moment)
    tracking = get_tracking(report, viewer=resident(), now=moment)
    shown = _shown(report, tracking, VerdictForm(initial={"verdict": tracking.verdict}), moment)
    etag = _etag(request, tracking, shown)
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "portal/track.html", shown)
    response["ETag"] = etag
    return response


def _take_verdict(request: HttpRequest, report: ReportRow, moment: datetime) -> HttpResponse:
    """A no takes the case up again."""
    form = VerdictForm(request.POST)
    if not form.is_valid():
        tracking = get_tracking(report, viewer=resident(), now=moment)
        return render(request, "portal/track.html", _shown(report, tracking, form, moment), status=422)
    verdict = Verdict(form.cleaned_data["verdict"])
    try:
        rate_case(report.id, verdict, comment=form.cleaned_data["comment"], viewer=resident(), now=moment)
    except Conflict:
        messages.warning(request, _("The report has moved on in the meantime. This is how it stands now."))
    else:
        messages.success(request, _thanks(verdict))
    return see_other(reverse("portal:track", args=[token_of(report)]))


@public
@require_safe
@private("private, max-age=3600")
def photo(request: HttpRequest, token: str, file_id: UUID) -> FileResponse:
    """A file of the report, for whoever holds its link. Raises ReportNotFound and FileNotFound."""
    report = get_report_by_token(token)
    return file_response(*open_file(file_id, subject_kind="report", subject_id=report.id))


def promise_of(tracking: Tracking) -> Mapping[str, Any] | None:
    """The promised moment and, in words, the rule it follows from; None until the hub has accepted the report."""
    if tracking.promised_by is None:
        return None
    rule = tracking.promise
    matter_type = find_code(CodeKind.MATTER_TYPE, rule["matter_type"])
    return {
        "by": tracking.promised_by,
        "limit": limit_text(rule["amount"], rule["unit"]),
        "source": f"{rule['document']} {rule['article']}".strip(),
        "matter_type": pick(matter_type.names, get_language() or "") if matter_type else rule["matter_type"],
        "is_default_type": rule["is_default_type"],
    }


def _shown(report: ReportRow, tracking: Tracking, form: VerdictForm, moment: datetime) -> dict[str, Any]:
    """What the tracking page shows."""
    return {
        "token": token_of(report),
        "place": _place(report),
        "tracking": tracking,
        "stage": stage_label(tracking.stage),
        "tone": TONES.get(tracking.stage, "neutral"),
        "unit": _unit_name(tracking.unit_id),
        "promise": promise_of(tracking),
        "is_late": _is_late(tracking, moment),
        "is_finished": tracking.stage in FINISHED,
        "timeline": list(_steps(tracking)),
        "files": list_files("report", report.id),
        "readings": list(_readings(report)),
        "is_public": tracking.case_number is not None and is_public(tracking.case_number),
        "form": form,
    }


def _steps(tracking: Tracking) -> Iterator[dict[str, Any]]:
    for step in tracking.timeline:
        body = step.detail.get("reason", "")
        unit = _unit_name(step.unit_id) if step.kind == "assigned" else ""
        tone = "attention" if step.kind == "reopened" else "success"
        yield {"at": step.at, "title": step_label(step.kind), "body": body, "actor": unit, "tone": tone}


def _readings(report: ReportRow) -> Iterator[dict[str, Any]]:
    """Who has seen the reporter's contact data in full, when and why."""
    leaves = list_readings(report.contact_id, viewer=SYSTEM) if report.contact_id else []
    units = get_user_units([leaf.actor_id for leaf in leaves if leaf.actor_id])
    for leaf in leaves:
        if leaf.actor_kind == ActorKind.SYSTEM:
            yield {"at": leaf.at, "title": _("The city's program"), "body": _("to send you a message")}
        else:
            unit = _unit_name(units.get(leaf.actor_id)) if leaf.actor_id else ""
            yield {"at": leaf.at, "title": _("Staff"), "actor": unit, "body": leaf.reason, "tone": "info"}


def _place(report: ReportRow) -> str:
    """The address as typed and the area, from district to grid; the city itself goes without saying."""
    names = [pick(area.names, get_language() or "") for area in path_of(report.area_id)]
    return " · ".join(part for part in (*(names[1:] or names), report.address) if part)


def _unit_name(unit_id: UUID | None) -> str:
    unit = find_unit(unit_id)
    return pick(unit.names, get_language() or "") if unit else ""


def _is_late(tracking: Tracking, moment: datetime) -> bool:
    return tracking.promised_by is not None and tracking.promised_by < moment and tracking.stage not in FINISHED


def _thanks(verdict: Verdict) -> str:
    if verdict is Verdict.SOLVED:
        return _("Thank you. We are glad that it is solved.")
    return _("Thank you for telling us. Your report was taken up again, and the unit has been told why.")


def _etag(request: HttpRequest, tracking: Tracking, page: Mapping[str, Any]) -> str:
    """Changes with what is shown and with the cookies (theme, elder mode, messages, form security) it is shown by."""
    parts = (page["is_late"], page["files"], page["readings"], page["is_public"])
    shown = (__version__, tracking, parts, get_language(), request.headers.get("Cookie", ""))
    return f'W/"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'
