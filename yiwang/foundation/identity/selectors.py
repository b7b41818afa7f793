import hashlib
from collections.abc import Sequence
from typing import cast
from uuid import UUID

from django.db.models import F

from yiwang.foundation.identity.models import ApiKey, Membership, User
from yiwang.foundation.identity.types import ApiKeyRow, IdentityPermission
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.viewer import ANONYMOUS, ActorKind, Viewer
from yiwang.foundation.orgs.selectors import subtree_ids


def get_viewer_for_user(user: User, *, language: str) -> Viewer:
    """The viewer a signed-in user is: the union of the roles' permissions, and the subtrees of the units they are
    held in.

    ANONYMOUS for an account that is switched off.
    """
    if not user.is_active:
        return ANONYMOUS
    rows = Membership.objects.filter(user=user).values_list("unit_id", "role__permissions")
    memberships = cast("list[tuple[UUID | None, list[str]]]", list(rows))
    is_city_wide = any(unit_id is None for unit_id, _ in memberships)
    units = frozenset[UUID]().union(*(subtree_ids(unit_id) for unit_id, _ in memberships if unit_id is not None))
    return Viewer(
        kind=ActorKind.USER,
        actor_id=user.id,
        name=pick(user.names, language) or user.username,
        permissions=frozenset[str]().union(*(permissions for _, permissions in memberships)),
        unit_ids=None if is_city_wide else units,
        area_ids=None,
    )


def list_api_keys(*, viewer: Viewer) -> Sequence[ApiKeyRow]:
    """All keys, newest first. Needs ``identity.manage``."""
    viewer.require(IdentityPermission.MANAGE)
    return [
        ApiKeyRow(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            permissions=frozenset(key.permissions),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
        for key in ApiKey.objects.order_by(F("created_at").desc())
    ]


def count_demo_accounts() -> int:
    """How many active demo accounts there are; production refuses to start with any."""
    return User.objects.filter(is_demo=True, is_active=True).count()


def get_user_names(user_ids: Sequence[UUID], *, language: str) -> dict[UUID, str]:
    """The display names of staff by id, for histories; unknown ids are left out."""
    users = User.objects.filter(id__in=user_ids).values_list("id", "names", "username")
    return {user_id: pick(names, language) or username for user_id, names, username in users}


def digest_of(secret: str) -> bytes:
    """SHA-256 of an API key. Keys are 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).digest()
