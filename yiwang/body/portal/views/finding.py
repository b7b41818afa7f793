from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.body.portal.forms import CodeForm, PhoneForm, sentence
from yiwang.body.portal.views.answers import private, read_private_cookie, see_other, set_private_cookie
from yiwang.foundation.kernel.access import client_address, public
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.settings import Rate, get_settings
from yiwang.foundation.kernel.viewer import resident
from yiwang.foundation.people.selectors import phone_index
from yiwang.network.intake.errors import CodeWrong, TooManyReports
from yiwang.network.intake.selectors import list_reports_by_tokens, token_of
from yiwang.network.intake.services import check_rate, redeem_phone_code, send_phone_code
from yiwang.network.intake.types import ReportRow

# Nobody's phone is to ring all night because somebody else types its number.
CODES_PER_PHONE = Rate(5, 3600)
ASKED_COOKIE = "asked"
CODE_LIFETIME_S = 600
FOUND_COOKIE = "found"
FOUND_SHOWN_S = 900


@public
@require_http_methods(["GET", "HEAD", "POST"])
@private("no-store")
def find(request: HttpRequest) -> HttpResponse:
    """Asks for the phone number and sends a code; the answer is the same whether or not there are reports."""
    form = PhoneForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "portal/find.html", {"form": form}, status=422 if form.errors else 200)
    phone, moment = form.cleaned_data["phone"], now()
    check_rate(f"find:{client_address(request)}", get_settings().intake_limit, now=moment)
    try:
        check_rate(f"find-phone:{(phone_index(phone) or b'').hex()}", CODES_PER_PHONE, now=moment)
    except TooManyReports as error:
        form.add_error("phone", _("Too many codes were asked for with this number. Please try again in an hour."))
        return render(request, "portal/find.html", {"form": form}, status=error.status)
    code_id = send_phone_code(phone, language=get_language() or "zh-hans", now=moment)
    address = reverse("portal:redeem")
    response = see_other(address)
    asked = f"{code_id} {phone}"
    set_private_cookie(response, request, ASKED_COOKIE, asked, path=address, lifetime_s=CODE_LIFETIME_S)
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
@private("no-store")
def redeem(request: HttpRequest) -> HttpResponse:
    """Takes the code; right, it leads to the list of the reports made with that phone."""
    code_id, _space, phone = read_private_cookie(request, ASKED_COOKIE, lifetime_s=CODE_LIFETIME_S).partition(" ")
    if not code_id:
        return see_other(reverse("portal:find"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moment = now()
        check_rate(f"redeem:{client_address(request)}", get_settings().intake_limit, now=moment)
        try:
            reports = redeem_phone_code(UUID(code_id), form.cleaned_data["code"], phone, viewer=resident(), now=moment)
            return _to_found(request, reports)
        except CodeWrong as error:
            form.add_error("code", sentence(error))
    return render(request, "portal/code.html", {"form": form}, status=422 if form.errors else 200)


def _to_found(request: HttpRequest, reports: Sequence[ReportRow]) -> HttpResponse:
    address = reverse("portal:found")
    response = see_other(address)
    tokens = " ".join(token_of(report) for report in reports)
    set_private_cookie(response, request, FOUND_COOKIE, tokens, path=address, lifetime_s=FOUND_SHOWN_S)
    return response


@public
@require_safe
@private("no-store")
def found(request: HttpRequest) -> HttpResponse:
    """The reports found by phone, for a quarter of an hour and for this browser only."""
    tokens = read_private_cookie(request, FOUND_COOKIE, lifetime_s=FOUND_SHOWN_S).split()
    reports = [(report, token_of(report)) for report in list_reports_by_tokens(tokens)]
    return render(request, "portal/found.html", {"reports": reports})
