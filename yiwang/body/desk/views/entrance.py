"""Coming in, going out, and where to go first."""

from datetime import datetime

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.body.desk.forms.accounts import LoginForm
from yiwang.body.desk.selectors.guide import list_keys, list_states
from yiwang.body.desk.views.moves import ACTIONS
from yiwang.body.desk.views.shell import has_inbox, page, viewer_of
from yiwang.foundation.audit.types import AuditPermission
from yiwang.foundation.identity import services as identity
from yiwang.foundation.identity.errors import LoginRefused, TooManyLogins
from yiwang.foundation.identity.types import IdentityPermission
from yiwang.foundation.kernel.access import client_address, public, staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import TooMany, YiwangError
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.operations.types import OperationsPermission
from yiwang.hub.cases.types import CasePermission
from yiwang.network.intake.services import check_rate

KNOWN_BROWSER = "desk_browser"
KNOWN_FOR_S = 180 * 24 * 3600


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; leads on to the page that was asked for."""
    if viewer_of(request).is_authenticated:
        return redirect(_safe_next(request, request.GET.get("next", "")))
    if request.method != "POST":
        return _login_page(request, LoginForm(initial={"next": request.GET.get("next", "")}))
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form, status=422)
    username, moment = form.cleaned_data["username"], now()
    try:
        _check_attempts(request, username, moment)
        password, target = form.cleaned_data["password"], _safe_next(request, form.cleaned_data["next"])
        response = identity.log_in(request, username, password, next_url=target, now=moment)
    except (LoginRefused, TooManyLogins) as error:
        form.add_error(None, str(error))
        return _login_page(request, form, error=error)
    _remember_browser(request, response, username)
    return response


@public
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session on this browser."""
    identity.log_out(request)
    return redirect("account_login")


@staff()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the day: the inbox for units, the queue for who looks after the city, else what there is."""
    viewer = viewer_of(request)
    if viewer.may(CasePermission.VIEW):
        return redirect("desk:inbox" if has_inbox(viewer) else "desk:cases")
    if viewer.may(IdentityPermission.MANAGE):
        return redirect("desk:accounts")
    if viewer.may(AuditPermission.VIEW):
        return redirect("desk:trail")
    return redirect("desk:operations" if viewer.may(OperationsPermission.VIEW) else "desk:help")


@staff()
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Keys and states, explained."""
    keys = list_keys({move: action.key for move, action in ACTIONS.items()})
    return page(request, "desk/help.html", {"states": list_states(), "keys": keys})


def _login_page(
    request: HttpRequest, form: LoginForm, *, status: int = 200, error: YiwangError | None = None
) -> HttpResponse:
    response = render(
        request, "desk/login.html", {"form": form, "oidc_name": _oidc_name()}, status=error.status if error else status
    )
    response["Cache-Control"] = "no-store"
    if error and "retry_after_s" in error.params:
        response["Retry-After"] = str(error.params["retry_after_s"])
    return response


def _oidc_name() -> str:
    settings = get_settings()
    return settings.oidc_name if settings.oidc_issuer else ""


def _safe_next(request: HttpRequest, target: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else reverse("desk:home")


def _check_attempts(request: HttpRequest, username: str, moment: datetime) -> None:
    """Limits guessing by name and by address. Raises TooManyLogins.

    A browser on which this person has signed in before is counted on its own: guesses made elsewhere, or by colleagues
    behind the same address, cannot lock the person out there.
    """
    limit = get_settings().login_limit
    browser = _known_browser(request, username)
    elsewhere = [f"login-address:{client_address(request)}", f"login-name:{_tag(username)}"]
    keys = [f"login-browser:{browser}"] if browser else elsewhere
    try:
        for key in keys:
            check_rate(key, limit, now=moment)
    except TooMany as error:
        raise TooManyLogins(retry_after_s=error.params["retry_after_s"]) from None


def _known_browser(request: HttpRequest, username: str) -> str | None:
    try:
        browser, tag = signing.loads(request.COOKIES.get(KNOWN_BROWSER, ""), salt=KNOWN_BROWSER, max_age=KNOWN_FOR_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(browser) if tag == _tag(username) else None


def _remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    value = signing.dumps([str(new_id()), _tag(username)], salt=KNOWN_BROWSER)
    response.set_cookie(
        KNOWN_BROWSER, value, max_age=KNOWN_FOR_S, path=reverse("account_login"), httponly=True, samesite="Strict",
        secure=request.is_secure(),
    )  # fmt: skip


def _tag(username: str) -> str:
    """Stands for a name in cookies and counters, which should not hold it in clear."""
    return salted_hmac(KNOWN_BROWSER, username.casefold()).hexdigest()[:32]
