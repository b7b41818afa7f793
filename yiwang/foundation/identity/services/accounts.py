import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.duties import clash
from yiwang.foundation.identity.errors import (
    AccountNotFound,
    DemoAccountsRefused,
    DutiesClash,
    InvitationInvalid,
    MembershipNotFound,
    OwnRights,
    PasswordRefused,
    RoleUnknown,
    UsernameInvalid,
    UsernameTaken,
)
from yiwang.foundation.identity.models import ApiKey, Membership, Role, User
from yiwang.foundation.identity.selectors import INVITATION, read_invitation
from yiwang.foundation.identity.services.scopes import stored_scope
from yiwang.foundation.identity.types import DemoAccount, IdentityPermission, NewAccount, ScopeChoice
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import ActorKind, Viewer

# Letters and digits that cannot be mistaken for one another when read from a screen.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105
USERNAME = re.compile(r"[\w.-]{3,60}")


@transaction.atomic
def create_demo_accounts(
    accounts: Sequence[NewAccount], *, viewer: Viewer, now: datetime, language: str
) -> list[DemoAccount]:
    """Creates the accounts that do not exist yet, each with a random password, returned once and stored only hashed.

    Raises DemoAccountsRefused in production, RoleUnknown, DutiesClash and what ``stored_scope`` raises.
    """
    if get_settings().is_production:
        raise DemoAccountsRefused
    created: list[DemoAccount] = []
    for account in accounts:
        if User.objects.filter(username=account.username).exists():
            continue
        password = "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))
        user = User.objects.create(
            username=account.username,
            names=dict(account.names),
            is_demo=True,
            created_at=now,
            password=make_password(password),
        )
        for key in account.roles:
            _grant(user, key, account.scope, now)
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


@transaction.atomic
def invite_account(new: NewAccount, *, viewer: Viewer, now: datetime) -> str:
    """Creates an account without a password and returns the token of its invitation: good once, for three days.

    Raises NotPermitted, UsernameInvalid, UsernameTaken, RoleUnknown, DutiesClash and what ``stored_scope`` raises.
    """
    viewer.require(IdentityPermission.MANAGE)
    if not USERNAME.fullmatch(new.username):
        raise UsernameInvalid(errors=(("username", str(UsernameInvalid.detail)),))
    if User.objects.filter(username__iexact=new.username).exists():
        raise UsernameTaken(value=new.username)
    user = User.objects.create(
        username=new.username,
        names=dict(new.names),
        created_at=now,
        invited_at=now,
        password=make_password(None),
    )
    for key in new.roles:
        _grant(user, key, new.scope, now)
    _record("identity.account_invited", user, viewer, now, {"username": user.username, "roles": list(new.roles)})
    return _invitation(user, now)


@transaction.atomic
def renew_invitation(user_id: UUID, *, viewer: Viewer, now: datetime) -> str:
    """A new invitation for somebody whose first one was lost, or who lost every way to sign in: the password, second
    factors, passkeys and all sessions end. The older invitation is void.

    Raises NotPermitted, OwnRights and AccountNotFound.
    """
    viewer.require(IdentityPermission.MANAGE)
    user = _locked(user_id, viewer)
    user.invited_at = now
    user.set_unusable_password()
    user.save(update_fields=["invited_at", "password"])
    Authenticator.objects.filter(user=user).delete()
    _record("identity.invitation_renewed", user, viewer, now, {})
    return _invitation(user, now)


@transaction.atomic
def accept_invitation(token: str, password: str, *, now: datetime) -> str:
    """Sets the first password of an invited account and returns its user name.

    Raises InvitationInvalid and PasswordRefused with the reasons.
    """
    user = _invited(token)
    try:
        validate_password(password, user)
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise PasswordRefused(reasons=reasons, errors=(("password", reasons),)) from None
    user.set_password(password)
    user.invited_at = None
    user.save(update_fields=["password", "invited_at"])
    viewer = Viewer(kind=ActorKind.USER, actor_id=user.id)
    _record("identity.invitation_accepted", user, viewer, now, {})
    return user.username


