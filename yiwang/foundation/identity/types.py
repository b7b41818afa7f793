from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register
from yiwang.foundation.kernel.viewer import Secrecy, Viewer


@register
class IdentityPermission(StrEnum):
    """Who may manage accounts and keys."""

    MANAGE = "identity.manage"


@dataclass(frozen=True)
class NewRole:
    """A role to be stored: a named set of permissions."""

    key: str
    names: Mapping[str, str]
    permissions: frozenset[str]


@dataclass(frozen=True)
class ScopeChoice:
    """Where something is to hold, as people choose it: codes of a unit and an area, matter types, secrecy levels.

    None: not limited in this respect.
    """

    unit: str | None = None
    area: str | None = None
    matters: tuple[str, ...] | None = None
    secrecy: tuple[Secrecy, ...] = ()


@dataclass(frozen=True)
class NewAccount:
    """An account to be created, with roles that are all held in the same scope."""

    username: str
    names: Mapping[str, str]
    roles: tuple[str, ...]
    scope: ScopeChoice = ScopeChoice()


@dataclass(frozen=True)
class DemoAccount:
    """A created demo account with its random password, shown once to whoever starts the demo city."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class NewApiKey:
    """A key to be created. ``limit_per_minute`` is the number of calls; ``expires_at`` None means: until revoked."""

    name: str
    permissions: frozenset[str]
    scope: ScopeChoice = ScopeChoice()
    limit_per_minute: int = 600
    expires_at: datetime | None = None


@dataclass(frozen=True)
class ApiKeyUse:
    """Who a program with a valid key is, and how many calls a minute it may make."""

    viewer: Viewer
    prefix: str
    limit_per_minute: int


@dataclass(frozen=True)
class ScopeRow:
    """A stored scope; None: not limited in this respect."""

    unit_id: UUID | None
    area_id: UUID | None
    matters: tuple[str, ...] | None
    secrecy: tuple[Secrecy, ...]


@dataclass(frozen=True)
class ApiKeyRow:
    """An API key as it can be listed; the secret part exists only in the answer to its creation."""

    id: UUID
    name: str
    prefix: str
    permissions: frozenset[str]
    scope: ScopeRow
    limit_per_minute: int
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class RoleRow:
    """A role as it can be given."""

    key: str
    names: Mapping[str, str]
    permissions: frozenset[str]


@dataclass(frozen=True)
class MembershipRow:
    """A role somebody holds, held or will hold."""

    id: UUID
    role: str
    role_names: Mapping[str, str]
    scope: ScopeRow
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True)
class AccountRow:
    """An account with the roles it holds now. ``is_invited``: the first password has not been set yet."""

    id: UUID
    username: str
    names: Mapping[str, str]
    is_active: bool
    is_invited: bool
    ends_at: datetime | None
    last_login_at: datetime | None
    memberships: Sequence[MembershipRow]


register_actions(
    {
        "identity.roles_saved": _("Roles were changed"),
        "identity.demo_accounts_created": _("Demo accounts were created"),
        "identity.api_key_created": _("An API key was created"),
        "identity.api_key_revoked": _("An API key was revoked"),
        "identity.api_key_rotated": _("An API key was replaced by a new one"),
        "identity.account_invited": _("An account was created and its holder invited"),
        "identity.invitation_renewed": _("An invitation was sent again"),
        "identity.invitation_accepted": _("The first password was set"),
        "identity.role_granted": _("A role was given"),
        "identity.role_revoked": _("A role was taken back"),
        "identity.account_ended": _("An account was switched off"),
        "identity.logged_in": _("Somebody signed in"),
        "identity.login_failed": _("A sign-in was refused"),
        "identity.password_changed": _("Somebody changed the own password"),
        "identity.second_factor_added": _("Somebody added a second factor or passkey"),
        "identity.second_factor_removed": _("Somebody removed a second factor or passkey"),
        "identity.recovery_codes_made": _("Somebody made new recovery codes"),
    }
)
