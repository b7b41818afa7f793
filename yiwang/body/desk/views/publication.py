"""What the public sees of a case: findings decided, photos redacted, released and withdrawn."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.body.components.downloads import file_response
from yiwang.body.desk.forms.publication import FindingsForm, RedactForm, WithdrawForm
from yiwang.body.desk.selectors.publication import describe_parts, preview_of
from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound, YiwangError
from yiwang.hub.publication import services
from yiwang.hub.publication.selectors import get_draft, open_redacted
from yiwang.hub.publication.types import Draft, DraftPhoto, PublicationPermission


@staff(PublicationPermission.RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """What the public would see, with everything the scan found; posted, what was decided about it."""
    viewer, moment = viewer_of(request), now()
    shown = get_draft(number, viewer=viewer, now=moment)
    if request.method != "POST":
        return _draft_page(request, shown)
    form = FindingsForm(request.POST, draft=shown)
    if not form.is_valid():
        return _draft_page(request, shown, form=form, status=422)
    seen, choices, words = form.cleaned_data["seen"], form.choices(), form.words_to_mask()
    try:
        count = services.decide_findings(number, choices, words, seen=seen, viewer=viewer, now=moment)
    except Invalid as error:
        _refuse(form, error, prefix="reason.")
        return _draft_page(request, shown, form=form, status=error.status)
    except Conflict as error:
        return _draft_page(request, get_draft(number, viewer=viewer, now=moment), error=error)
    messages.success(
        request, ngettext("%(count)s decision saved.", "%(count)s decisions saved.", count) % {"count": count}
    )
    return redirect("desk:draft", number=number)


@staff(PublicationPermission.RELEASE)
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the case to everybody."""
    viewer, moment = viewer_of(request), now()
    try:
        services.release_case(number, seen=request.POST.get("seen", ""), viewer=viewer, now=moment)
    except Conflict as error:
        return _draft_page(request, get_draft(number, viewer=viewer, now=moment), error=error)
    messages.success(request, _("The case is public now."))
    return redirect("desk:draft", number=number)


@staff(PublicationPermission.RELEASE)
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Takes it back."""
    viewer, moment = viewer_of(request), now()
    form = WithdrawForm(request.POST)
    error: YiwangError | None = None
    if form.is_valid():
        try:
            services.withdraw_case(number, reason=form.cleaned_data["reason"], viewer=viewer, now=moment)
        except Conflict as refused:
            error = refused
        else:
            messages.success(request, _("The public does not see this case any more."))
            return redirect("desk:draft", number=number)
    shown = get_draft(number, viewer=viewer, now=moment)
    return _draft_page(request, shown, withdrawal=form, error=error, status=422)


@staff(PublicationPermission.RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """Boxes over a photo; sent, they are painted into a copy for the public."""
    viewer, moment = viewer_of(request), now()
    shown = get_draft(number, viewer=viewer, now=moment)
    photo = _photo_of(shown, file_id)
    if request.method != "POST":
        return _redact_page(request, shown, photo, RedactForm(boxes=photo.boxes))
    form = RedactForm(request.POST)
    if not form.is_valid():
        return _redact_page(request, shown, photo, form, status=422)
    boxes, is_harmless = form.cleaned_data["boxes"], form.cleaned_data["is_harmless"]
    try:
        services.redact_photo(number, file_id, boxes, is_harmless=is_harmless, viewer=viewer, now=moment)
    except Invalid as error:
        _refuse(form, error)
        return _redact_page(request, shown, photo, form, status=error.status)
    except Conflict as error:
        form.add_error(None, str(error))
        return _redact_page(request, shown, photo, form, status=error.status)
    messages.success(request, _("The public copy was made. Please look at it once more."))
    return redirect("desk:draft", number=number)


@staff(PublicationPermission.RELEASE)
@require_safe
def redacted(request: HttpRequest, number: str, file_id: UUID) -> HttpResponseBase:
    """The copy for the public."""
    shown = get_draft(number, viewer=viewer_of(request), now=now())
    response = file_response(*open_redacted(shown, file_id))
    response["Cache-Control"] = "private, no-store"
    return response


@staff(PublicationPermission.RELEASE)
@require_POST
def withdraw_photo(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """Takes the copy of a photo back."""
    services.withdraw_photo(number, file_id, viewer=viewer_of(request), now=now())
    messages.success(request, _("The public copy of the photo was erased."))
    return redirect("desk:draft", number=number)


def _photo_of(shown: Draft, file_id: UUID) -> DraftPhoto:
    for photo in shown.photos:
        if photo.photo.id == file_id and photo.photo.is_shown:
            return photo
    raise NotFound


def _refuse(form: forms.Form, error: Invalid, prefix: str = "") -> None:
    """Puts each sentence of an error at its field, or above the form."""
    for name, sentence in error.errors or (("", str(error)),):
        field = next((known for known in (f"{prefix}{name}", name) if known in form.fields), None)
        form.add_error(field, sentence)


def _draft_page(
    request: HttpRequest,
    shown: Draft,
    *,
    form: FindingsForm | None = None,
    withdrawal: WithdrawForm | None = None,
    error: YiwangError | None = None,
    status: int = 200,
) -> HttpResponse:
    form = form or FindingsForm(draft=shown)
    context = {
        "draft": shown,
        "case": shown.case,
        "form": form,
        "parts": describe_parts(shown, form),
        "preview": preview_of(shown),
        "withdrawal": withdrawal or WithdrawForm(),
        "failed_form": next((bound for bound in (form, withdrawal) if bound is not None and bound.errors), None),
        "error": error,
    }
    return page(request, "desk/draft.html", context, status=error.status if error else status)


def _redact_page(
    request: HttpRequest, shown: Draft, photo: DraftPhoto, form: RedactForm, *, status: int = 200
) -> HttpResponse:
    return page(request, "desk/redact.html", {"case": shown.case, "photo": photo, "form": form}, status=status)
