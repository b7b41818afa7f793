from datetime import datetime
from uuid import UUID

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.errors import LoginRefused
from yiwang.foundation.identity.models import User
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.viewer import ActorKind, Viewer

_NOBODY = make_password(None)


def log_in(request: HttpRequest, username: str, password: str, *, now: datetime) -> None:
    """Signs a person in on this browser under a fresh session id. Raises LoginRefused."""
    user_id = check_login(username, password, now=now)
    with transaction.atomic():
        login(request, User.objects.get(id=user_id), backend="django.contrib.auth.backends.ModelBackend")


@transaction.atomic
def log_out(request: HttpRequest) -> None:
    """Ends the session on this browser; everything in it is forgotten."""
    logout(request)


def check_login(username: str, password: str, *, now: datetime) -> UUID:
    """The id of the active account these belong to; each attempt leaves a leaf in the trail. Raises LoginRefused.

    Unknown names cost as much time as wrong passwords.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    is_right = check_password(password, user.password if user else _NOBODY)
    with transaction.atomic():
        viewer = Viewer(kind=ActorKind.USER, actor_id=user.id if user else None)
        action = "identity.logged_in" if user and is_right else "identity.login_failed"
        record(action, viewer=viewer, subject_kind="account", subject_id=user.id if user else new_id(), now=now)
    if user is None or not is_right:
        raise LoginRefused
    return user.id
