"""A scope says the same in the database and in the program: for every case, every kind of scope, alone and together."""

from datetime import UTC, datetime
from itertools import combinations, product

import pytest

from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.viewer import SYSTEM, ActorKind, Grant, Scope, Secrecy, Viewer
from yiwang.foundation.orgs.selectors import list_units, subtree_ids
from yiwang.foundation.places.selectors import list_districts
from yiwang.foundation.places.selectors import subtree_ids as area_subtree
from yiwang.hub.cases import services
from yiwang.hub.cases.errors import CaseNotFound, NothingChanged, ReasonMissing
from yiwang.hub.cases.models import Case
from yiwang.hub.cases.selectors import cases_in_scope, get_case, iterate_cases
from yiwang.hub.cases.types import Basis, CaseFilter, CasePermission

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
VIEW = CasePermission.VIEW
CLEARED = frozenset({Secrecy.HIDE_IDENTITY, Secrecy.CONFIDENTIAL})


def viewer(*scopes, permissions=frozenset(CasePermission)):
    return Viewer(kind=ActorKind.USER, grants=tuple(Grant(frozenset(permissions), scope) for scope in scopes))


@pytest.fixture
def places(city):
    """Two units and two districts."""
    units = [unit.id for unit in list_units(on=NOW.date()) if unit.code in ("urban-management", "transport")]
    return units, [district.id for district in list_districts(on=NOW.date())][:2]


@pytest.fixture
def cases(places):
    """One case for each unit or none, area or none, matter or none, and secrecy."""
    units, areas = places
    kinds = product([*units, None], [*areas, None], ["complaint", "inquiry", None], Secrecy)
    return Case.objects.bulk_create(
        Case(
            number=f"T{number}", state="registered", source="test", external_id=str(number), channel="web",
            language="zh", title="t", received_at=NOW, unit_id=unit, area_id=area,
            matter_type=matter, secrecy=level.value,
        )
        for number, (unit, area, matter, level) in enumerate(kinds)
    )  # fmt: skip


def test_the_query_finds_exactly_what_a_scope_covers(cases, places):
    units, areas = places
    parts = product(
        [None, frozenset({units[0]}), subtree_ids(units[0])],
        [None, area_subtree(areas[0])],
        [None, frozenset({"inquiry"}), frozenset()],
        [frozenset(), frozenset({Secrecy.HIDE_IDENTITY}), CLEARED],
    )
    scopes = [Scope(*part) for part in parts]
    for held in [*((scope,) for scope in scopes), *combinations(scopes[::5], 2)]:
        someone = viewer(*held)
        found = set(cases_in_scope(someone, VIEW).values_list("number", flat=True))
        assert found == {case.number for case in cases if someone.may(VIEW, at=case.place)}
    assert cases_in_scope(SYSTEM, VIEW).count() == len(cases)
    assert cases_in_scope(viewer(), VIEW).count() == 0


def test_a_permission_of_one_membership_does_not_reach_into_another(cases, places):
    units, _ = places
    sees_all = Grant(frozenset({VIEW}), Scope())
    closes_own = Grant(frozenset({VIEW, CasePermission.DISPATCH}), Scope(unit_ids=frozenset({units[0]})))
    someone = Viewer(kind=ActorKind.USER, grants=(sees_all, closes_own))
    own = next(case for case in cases if case.unit_id == units[0] and case.secrecy == Secrecy.NONE)
    other = next(case for case in cases if case.unit_id == units[1] and case.secrecy == Secrecy.NONE)
    assert "assign" in get_case(own.id, viewer=someone, now=NOW).allowed_moves
    assert "assign" not in get_case(other.id, viewer=someone, now=NOW).allowed_moves
    with pytest.raises(NotPermitted):
        services.assign_case(other.id, units[0], basis=Basis("person"), viewer=someone, now=NOW)


def test_a_confidential_case_is_seen_by_the_cleared_only(cases):
    case = next(case for case in cases if case.secrecy == Secrecy.NONE)
    cleared, clerk = viewer(Scope(secrecy=CLEARED)), viewer(Scope())
    services.change_secrecy(case.id, Secrecy.CONFIDENTIAL, reason="涉及未成年人", viewer=cleared, now=NOW)
    assert get_case(case.id, viewer=cleared, now=NOW).place.secrecy is Secrecy.CONFIDENTIAL
    with pytest.raises(CaseNotFound):
        get_case(case.id, viewer=clerk, now=NOW)
    with pytest.raises(CaseNotFound):
        services.change_secrecy(case.id, Secrecy.NONE, reason="open it", viewer=clerk, now=NOW)


def test_changing_secrecy_needs_a_reason_a_change_and_the_clearance(cases):
    case = next(case for case in cases if case.secrecy == Secrecy.NONE)
    clerk = viewer(Scope())
    with pytest.raises(ReasonMissing):
        services.change_secrecy(case.id, Secrecy.HIDE_IDENTITY, reason=" ", viewer=clerk, now=NOW)
    with pytest.raises(NothingChanged):
        services.change_secrecy(case.id, Secrecy.NONE, reason="same", viewer=clerk, now=NOW)
    with pytest.raises(NotPermitted):
        services.change_secrecy(case.id, Secrecy.CONFIDENTIAL, reason="hide it", viewer=clerk, now=NOW)
    services.change_secrecy(case.id, Secrecy.HIDE_IDENTITY, reason="asked by phone", viewer=clerk, now=NOW)


def test_exports_hold_what_may_be_exported_only(cases, places):
    units, _ = places
    own = Grant(frozenset({VIEW, CasePermission.EXPORT}), Scope(unit_ids=frozenset({units[0]})))
    someone = Viewer(kind=ActorKind.USER, grants=(Grant(frozenset({VIEW}), Scope()), own))
    rows = list(iterate_cases(CaseFilter(), viewer=someone, now=NOW))
    assert rows
    assert {row["unit_id"] for row in rows} == {units[0]}
