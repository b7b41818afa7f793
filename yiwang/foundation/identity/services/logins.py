from datetime import datetime
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.errors import LoginRefused
from yiwang.foundation.identity.models import User
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.viewer import ActorKind, Viewer

_NOBODY = make_password(None)


def log_in(request: HttpRequest, username: str, password: str, *, next_url: str, now: datetime) -> HttpResponse:
    """Begins a session, or asks for the second factor first; the answer leads there. Raises LoginRefused.

    What is written is written in the transaction of the verb it calls: ``note_login`` once every factor was given.
    """
    response: HttpResponse = perform_login(request, _check(username, password, now), redirect_url=next_url)
    return response


def check_login(username: str, password: str, *, now: datetime) -> UUID:
    """The id of the active account these belong to; a refused attempt leaves a leaf in the trail. Raises LoginRefused.

    Unknown names cost as much time as wrong passwords. The leaf is written in the transaction of the verb it calls.
    """
    return _check(username, password, now).id


def _check(username: str, password: str, now: datetime) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    is_right = check_password(password, user.password if user else _NOBODY)
    if user is not None and is_right and not (user.ends_at and user.ends_at <= now):
        return user
    with transaction.atomic():
        viewer = Viewer(kind=ActorKind.USER, actor_id=user.id if user else None)
        subject_id = user.id if user else new_id()
        record("identity.login_failed", viewer=viewer, subject_kind="account", subject_id=subject_id, now=now)
    raise LoginRefused


@transaction.atomic
def note_login(user_id: UUID, *, now: datetime) -> None:
    """Writes down that somebody is in, with every factor that was asked for."""
    note_account_change("identity.logged_in", user_id, now=now)


@transaction.atomic
def note_account_change(action: str, user_id: UUID, *, now: datetime) -> None:
    """Writes down what somebody did to the own account: another password, a second factor more or less."""
    viewer = Viewer(kind=ActorKind.USER, actor_id=user_id)
    record(action, viewer=viewer, subject_kind="account", subject_id=user_id, now=now)


@transaction.atomic
def log_out(request: HttpRequest) -> None:
    """Ends the session on this browser; everything in it is forgotten."""
    logout(request)
