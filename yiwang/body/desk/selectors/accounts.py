"""Accounts and keys as security administrators read them."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.wording import area_path, language, listed, unit_name
from yiwang.body.desk.types import AccountPage, HeldRole, KeyLine
from yiwang.foundation.identity.selectors import list_api_keys, list_roles
from yiwang.foundation.identity.types import AccountRow, ScopeRow
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.types import secrecy_label


def describe_account(account: AccountRow, *, now: datetime) -> AccountPage:
    """One account in words."""
    state, tone = _state(account, now)
    return AccountPage(
        id=account.id,
        username=account.username,
        name=pick(account.names, language()) or account.username,
        state=state,
        tone=tone,
        is_active=account.is_active,
        last_login_at=account.last_login_at,
        held=[
            HeldRole(row.id, pick(row.role_names, language()), describe_scope(row.scope), row.valid_from, row.valid_to)
            for row in account.memberships
        ],
    )


def describe_scope(scope: ScopeRow) -> str:
    """Where something holds: “Transport Bureau, cleared for …”, or the whole city."""
    parts = [unit_name(scope.unit_id), area_path(scope.area_id), *(scope.matters or ())]
    where = listed(part for part in parts if part) or _("the whole city")
    return listed([where, *(secrecy_label(level) for level in scope.secrecy)])


def role_choices(*, viewer: Viewer) -> Sequence[tuple[str, str]]:
    """All roles, by key and name."""
    return [(role.key, pick(role.names, language())) for role in list_roles(viewer=viewer)]


def list_key_lines(*, viewer: Viewer, now: datetime) -> Sequence[KeyLine]:
    """All API keys in words, newest first."""
    lines = []
    for key in list_api_keys(viewer=viewer):
        is_over = key.expires_at is not None and key.expires_at <= now
        is_active = key.revoked_at is None and not is_over
        state = _("active") if is_active else _("revoked") if key.revoked_at else _("ended")
        lines.append(
            KeyLine(
                name=key.name,
                prefix=key.prefix,
                permissions=listed(sorted(key.permissions)),
                scope=describe_scope(key.scope),
                limit_per_minute=key.limit_per_minute,
                last_used_at=key.last_used_at,
                expires_at=key.expires_at,
                state=state,
                tone="success" if is_active else "muted",
                is_active=is_active,
            )
        )
    return lines


def _state(account: AccountRow, now: datetime) -> tuple[str, str]:
    if not account.is_active or (account.ends_at and account.ends_at <= now):
        return _("switched off"), "muted"
    if account.ends_at:
        return _("leaving"), "attention"
    if account.is_invited:
        return _("invited"), "info"
    return _("active"), "success"
