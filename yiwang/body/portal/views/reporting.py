from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.body.portal.forms import ReportForm, sentence
from yiwang.body.portal.views.answers import private, read_private_cookie, see_other, set_private_cookie
from yiwang.body.portal.views.tracking import promise_of
from yiwang.foundation.files.errors import FileTooLarge, FileTypeRefused, VideoTooLong
from yiwang.foundation.kernel.access import client_address, public
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Invalid
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import resident
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.places.selectors import list_districts
from yiwang.hub.cases.selectors import get_tracking
from yiwang.network.intake.errors import IdempotencyMismatch, TooManyPhotos, TooManyReports
from yiwang.network.intake.selectors import get_report_by_token, secret_for, track_url
from yiwang.network.intake.services import check_rate, receive_report
from yiwang.network.intake.types import Receipt

RECEIPT_COOKIE = "receipt"
SECRET_VISIBLE_S = 3600
FILE_ERRORS = (FileTooLarge, FileTypeRefused, TooManyPhotos, VideoTooLong)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it leads to the receipt."""
    today = _today()
    if request.method != "POST":
        form = ReportForm(initial={"key": new_id()}, today=today)
        return _form_page(request, form)
    form = ReportForm(request.POST, request.FILES, today=today)
    try:
        receipt = _send(request, form) if form.is_valid() else None
    except TooManyReports as error:
        # On the form and not as a page of its own: what was typed must survive the wait.
        form.add_error(None, sentence(error))
        return _form_page(request, form, status=error.status)
    return _to_receipt(request, receipt) if receipt else _form_page(request, form, status=422)


def _send(request: HttpRequest, form: ReportForm) -> Receipt | None:
    moment = now()
    check_rate(f"report:{client_address(request)}", get_settings().intake_limit, now=moment)
    try:
        return receive_report(form.to_report(), viewer=resident(), now=moment)
    except IdempotencyMismatch:
        # Back in the browser, changed, sent again: the resident decides whether that is a second report.
        form.renew_key(str(new_id()))
        form.add_error(None, _("This form was already sent and received. Send it once more for another report."))
    except Invalid as error:
        form.refuse(error, "photos" if isinstance(error, FILE_ERRORS) else None)
    return None


def _to_receipt(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """To the receipt. The secret travels neither in the address nor in the cookie: that only says who may see it."""
    address = reverse("portal:receipt", args=[receipt.track_token])
    response = see_other(address)
    set_private_cookie(response, request, RECEIPT_COOKIE, "sent", path=address, lifetime_s=SECRET_VISIBLE_S)
    return response


def _form_page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    city = get_city()
    districts = list_districts(on=_today())
    context = {
        "form": form,
        "centre": city.centre,
        "limits": get_settings(),
        "areas_url": reverse("portal:areas", args=[districts[0].level]) if districts else "",
        "has_lost_photos": form.is_bound and bool(request.FILES),
    }
    return render(request, "portal/report.html", context, status=status)


def _today() -> date:
    return now().astimezone(get_city().time_zone).date()


@public
@require_safe
@private("no-store")
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt. Its secret is shown for an hour, and only to the browser that sent the report."""
    kept = get_report_by_token(token)
    is_sender = read_private_cookie(request, RECEIPT_COOKIE, lifetime_s=SECRET_VISIBLE_S) == "sent"
    tracking = get_tracking(kept, viewer=resident(), now=now())
    context = {
        "token": token,
        "track_url": track_url(token),
        "secret": secret_for(kept) if is_sender else "",
        "tracking": tracking,
        "promise": promise_of(tracking),
    }
    return render(request, "portal/receipt.html", context)
