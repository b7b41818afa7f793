"""Rights are given by others, kept apart, and end: roles in scopes, invitations, leavers, keys."""

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.foundation.audit.selectors import count_leaves
from yiwang.foundation.identity import errors, selectors, services
from yiwang.foundation.identity.duties import clash
from yiwang.foundation.identity.models import User
from yiwang.foundation.identity.types import NewAccount, NewApiKey, NewRole, ScopeChoice
from yiwang.foundation.kernel.errors import Forbidden, NotPermitted
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, Secrecy
from yiwang.foundation.places.selectors import get_area_by_code, subtree_ids

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ANYWHERE = ScopeChoice()
GOOD = "四月的雨 falls softly"


def invited(username, *roles, scope=ANYWHERE, viewer=SYSTEM):
    """The account's id and its token."""
    token = services.invite_account(NewAccount(username, {"en": username}, roles, scope), viewer=viewer, now=NOW)
    return User.objects.get(username=username).id, token


def viewer_of(user_id):
    return selectors.get_viewer_for_user(User.objects.get(id=user_id), language="en")


def test_an_invitation_is_good_once(city):
    user_id, token = invited("newcomer", "operator")
    with pytest.raises(errors.LoginRefused):
        services.check_login("newcomer", "", now=NOW)
    assert selectors.get_invited_name(token) == "newcomer"
    for weak in ("short", "password123", "newcomer-1"):
        with pytest.raises(errors.PasswordRefused):
            services.accept_invitation(token, weak, now=NOW)
    services.accept_invitation(token, GOOD, now=NOW)
    assert services.check_login("newcomer", GOOD, now=NOW) == user_id
    for used in (token, "", "x:y:z", token + "x"):
        with pytest.raises(errors.InvitationInvalid):
            services.accept_invitation(used, GOOD, now=NOW)


def test_a_renewed_invitation_voids_the_older_one_and_the_password(city):
    user_id, first = invited("forgetful", "operator")
    services.accept_invitation(first, GOOD, now=NOW)
    second = services.renew_invitation(user_id, viewer=SYSTEM, now=NOW)
    third = services.renew_invitation(user_id, viewer=SYSTEM, now=NOW + timedelta(seconds=1))
    with pytest.raises(errors.LoginRefused):
        services.check_login("forgetful", GOOD, now=NOW)
    with pytest.raises(errors.InvitationInvalid):
        services.accept_invitation(second, GOOD, now=NOW)
    services.accept_invitation(third, GOOD, now=NOW)


def test_an_invitation_ends_after_three_days(city, time_machine):
    time_machine.move_to(NOW)
    _, token = invited("slow", "operator")
    time_machine.move_to(NOW + timedelta(days=3, minutes=1))
    with pytest.raises(errors.InvitationInvalid):
        services.accept_invitation(token, GOOD, now=NOW)


@pytest.mark.parametrize(
    ("name", "error"), [("x", "UsernameInvalid"), ("a b c", "UsernameInvalid"), ("TAKEN", "UsernameTaken")]
)
def test_a_user_name_is_plain_and_unique(city, name, error):
    invited("taken")
    with pytest.raises(getattr(errors, error)):
        invited(name)


def test_each_permission_holds_where_its_role_was_given(city):
    scope = ScopeChoice(area="390102", secrecy=(Secrecy.HIDE_IDENTITY,))
    user_id, _ = invited("mixed", "dispatcher", scope=scope)
    services.grant_role(user_id, "analyst", ScopeChoice(), viewer=SYSTEM, now=NOW)
    viewer = viewer_of(user_id)
    (dispatch,) = viewer.scopes("cases.dispatch")
    assert dispatch.area_ids == subtree_ids(get_area_by_code("390102").id)
    assert {scope.area_ids for scope in viewer.scopes("cases.view")} == {dispatch.area_ids, None}
    assert viewer.scopes("cases.close") == ()


def test_a_role_taken_back_is_gone_at_once_and_giving_it_twice_is_giving_it_once(city):
    user_id, _ = invited("temporary")
    for _ in range(2):
        services.grant_role(user_id, "operator", ScopeChoice(), viewer=SYSTEM, now=NOW)
    (held,) = selectors.get_account(user_id, viewer=SYSTEM).memberships
    assert count_leaves("identity.role_granted", viewer=SYSTEM) == 1
    services.revoke_role(held.id, viewer=SYSTEM, now=NOW)
    assert viewer_of(user_id).permissions == frozenset()
    with pytest.raises(errors.MembershipNotFound):
        services.revoke_role(held.id, viewer=SYSTEM, now=NOW)


