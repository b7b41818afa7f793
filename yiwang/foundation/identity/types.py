from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register


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
class NewAccount:
    """A demo account to be created: works in ``unit`` (a unit's code) or, without one, for the whole city."""

    username: str
    names: Mapping[str, str]
    roles: tuple[str, ...]
    unit: str | None = None


@dataclass(frozen=True)
class DemoAccount:
    """A created demo account with its random password, shown once to whoever starts the demo city."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class ApiKeyRow:
    """An API key as it can be listed; the secret part exists only in the answer to its creation."""

    id: UUID
    name: str
    prefix: str
    permissions: frozenset[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


register_actions(
    {
        "identity.roles_saved": _("Roles were changed"),
        "identity.demo_accounts_created": _("Demo accounts were created"),
        "identity.api_key_created": _("An API key was created"),
        "identity.api_key_revoked": _("An API key was revoked"),
        "identity.logged_in": _("Somebody signed in"),
        "identity.login_failed": _("A sign-in was refused"),
    }
)
