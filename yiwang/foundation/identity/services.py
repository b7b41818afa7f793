import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.errors import (
    ApiKeyInvalid,
    ApiKeyNotFound,
    DemoAccountsRefused,
    LoginRefused,
    PermissionUnknown,
)
from yiwang.foundation.identity.models import ApiKey, Membership, Role, User
from yiwang.foundation.identity.selectors import digest_of
from yiwang.foundation.identity.types import DemoAccount, IdentityPermission, NewAccount, NewRole
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.permissions import all_permissions
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import ActorKind, Viewer
from yiwang.foundation.orgs.errors import UnitUnknown
from yiwang.foundation.orgs.selectors import find_unit_by_code

# Letters and digits that cannot be mistaken for one another when read from a screen.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105
NOTE_USE_EVERY = timedelta(minutes=1)
_NOBODY = make_password(None)


@transaction.atomic
def save_roles(roles: Sequence[NewRole], *, viewer: Viewer, now: datetime) -> int:
    """Stores roles by key. Raises PermissionUnknown for a permission the code does not know. Returns how many
    changed."""
    for role in roles:
        _check_permissions(role.permissions)
    changed = 0
    for role in roles:
        values = {"names": dict(role.names), "permissions": sorted(role.permissions)}
        stored, created = Role.objects.get_or_create(key=role.key, defaults=values)
        changed += int(created) or Role.objects.filter(id=stored.id).exclude(**values).update(**values)
    if changed:
        record(
            "identity.roles_saved",
            viewer=viewer,
            subject_kind="roles",
            subject_id=new_id(),
            now=now,
            detail={"changed": changed},
        )
    return changed


@transaction.atomic
def create_demo_accounts(
    accounts: Sequence[NewAccount], *, viewer: Viewer, now: datetime, language: str
) -> list[DemoAccount]:
    """Creates the accounts that do not exist yet, each with a random password, returned once and stored only hashed.

    Raises DemoAccountsRefused in production and UnitUnknown for a unit that is not there.
    """
    if get_settings().is_production:
        raise DemoAccountsRefused
    roles = {role.key: role for role in Role.objects.all()}
    created: list[DemoAccount] = []
    for account in accounts:
        if User.objects.filter(username=account.username).exists():
            continue
        unit = find_unit_by_code(account.unit) if account.unit else None
        if account.unit and unit is None:
            raise UnitUnknown(value=account.unit)
        password = "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))
        user = User.objects.create(
            username=account.username,
            names=dict(account.names),
            is_demo=True,
            created_at=now,
            password=make_password(password),
        )
        Membership.objects.bulk_create(
            [Membership(user=user, role=roles[key], unit_id=unit.id if unit else None) for key in account.roles]
        )
        created.append(DemoAccount(account.username, password, pick(account.names, language), account.roles))
    if created:
        record(
            "identity.demo_accounts_created",
            viewer=viewer,
            subject_kind="accounts",
            subject_id=new_id(),
            now=now,
            detail={"usernames": [account.username for account in created]},
        )
    return created


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


@transaction.atomic
def create_api_key(name: str, permissions: frozenset[str], *, viewer: Viewer, now: datetime) -> str:
    """Creates a key and returns its secret, the only time it can be seen. Raises NotPermitted and PermissionUnknown."""
    viewer.require(IdentityPermission.MANAGE)
    _check_permissions(permissions)
    prefix = f"yw{secrets.token_hex(5)}"
    secret = f"{prefix}.{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name, prefix=prefix, digest=digest_of(secret), permissions=sorted(permissions), created_at=now
    )
    record(
        "identity.api_key_created",
        viewer=viewer,
        subject_kind="api_key",
        subject_id=key.id,
        now=now,
        detail={"name": name, "permissions": sorted(permissions)},
    )
    return secret


@transaction.atomic
def use_api_key(secret: str, *, now: datetime) -> Viewer:
    """The viewer a program with this key is; notes its use at most once a minute. Raises ApiKeyInvalid."""
    prefix, _, rest = secret.partition(".")
    key = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    if key is None or not rest or not hmac.compare_digest(bytes(key.digest), digest_of(secret)):
        raise ApiKeyInvalid
    if key.last_used_at is None or now - key.last_used_at > NOTE_USE_EVERY:
        ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now), id=key.id).update(last_used_at=now)
    return Viewer(
        kind=ActorKind.API_KEY,
        actor_id=key.id,
        name=key.name,
        permissions=frozenset(key.permissions),
        unit_ids=None,
        area_ids=None,
    )


@transaction.atomic
def revoke_api_key(prefix: str, *, viewer: Viewer, now: datetime) -> None:
    """Makes a key useless at once. Raises NotPermitted and ApiKeyNotFound."""
    viewer.require(IdentityPermission.MANAGE)
    key = ApiKey.objects.select_for_update().filter(prefix=prefix, revoked_at=None).first()
    if key is None:
        raise ApiKeyNotFound(prefix=prefix)
    ApiKey.objects.filter(id=key.id).update(revoked_at=now)
    record("identity.api_key_revoked", viewer=viewer, subject_kind="api_key", subject_id=key.id, now=now)


def _check_permissions(permissions: frozenset[str]) -> None:
    for permission in sorted(permissions - all_permissions()):
        raise PermissionUnknown(value=permission, known=", ".join(sorted(all_permissions())))
