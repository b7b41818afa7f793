"""How the accounts library is fitted into the house: who may call its pages, what of it enters the trail."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import password_change, reauthenticate
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.urls import urlpatterns as second_factor_patterns
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect.views import callback as foreign_callback
from allauth.socialaccount.providers.openid_connect.views import login as foreign_login
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import list_usersessions
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import caches
from django.db import transaction
from django.forms import CharField
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from requests import RequestException

from yiwang.foundation.identity.sealing import seal, unseal
from yiwang.foundation.identity.services import note_account_change, note_login
from yiwang.foundation.kernel.access import client_address, public, staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.settings import get_settings

log = structlog.get_logger(__name__)
NOTE_SEEN_EVERY_S = 300
# Pages for people who are on their way in; all others are for those who are in.
ENTRANCES = {"mfa_authenticate", "mfa_login_webauthn"}
CHANGES = {
    "account/email/password_changed": "identity.password_changed",
    "account/email/password_set": "identity.password_changed",
    "mfa/email/totp_activated": "identity.second_factor_added",
    "mfa/email/webauthn_added": "identity.second_factor_added",
    "mfa/email/totp_deactivated": "identity.second_factor_removed",
    "mfa/email/webauthn_removed": "identity.second_factor_removed",
    "mfa/email/recovery_codes_generated": "identity.recovery_codes_made",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; sign-ins and changes of how somebody signs in are leaves in the trail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted before the library is asked (body/desk/views/entrance.py)."""

    def pre_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse | None:
        """Every way in passes here, also the one through another system: who has left is shown out."""
        if user.ends_at and user.ends_at <= now():
            user.is_active = False  # the hourly task has not come yet
        response: HttpResponse | None = super().pre_login(request, user, **details)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, _("This account has ended. Ask your security administrator."))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        with transaction.atomic():
            super().login(request, user)
            note_login(user.pk, now=now())

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Called by the library at each change; accounts have no address, so it is written down instead of mailed."""
        if action := CHANGES.get(template_prefix):
            with transaction.atomic():
                note_account_change(action, user.pk, now=now())


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps are sealed with the city's key."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """The library's form, whose name has no label to translate."""

    name = CharField(label=gettext_lazy("Name of the device"), required=False)


class EditPasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """The same when it is changed."""

    name = CharField(label=gettext_lazy("Name of the device"))


class ForeignAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Another system may say who somebody is; it never makes an account. Roles stay with us."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Matches the claim with a user name; raises ImmediateHttpResponse, back to the sign-in, for strangers."""
        if sociallogin.is_existing:
            return
        told = sociallogin.account.extra_data
        claims = {**told.get("id_token", {}), **told.get("userinfo", {})} or told
        name = str(claims.get(get_settings().oidc_claim, ""))
        user = get_user_model().objects.filter(username__iexact=name, is_active=True).first()
        if user is None:
            messages.error(
                request,
                _("Your sign-in is right, but there is no account for it here. Ask your security administrator."),
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, provider: object, **details: object) -> None:
        """Back to the sign-in, whatever went wrong over there: cancelled, unreachable or not understood."""
        raise ImmediateHttpResponse(_led_back(request))


class SeenSessions:
    """Notes at most every five minutes that a session is in use, for the list of sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A request that never asked who somebody is says nothing about them.
        key = request.session.session_key if request.session.accessed else None
        if key and caches["process"].add(f"seen-{key}", 1, NOTE_SEEN_EVERY_S) and request.user.is_authenticated:
            UserSession.objects.create_from_request(request)
        return response


def _led_back(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("The other system did not sign you in. Try again, or use your password."))
    return redirect("account_login")


def _elsewhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def asked(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except RequestException as error:
            log.warning("foreign_login_failed", error=repr(error))
            return _led_back(request)

    return public(asked)


def _marked(view: Callable[..., Any], name: str) -> Callable[..., Any]:
    def whole(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The library's own pages: the change and its leaf stand or fall together.
        with transaction.atomic():
            response: HttpResponseBase = view(request, *args, **kwargs)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response["Cache-Control"] = "no-store"
        return response

    return public(whole) if name in ENTRANCES else staff()(whole)


def _flat(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _flat(entry.url_patterns, where)
        else:
            name = str(entry.name)
            found.append(path(where, _marked(entry.callback, name), name=name))
    return found


urlpatterns = [
    path("confirm", _marked(reauthenticate, "account_reauthenticate"), name="account_reauthenticate"),
    path("password", _marked(password_change, "account_change_password"), name="account_change_password"),
    path("sessions", _marked(list_usersessions, "usersessions_list"), name="usersessions_list"),
    path("with/<str:provider_id>", _elsewhere(foreign_login), name="openid_connect_login"),
    path("with/<str:provider_id>/callback", _elsewhere(foreign_callback), name="openid_connect_callback"),
    *_flat(second_factor_patterns, "second-factor/"),
]