def test_nobody_gives_roles_to_themselves_or_ends_themselves(city):
    admin_id, _ = invited("guardian", "security_admin")
    guardian = viewer_of(admin_id)
    invited("colleague", "operator", viewer=guardian)
    with pytest.raises(Forbidden):
        services.grant_role(admin_id, "security_admin", ScopeChoice(), viewer=guardian, now=NOW)
    with pytest.raises(Forbidden):
        services.end_account(admin_id, reason="", viewer=guardian, now=NOW)
    with pytest.raises(Forbidden):
        services.renew_invitation(admin_id, viewer=guardian, now=NOW)


@pytest.mark.parametrize("second", ["system_admin", "audit_admin", "operator"])
def test_three_administrators_are_three_people_who_do_nothing_else(city, second):
    user_id, _ = invited("one", "security_admin")
    with pytest.raises(errors.DutiesClash):
        services.grant_role(user_id, second, ScopeChoice(), viewer=SYSTEM, now=NOW)
    with pytest.raises(errors.DutiesClash):
        invited("two", second, "security_admin")


def test_no_role_and_no_key_joins_the_duties(city):
    both = frozenset({"audit.view", "cases.view"})
    with pytest.raises(errors.DutiesClash):
        services.save_roles([NewRole("both", {"en": "both"}, both)], viewer=SYSTEM, now=NOW)
    with pytest.raises(errors.DutiesClash):
        services.create_api_key(NewApiKey("both", both), viewer=SYSTEM, now=NOW)
    assert clash({"cases.view", "people.view_contact"}) is None
    assert clash({"operations.view", "operations.retry"}) is None


def test_who_leaves_loses_everything_but_the_name(city):
    user_id, token = invited("leaver", "unit_handler", scope=ScopeChoice(unit="transport"))
    services.accept_invitation(token, GOOD, now=NOW)
    assert selectors.list_units_left_empty(user_id, viewer=SYSTEM) == ["transport"]
    services.end_account(user_id, reason="retired", viewer=SYSTEM, now=NOW)
    assert viewer_of(user_id) == ANONYMOUS
    with pytest.raises(errors.LoginRefused):
        services.check_login("leaver", GOOD, now=NOW)
    assert selectors.get_user_names([user_id], language="en") == {user_id: "leaver"}


def test_who_leaves_later_works_until_then(city, time_machine):
    time_machine.move_to(NOW)
    user_id, token = invited("later", "operator")
    services.accept_invitation(token, GOOD, now=NOW)
    last_day = NOW + timedelta(days=3)
    services.end_account(user_id, reason="", viewer=SYSTEM, now=NOW, at=last_day)
    assert viewer_of(user_id).may("cases.view")
    time_machine.move_to(last_day)
    assert viewer_of(user_id) == ANONYMOUS
    assert services.switch_off_ended_accounts(now=last_day) == 1
    assert not User.objects.get(id=user_id).is_active


def test_accounts_are_managed_by_security_administrators_only(city):
    user_id, _ = invited("clerk", "operator")
    clerk = viewer_of(user_id)
    for attempt in (
        lambda: invited("friend", viewer=clerk),
        lambda: services.end_account(user_id, reason="", viewer=ANONYMOUS, now=NOW),
        lambda: selectors.list_accounts(viewer=clerk),
        lambda: selectors.list_roles(viewer=clerk),
    ):
        with pytest.raises((NotPermitted, errors.Unauthenticated)):
            attempt()


def test_accounts_are_found_and_paged(city):
    for number in range(5):
        invited(f"clerk{number}", "operator")
    first = selectors.list_accounts(viewer=SYSTEM, text="CLERK", size=3)
    second = selectors.list_accounts(viewer=SYSTEM, text="CLERK", size=3, cursor=first.next_cursor)
    assert [row.username for row in (*first.rows, *second.rows)] == [f"clerk{n}" for n in range(5)]
    assert first.rows[0].is_invited


def test_a_key_holds_in_its_scope_until_its_end(city):
    new = NewApiKey("district", frozenset({"cases.view"}), ScopeChoice(area="390103"), 5, NOW + timedelta(days=1))
    secret = services.create_api_key(new, viewer=SYSTEM, now=NOW)
    use = services.use_api_key(secret, now=NOW)
    assert use.viewer.scopes("cases.view")[0].area_ids == subtree_ids(get_area_by_code("390103").id)
    assert use.limit_per_minute == 5
    with pytest.raises(errors.ApiKeyInvalid):
        services.use_api_key(secret, now=NOW + timedelta(days=1))


def test_a_rotated_key_works_beside_its_successor_for_a_while(city):
    old = services.create_api_key(NewApiKey("feed", frozenset({"cases.view"})), viewer=SYSTEM, now=NOW)
    new = services.rotate_api_key(old.partition(".")[0], overlap=timedelta(hours=1), viewer=SYSTEM, now=NOW)
    later = NOW + timedelta(hours=1)
    assert (
        services.use_api_key(old, now=NOW).viewer.permissions == services.use_api_key(new, now=later).viewer.permissions
    )
    with pytest.raises(errors.ApiKeyInvalid):
        services.use_api_key(old, now=later)
