"""Writes of accounts, roles, sign-ins and keys."""

from yiwang.foundation.identity.services.accounts import (
    accept_invitation,
    create_demo_accounts,
    end_account,
    grant_role,
    invite_account,
    renew_invitation,
    revoke_role,
    switch_off_ended_accounts,
)
from yiwang.foundation.identity.services.erasing import erase_accounts_before
from yiwang.foundation.identity.services.factors import reseal_factors
from yiwang.foundation.identity.services.keys import create_api_key, revoke_api_key, rotate_api_key, use_api_key
from yiwang.foundation.identity.services.logins import check_login, log_in, log_out, note_account_change, note_login
from yiwang.foundation.identity.services.roles import save_roles

__all__ = [
    "accept_invitation",
    "check_login",
    "create_api_key",
    "create_demo_accounts",
    "end_account",
    "erase_accounts_before",
    "grant_role",
    "invite_account",
    "log_in",
    "log_out",
    "note_account_change",
    "note_login",
    "renew_invitation",
    "reseal_factors",
    "revoke_api_key",
    "revoke_role",
    "rotate_api_key",
    "save_roles",
    "switch_off_ended_accounts",
    "use_api_key",
]
