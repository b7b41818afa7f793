"""Two people act on one case in the same moment: one wins, the other gets a sentence that helps."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import YiwangError
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.foundation.orgs.selectors import list_units
from yiwang.hub.cases.errors import CaseChanged, MoveNotAllowed
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import assign_case, open_case, sign_case
from yiwang.hub.cases.types import Basis
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case_id(city) -> UUID:
    report = NewReport(text="小区门口的路灯坏了三天")
    return open_case(receive_report(report, viewer=ANONYMOUS, now=now()).report_id, now=now())


def at_once(*acts: Callable[[], None]) -> list[YiwangError | None]:
    """Runs the acts in threads that start together, each on its own connection; what each of them was told."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> YiwangError | None:
        try:
            start.wait()
            act()
        except YiwangError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_two_dispatchers_at_once_one_wins_and_the_other_is_told_what_happened(case_id):
    seen = get_case(case_id, viewer=SYSTEM, now=now())
    one, other = list_units(on=now().date())[:2]

    def dispatch_to(unit_id: UUID) -> None:
        basis = Basis("person", explanation={"reason": "known place"})
        assign_case(case_id, unit_id, basis=basis, viewer=SYSTEM, now=now(), expected_version=seen.version)

    told = at_once(lambda: dispatch_to(one.id), lambda: dispatch_to(other.id))
    (loser,) = [error for error in told if error is not None]
    after = get_case(case_id, viewer=SYSTEM, now=now())
    assert isinstance(loser, CaseChanged)
    assert seen.row.number in loser.message
    assert loser.what_to_do
    assert after.version == seen.version + 1
    assert after.row.unit_id == (one.id if told[0] is None else other.id)
    assert [event.kind for event in after.events] == ["opened", "assigned"]


def test_two_people_of_a_unit_sign_at_once_and_the_case_is_signed_once(case_id):
    unit = list_units(on=now().date())[0]
    assign_case(case_id, unit.id, basis=Basis("person"), viewer=SYSTEM, now=now())

    def sign() -> None:
        sign_case(case_id, viewer=SYSTEM, now=now())

    told = at_once(sign, sign)
    (loser,) = [error for error in told if error is not None]
    after = get_case(case_id, viewer=SYSTEM, now=now())
    assert isinstance(loser, MoveNotAllowed)
    assert after.row.number in loser.message
    assert [event.kind for event in after.events].count("signed") == 1


def test_one_report_opened_by_two_workers_at_once_is_one_case(city):
    receipt = receive_report(NewReport(text="井盖松动，车过就响"), viewer=ANONYMOUS, now=now())

    def open_it() -> None:
        open_case(receipt.report_id, now=now())

    with ThreadPoolExecutor(2) as threads:
        outcomes = [threads.submit(_on_own_connection, open_it) for _ in range(2)]
    assert sum(outcome.exception() is None for outcome in outcomes) >= 1
    open_it()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE report_id = %s", [receipt.report_id])
        assert cursor.fetchone() == (1,)


def _on_own_connection(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()
