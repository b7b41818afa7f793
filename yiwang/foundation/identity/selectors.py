import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db.models import F, Q
from django.db.models.functions import Now

from yiwang.foundation.identity.errors import AccountNotFound, InvitationInvalid
from yiwang.foundation.identity.models import ApiKey, Membership, Role, User
from yiwang.foundation.identity.types import (
    AccountRow,
    ApiKeyRow,
    IdentityPermission,
    MembershipRow,
    RoleRow,
    ScopeRow,
)
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.paging import Page, cut, decode_cursor, encode_cursor
from yiwang.foundation.kernel.viewer import ANONYMOUS, ActorKind, Grant, Scope, Secrecy, Viewer
from yiwang.foundation.orgs.selectors import find_unit, subtree_ids
from yiwang.foundation.places.selectors import subtree_ids as area_subtree

SCOPE_FIELDS = ("unit_id", "area_id", "matters", "secrecy")
INVITATION = "identity-invitation"
INVITATION_LIVES = timedelta(days=3)


def get_viewer_for_user(user: User, *, language: str) -> Viewer:
    """The viewer a signed-in user is: the permissions of each role held now, in the scope it is held in.

    ANONYMOUS for an account that is switched off.
    """
    if not user.is_active or (user.ends_at and user.ends_at <= now()):
        return ANONYMOUS
    held = Membership.objects.filter(_now(), user=user)
    return Viewer(
        kind=ActorKind.USER,
        actor_id=user.id,
        name=pick(user.names, language) or user.username,
        grants=tuple(
            Grant(frozenset(permissions), scope_of(*scope))
            for permissions, *scope in held.values_list("role__permissions", *SCOPE_FIELDS)
        ),
    )


def scope_of(
    unit_id: UUID | None, area_id: UUID | None, matters: Sequence[str] | None, secrecy: Sequence[str]
) -> Scope:
    """What is stored of a scope as the sets that selectors compare with: whole subtrees and territories."""
    return Scope(
        unit_ids=None if unit_id is None else subtree_ids(unit_id),
        area_ids=None if area_id is None else area_subtree(area_id),
        matters=None if matters is None else frozenset(matters),
        secrecy=frozenset(Secrecy(level) for level in secrecy),
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
            scope=_scope_row(key),
            limit_per_minute=key.limit_per_minute,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
        for key in ApiKey.objects.order_by(F("created_at").desc())
    ]


def list_roles(*, viewer: Viewer) -> Sequence[RoleRow]:
    """All roles by key. Needs ``identity.manage``."""
    viewer.require(IdentityPermission.MANAGE)
    return [RoleRow(role.key, role.names, frozenset(role.permissions)) for role in Role.objects.order_by("key")]


def list_accounts(*, viewer: Viewer, text: str = "", size: int = 50, cursor: str | None = None) -> Page[AccountRow]:
    """A page of accounts by user name, those switched off too; ``text`` is part of a user name or a name.

    Needs ``identity.manage``. Raises CursorInvalid for a damaged cursor.
    """
    viewer.require(IdentityPermission.MANAGE)
    users = User.objects.order_by("username")
    if text.strip():
        users = users.filter(Q(username__icontains=text.strip()) | Q(names__icontains=text.strip()))
    if cursor:
        users = users.filter(username__gt=str(decode_cursor(cursor, 1)[0]))
    rows = _accounts(users[: size + 1])
    page, onward = cut(rows, size, lambda row: encode_cursor(row.username))
    return Page(page, next_cursor=onward, previous_cursor=None)


def get_account(user_id: UUID, *, viewer: Viewer) -> AccountRow:
    """One account. Needs ``identity.manage``; raises AccountNotFound."""
    viewer.require(IdentityPermission.MANAGE)
    rows = _accounts(User.objects.filter(id=user_id))
    if not rows:
        raise AccountNotFound
    return rows[0]


def read_invitation(token: str) -> tuple[UUID, datetime]:
    """Who was invited, and when. Raises InvitationInvalid for a token that is not ours or older than three days."""
    try:
        user_id, invited_at = signing.loads(token, salt=INVITATION, max_age=INVITATION_LIVES)
        return UUID(user_id), datetime.fromisoformat(invited_at)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvitationInvalid from None


def get_invited_name(token: str) -> str:
    """The user name an invitation is for. Raises InvitationInvalid also for one that was used or replaced."""
    user_id, invited_at = read_invitation(token)
    user = User.objects.filter(id=user_id, is_active=True, invited_at=invited_at).first()
    if user is None:
        raise InvitationInvalid
    return user.username


def list_units_left_empty(user_id: UUID, *, viewer: Viewer) -> Sequence[str]:
    """Codes of the units in which nobody else holds a role: whoever leaves them hands over first.

    Needs ``identity.manage``.
    """
    viewer.require(IdentityPermission.MANAGE)
    held = Membership.objects.filter(_now(), unit__isnull=False)
    own = set(held.filter(user_id=user_id).values_list("unit_id", flat=True))
    others = held.filter(unit_id__in=own, user__is_active=True).exclude(user_id=user_id)
    empty = own - set(others.values_list("unit_id", flat=True))
    return sorted(unit.code for unit_id in empty if (unit := find_unit(unit_id)))


def count_demo_accounts() -> int:
    """How many active demo accounts there are; production refuses to start with any."""
    return User.objects.filter(is_demo=True, is_active=True).count()


def get_user_names(user_ids: Sequence[UUID], *, language: str) -> dict[UUID, str]:
    """The display names of staff by id, for histories; unknown ids are left out."""
    users = User.objects.filter(id__in=user_ids).values_list("id", "names", "username")
    return {user_id: pick(names, language) or username for user_id, names, username in users}


def get_user_units(user_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The unit each of these people works for, as their roles say; those whose roles name none are left out."""
    held = Membership.objects.filter(user_id__in=user_ids, unit__isnull=False).order_by("valid_from")
    return dict(held.values_list("user_id", "unit_id"))


def find_user_id(username: str) -> UUID | None:
    """The account with this user name, also one that was switched off, or None."""
    return User.objects.filter(username__iexact=username).values_list("id", flat=True).first()


def digest_of(secret: str) -> bytes:
    """SHA-256 of an API key. Keys are 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).digest()


def _accounts(users: Iterable[User]) -> list[AccountRow]:
    found = list(users)
    memberships: dict[UUID, list[MembershipRow]] = defaultdict(list)
    held = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=Now()), user__in=found).select_related("role")
    for row in held.order_by("role__key"):
        memberships[row.user_id].append(
            MembershipRow(row.id, row.role.key, row.role.names, _scope_row(row), row.valid_from, row.valid_to)
        )
    return [
        AccountRow(
            id=user.id,
            username=user.username,
            names=user.names,
            is_active=user.is_active,
            is_invited=user.invited_at is not None,
            ends_at=user.ends_at,
            last_login_at=user.last_login,
            memberships=memberships[user.id],
        )
        for user in found
    ]


def _now() -> Q:
    return Q(valid_to=None, valid_from__lte=Now()) | Q(valid_to__gt=Now(), valid_from__lte=Now())


def _scope_row(holder: Membership | ApiKey) -> ScopeRow:
    return ScopeRow(
        unit_id=holder.unit_id,
        area_id=holder.area_id,
        matters=None if holder.matters is None else tuple(holder.matters),
        secrecy=tuple(Secrecy(level) for level in holder.secrecy),
    )
