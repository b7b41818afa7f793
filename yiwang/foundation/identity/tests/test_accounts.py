"""Who somebody is and may do is data; secrets are stored only as digests; demo accounts never reach production."""

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.foundation.audit.selectors import count_leaves
from yiwang.foundation.identity import errors, services
from yiwang.foundation.identity.models import ApiKey, User
from yiwang.foundation.identity.selectors import get_viewer_for_user, list_api_keys
from yiwang.foundation.identity.types import NewAccount, NewApiKey, NewRole, ScopeChoice
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, ActorKind, Grant, Scope, Viewer
from yiwang.foundation.orgs.selectors import list_units, subtree_ids

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def create(username, roles, unit=None):
    account = NewAccount(username, {"en": username.title()}, roles, ScopeChoice(unit=unit))
    return services.create_demo_accounts([account], viewer=SYSTEM, now=NOW, language="en")[0]


def test_a_new_account_can_sign_in_with_its_password_only(city):
    account = create("newcomer", ("operator",))
    assert services.check_login("newcomer", account.password, now=NOW)
    for name, password in (("newcomer", "wrong"), ("nobody", account.password), ("", "")):
        with pytest.raises(errors.LoginRefused):
            services.check_login(name, password, now=NOW)
    assert count_leaves("identity.login_failed", viewer=SYSTEM) == 3
    User.objects.filter(username="newcomer").update(is_active=False)
    with pytest.raises(errors.LoginRefused):
        services.check_login("newcomer", account.password, now=NOW)


def test_a_viewer_sees_the_subtree_of_its_unit_and_holds_its_roles_permissions(city):
    unit = list_units(on=NOW.date())[0]
    create("handler", ("unit_handler",), unit.code)
    viewer = get_viewer_for_user(User.objects.get(username="handler"), language="en")
    (scope,) = viewer.scopes("cases.sign")
    assert scope.unit_ids == subtree_ids(unit.id)
    assert viewer.may("cases.sign")
    assert not viewer.may("identity.manage")
    assert viewer.name == "Handler"


def test_an_account_that_is_switched_off_is_nobody(city):
    create("gone", ("operator",))
    User.objects.filter(username="gone").update(is_active=False)
    assert get_viewer_for_user(User.objects.get(username="gone"), language="en") == ANONYMOUS


def test_demo_accounts_are_refused_in_production(city, monkeypatch):
    class Production:
        is_production = True

    monkeypatch.setattr(services.accounts, "get_settings", Production)
    with pytest.raises(errors.DemoAccountsRefused):
        create("demo", ("operator",))


def test_a_role_with_an_unknown_permission_is_refused():
    with pytest.raises(errors.PermissionUnknown, match=r"cases\.fly"):
        services.save_roles([NewRole("pilot", {"en": "Pilot"}, frozenset({"cases.fly"}))], viewer=SYSTEM, now=NOW)


def test_an_api_key_works_until_it_is_revoked_and_is_stored_as_a_digest():
    secret = services.create_api_key(NewApiKey("gateway", frozenset({"cases.view"})), viewer=SYSTEM, now=NOW)
    key = ApiKey.objects.get()
    assert secret.encode() not in bytes(key.digest)
    viewer = services.use_api_key(secret, now=NOW).viewer
    assert (viewer.actor_id, viewer.permissions) == (key.id, frozenset({"cases.view"}))
    for wrong in ("", key.prefix, f"{key.prefix}.", f"{secret}x", "yw.abc"):
        with pytest.raises(errors.ApiKeyInvalid):
            services.use_api_key(wrong, now=NOW)
    services.revoke_api_key(key.prefix, viewer=SYSTEM, now=NOW)
    with pytest.raises(errors.ApiKeyInvalid):
        services.use_api_key(secret, now=NOW)
    with pytest.raises(errors.ApiKeyNotFound):
        services.revoke_api_key(key.prefix, viewer=SYSTEM, now=NOW)


def test_the_use_of_a_key_is_noted_at_most_once_a_minute():
    secret = services.create_api_key(NewApiKey("gateway", frozenset({"cases.view"})), viewer=SYSTEM, now=NOW)
    for later_s in (0, 30, 90):
        services.use_api_key(secret, now=NOW + timedelta(seconds=later_s))
    assert list_api_keys(viewer=SYSTEM)[0].last_used_at == NOW + timedelta(seconds=90)


def test_only_those_who_manage_accounts_make_keys():
    clerk = Viewer(kind=ActorKind.USER, grants=(Grant(frozenset({"cases.view"}), Scope()),))
    with pytest.raises(NotPermitted):
        services.create_api_key(NewApiKey("x", frozenset()), viewer=clerk, now=NOW)
