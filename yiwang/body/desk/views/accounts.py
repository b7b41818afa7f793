"""Who works here: invitations, roles, leavers and API keys. For security administrators, who confirm who they are."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.body.desk.forms.accounts import GrantForm, InviteForm, JoinForm, KeyForm, LeaveForm
from yiwang.body.desk.selectors.accounts import describe_account, list_key_lines, role_choices
from yiwang.body.desk.selectors.wording import language, listed
from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.identity import selectors, services
from yiwang.foundation.identity.errors import PasswordRefused
from yiwang.foundation.identity.types import IdentityPermission, NewAccount, NewApiKey
from yiwang.foundation.kernel.access import confirmed, public, staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import YiwangError
from yiwang.foundation.kernel.settings import get_settings

ROTATION_OVERLAP = timedelta(hours=24)
Form = GrantForm | InviteForm | KeyForm | LeaveForm


@public
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The end of an invitation: its holder chooses the first password."""
    username = selectors.get_invited_name(token)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_invitation(token, form.cleaned_data["password"], now=now())
        except PasswordRefused as error:
            form.add_error("password", str(error))
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
    status = 422 if form.is_bound else 200
    response = render(request, "desk/join.html", {"form": form, "username": username}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@staff(IdentityPermission.MANAGE)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, by user name."""
    text, moment = request.GET.get("q", ""), now()
    found = selectors.list_accounts(viewer=viewer_of(request), text=text, cursor=request.GET.get("after") or None)
    older = f"?{urlencode({'q': text, 'after': found.next_cursor})}" if found.next_cursor else ""
    rows = [describe_account(row, now=moment) for row in found.rows]
    return page(request, "desk/accounts.html", {"accounts": rows, "text": text, "next_url": older})


@staff(IdentityPermission.MANAGE)
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """A new account; the page after it shows the link of its invitation once."""
    viewer, moment = viewer_of(request), now()
    form = InviteForm(request.POST or None, roles=role_choices(viewer=viewer), on=moment.date())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        new = NewAccount(values["username"], {language(): values["name"]}, (values["role"],), form.scope())
        try:
            token = services.invite_account(new, viewer=viewer, now=moment)
        except YiwangError as error:
            form.add_error("username" if "username" in error.code else None, str(error))
        else:
            user_id = selectors.read_invitation(token)[0]
            return _account_page(request, user_id, invitation=token)
    return page(request, "desk/invite.html", {"form": form}, status=422 if form.is_bound else 200)


@staff(IdentityPermission.MANAGE)
@require_safe
def account(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One account and what can be done to it."""
    return _account_page(request, user_id)


@staff(IdentityPermission.MANAGE)
@confirmed
@require_POST
def grant_role(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Gives a role."""
    viewer, moment = viewer_of(request), now()
    form = GrantForm(request.POST, roles=role_choices(viewer=viewer), on=moment.date())
    return _change(
        request,
        user_id,
        form,
        lambda: services.grant_role(user_id, form.cleaned_data["role"], form.scope(), viewer=viewer, now=moment),
        _("The role was given."),
    )


@staff(IdentityPermission.MANAGE)
@confirmed
@require_POST
def revoke_role(request: HttpRequest, user_id: UUID, membership_id: UUID) -> HttpResponse:
    """Takes a role back."""
    viewer = viewer_of(request)
    done = _("The role was taken back.")
    return _change(request, user_id, None, lambda: services.revoke_role(membership_id, viewer=viewer, now=now()), done)


@staff(IdentityPermission.MANAGE)
@confirmed
@require_POST
def renew_invitation(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A new invitation for somebody who lost the way in; its link is shown once."""
    token = services.renew_invitation(user_id, viewer=viewer_of(request), now=now())
    return _account_page(request, user_id, invitation=token)


@staff(IdentityPermission.MANAGE)
@confirmed
@require_POST
def end_account(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Somebody leaves."""
    viewer, moment, form = viewer_of(request), now(), LeaveForm(request.POST)
    return _change(
        request,
        user_id,
        form,
        lambda: services.end_account(
            user_id, reason=form.cleaned_data["reason"], viewer=viewer, now=moment, at=form.ends_at()
        ),
        _("The account ends."),
    )


@staff(IdentityPermission.MANAGE)
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """All API keys, and the form that makes one; its secret is shown once."""
    moment = now()
    form = KeyForm(request.POST or None, on=moment.date())
    secret = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        ends_at = moment + timedelta(days=values["days"]) if values["days"] else None
        permissions = frozenset(values["permissions"])
        new = NewApiKey(values["name"], permissions, form.scope(), values["limit_per_minute"], ends_at)
        try:
            secret = services.create_api_key(new, viewer=viewer_of(request), now=moment)
        except YiwangError as error:
            form.add_error(None, str(error))
    return _keys_page(request, KeyForm(on=moment.date()) if secret else form, secret)


@staff(IdentityPermission.MANAGE)
@confirmed
@require_POST
def rotate_key(request: HttpRequest, prefix: str) -> HttpResponse:
    """Replaces a key; both work for a day."""
    moment = now()
    secret = services.rotate_api_key(prefix, overlap=ROTATION_OVERLAP, viewer=viewer_of(request), now=moment)
    return _keys_page(request, KeyForm(on=moment.date()), secret)


@staff(IdentityPermission.MANAGE)
@confirmed
@require_POST
def revoke_key(request: HttpRequest, prefix: str) -> HttpResponse:
    """Makes a key useless at once."""
    services.revoke_api_key(prefix, viewer=viewer_of(request), now=now())
    messages.success(request, _("%(prefix)s is revoked.") % {"prefix": prefix})
    return redirect("desk:keys")


def _change(
    request: HttpRequest, user_id: UUID, form: Form | None, carry_out: Callable[[], None], done: str
) -> HttpResponse:
    """Carries out a change of an account, or shows its page with what is wrong and the input kept."""
    if form is None or form.is_valid():
        try:
            carry_out()
        except YiwangError as error:
            if form is None:
                raise
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("desk:account", user_id=user_id)
    return _account_page(request, user_id, tried=form)


def _account_page(
    request: HttpRequest, user_id: UUID, *, invitation: str = "", tried: Form | None = None
) -> HttpResponse:
    viewer, moment = viewer_of(request), now()
    found = selectors.get_account(user_id, viewer=viewer)
    grant_form = GrantForm(roles=role_choices(viewer=viewer), on=moment.date())
    context: Mapping[str, Any] = {
        "account": describe_account(found, now=moment),
        "is_own": user_id == viewer.actor_id,
        "form": tried if isinstance(tried, GrantForm) else grant_form,
        "leave_form": tried if isinstance(tried, LeaveForm) else LeaveForm(),
        "left_empty": listed(selectors.list_units_left_empty(user_id, viewer=viewer)),
        "invitation_url": get_settings().public_url + reverse("desk:join", args=[invitation]) if invitation else "",
    }
    return page(request, "desk/account.html", context, status=422 if tried else 200)


def _keys_page(request: HttpRequest, form: KeyForm, secret: str) -> HttpResponse:
    lines = list_key_lines(viewer=viewer_of(request), now=now())
    status = 422 if form.errors else 200
    return page(request, "desk/keys.html", {"keys": lines, "form": form, "secret": secret}, status=status)