@transaction.atomic
def grant_role(user_id: UUID, role: str, scope: ScopeChoice, *, viewer: Viewer, now: datetime) -> None:
    """Gives a role in a scope from now on; a role held there already stays as it is.

    Raises NotPermitted, OwnRights, AccountNotFound, RoleUnknown, DutiesClash and what ``stored_scope`` raises.
    """
    viewer.require(IdentityPermission.MANAGE)
    user = _locked(user_id, viewer)
    if _grant(user, role, scope, now):
        _record("identity.role_granted", user, viewer, now, {"role": role, "unit": scope.unit, "area": scope.area})


@transaction.atomic
def revoke_role(membership_id: UUID, *, viewer: Viewer, now: datetime) -> None:
    """Takes a role back, at once. Raises NotPermitted, MembershipNotFound, OwnRights and AccountNotFound."""
    viewer.require(IdentityPermission.MANAGE)
    held = Membership.objects.filter(_open(now), id=membership_id).select_related("role").first()
    if held is None:
        raise MembershipNotFound
    user = _locked(held.user_id, viewer)
    Membership.objects.filter(id=held.id).update(valid_to=now)
    _record("identity.role_revoked", user, viewer, now, {"role": held.role.key})


@transaction.atomic
def end_account(user_id: UUID, *, reason: str, viewer: Viewer, now: datetime, at: datetime | None = None) -> None:
    """Somebody leaves: at ``at`` (default: now) the account is switched off; roles, sessions and own keys end.

    Histories keep the name until the period ``account`` has passed. Raises NotPermitted, OwnRights and AccountNotFound.
    """
    viewer.require(IdentityPermission.MANAGE)
    user = _locked(user_id, viewer)
    ends_at = max(at or now, now)
    User.objects.filter(id=user.id).update(ends_at=ends_at, invited_at=None)
    Membership.objects.filter(_open(now), user=user).update(valid_to=ends_at)
    ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=ends_at), created_by=user).update(expires_at=ends_at)
    if ends_at == now:
        _switch_off(user)
    _record("identity.account_ended", user, viewer, now, {"ends_at": ends_at.isoformat()}, reason=reason)


@transaction.atomic
def switch_off_ended_accounts(*, now: datetime) -> int:
    """Switches off the accounts whose day has come; returns how many. Their leaf was written when it was decided."""
    due = list(User.objects.select_for_update().filter(ends_at__lte=now, is_active=True))
    for user in due:
        _switch_off(user)
    return len(due)


def _switch_off(user: User) -> None:
    # Without a usable password no session of the account stays valid either.
    User.objects.filter(id=user.id).update(is_active=False, password=make_password(None))


def _grant(user: User, key: str, scope: ScopeChoice, now: datetime) -> bool:
    role = Role.objects.filter(key=key).first()
    if role is None:
        raise RoleUnknown(value=key, errors=(("role", str(RoleUnknown.detail) % {"value": key}),))
    held = Membership.objects.filter(_open(now), user=user)
    permissions = {name for names in held.values_list("role__permissions", flat=True) for name in names}
    if found := clash(permissions | set(role.permissions)):
        raise DutiesClash(first=found[0], second=found[1])
    columns = stored_scope(scope, on=now.date())
    same = held.filter(role=role, unit_id=columns["unit_id"], area_id=columns["area_id"])
    if same.filter(matters=columns["matters"], secrecy=columns["secrecy"]).exists():
        return False
    same.update(valid_to=now)
    Membership.objects.create(user=user, role=role, valid_from=now, **columns)
    return True


def _open(now: datetime) -> Q:
    return Q(valid_to=None) | Q(valid_to__gt=now)


def _locked(user_id: UUID, viewer: Viewer) -> User:
    if user_id == viewer.actor_id:
        raise OwnRights
    user = User.objects.select_for_update().filter(id=user_id, is_active=True).first()
    if user is None:
        raise AccountNotFound
    return user


def _invitation(user: User, now: datetime) -> str:
    return signing.dumps([str(user.id), now.isoformat()], salt=INVITATION)


def _invited(token: str) -> User:
    user_id, invited_at = read_invitation(token)
    user = User.objects.select_for_update().filter(id=user_id, is_active=True, invited_at=invited_at).first()
    if user is None:
        raise InvitationInvalid
    return user


def _record(
    action: str, user: User, viewer: Viewer, now: datetime, detail: dict[str, object], *, reason: str = ""
) -> None:
    record(action, viewer=viewer, subject_kind="account", subject_id=user.id, now=now, detail=detail, reason=reason)
