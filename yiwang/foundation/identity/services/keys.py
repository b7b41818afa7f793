import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.duties import clash
from yiwang.foundation.identity.errors import ApiKeyInvalid, ApiKeyNotFound, DutiesClash
from yiwang.foundation.identity.models import ApiKey
from yiwang.foundation.identity.selectors import SCOPE_FIELDS, digest_of, scope_of
from yiwang.foundation.identity.services.roles import check_permissions
from yiwang.foundation.identity.services.scopes import stored_scope
from yiwang.foundation.identity.types import ApiKeyUse, IdentityPermission, NewApiKey
from yiwang.foundation.kernel.viewer import ActorKind, Grant, Viewer

NOTE_USE_EVERY = timedelta(minutes=1)
SHARED_FIELDS = ("name", "permissions", "limit_per_minute", "expires_at", *SCOPE_FIELDS)


@transaction.atomic
def create_api_key(new: NewApiKey, *, viewer: Viewer, now: datetime) -> str:
    """Creates a key and returns its secret, the only time it can be seen.

    Raises NotPermitted, PermissionUnknown, DutiesClash, and what ``stored_scope`` raises.
    """
    viewer.require(IdentityPermission.MANAGE)
    check_permissions(new.permissions)
    if found := clash(new.permissions):
        raise DutiesClash(first=found[0], second=found[1])
    return _create(
        {
            "name": new.name,
            "permissions": sorted(new.permissions),
            "limit_per_minute": new.limit_per_minute,
            "expires_at": new.expires_at,
            **stored_scope(new.scope, on=now.date()),
        },
        viewer,
        now,
    )


@transaction.atomic
def rotate_api_key(prefix: str, *, overlap: timedelta, viewer: Viewer, now: datetime) -> str:
    """Creates a successor with the same rights and returns its secret; the old key works on for ``overlap``.

    Raises NotPermitted and ApiKeyNotFound.
    """
    viewer.require(IdentityPermission.MANAGE)
    old = _locked(prefix)
    secret = _create({name: getattr(old, name) for name in SHARED_FIELDS}, viewer, now)
    ends_at = min(filter(None, (old.expires_at, now + overlap)))
    ApiKey.objects.filter(id=old.id).update(expires_at=ends_at)
    record(
        "identity.api_key_rotated",
        viewer=viewer,
        subject_kind="api_key",
        subject_id=old.id,
        now=now,
        detail={"ends_at": ends_at.isoformat(), "successor": secret.partition(".")[0]},
    )
    return secret


@transaction.atomic
def use_api_key(secret: str, *, now: datetime) -> ApiKeyUse:
    """The viewer a program with this key is, and how much it may ask; notes its use at most once a minute.

    Raises ApiKeyInvalid for a key that is unknown, revoked or past its end.
    """
    prefix, _, rest = secret.partition(".")
    key = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), prefix=prefix, revoked_at=None).first()
    if key is None or not rest or not hmac.compare_digest(bytes(key.digest), digest_of(secret)):
        raise ApiKeyInvalid
    if key.last_used_at is None or now - key.last_used_at > NOTE_USE_EVERY:
        ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now), id=key.id).update(last_used_at=now)
    grant = Grant(frozenset(key.permissions), scope_of(*(getattr(key, name) for name in SCOPE_FIELDS)))
    viewer = Viewer(kind=ActorKind.API_KEY, actor_id=key.id, name=key.name, grants=(grant,))
    return ApiKeyUse(viewer, key.prefix, key.limit_per_minute)


@transaction.atomic
def revoke_api_key(prefix: str, *, viewer: Viewer, now: datetime) -> None:
    """Makes a key useless at once. Raises NotPermitted and ApiKeyNotFound."""
    viewer.require(IdentityPermission.MANAGE)
    key = _locked(prefix)
    ApiKey.objects.filter(id=key.id).update(revoked_at=now)
    record("identity.api_key_revoked", viewer=viewer, subject_kind="api_key", subject_id=key.id, now=now)


def _create(values: dict[str, Any], viewer: Viewer, now: datetime) -> str:
    prefix = f"yw{secrets.token_hex(5)}"
    secret = f"{prefix}.{secrets.token_urlsafe(32)}"
    creator: UUID | None = viewer.actor_id if viewer.kind is ActorKind.USER else None
    key = ApiKey.objects.create(
        prefix=prefix, digest=digest_of(secret), created_at=now, created_by_id=creator, **values
    )
    record(
        "identity.api_key_created",
        viewer=viewer,
        subject_kind="api_key",
        subject_id=key.id,
        now=now,
        detail={"name": key.name, "permissions": key.permissions},
    )
    return secret


def _locked(prefix: str) -> ApiKey:
    key = ApiKey.objects.select_for_update().filter(prefix=prefix, revoked_at=None).first()
    if key is None:
        raise ApiKeyNotFound(prefix=prefix)
    return key
