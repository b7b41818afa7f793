"""Each statement of a change is made to fail in turn: either everything is there afterwards, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases.services import assign_case, open_case
from yiwang.hub.cases.types import Basis
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

MARKS = (
    "SELECT count(*) FROM intake_report",
    "SELECT count(*) FROM people_contact",
    "SELECT count(*) FROM audit_auditleaf",
    "SELECT count(*) FROM procrastinate_jobs",
    "SELECT count(*), sum(version), count(unit_id) FROM cases_case",
    "SELECT count(*) FROM cases_caseevent",
    "SELECT count(*) FROM messaging_message",
)
Act = Callable[[], object]


@contextmanager
def failing_at(position: int) -> Iterator[list[str]]:
    """Makes the statement at ``position`` (from 0) fail; yields the list of statements up to it."""
    statements: list[str] = []

    def guard(execute, sql, params, many, context):
        statements.append(sql)
        if len(statements) == position + 1:
            raise OperationalError(f"the connection broke at statement {position}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield statements


def half_done(act: Act) -> list[str]:
    """The statements after whose failure something was left behind; the failures themselves are undone."""
    left_behind: list[str] = []
    for position in range(1000):
        before, point = marks(), transaction.savepoint()
        with failing_at(position) as statements:
            is_done = succeeded(act)
        if is_done:
            transaction.savepoint_commit(point)
            assert marks() != before, "the change itself left no mark: this test would prove nothing"
            return left_behind
        if marks() != before:
            left_behind.append(statements[-1])
        transaction.savepoint_rollback(point)
    raise AssertionError("the change never ends")


def succeeded(act: Act) -> bool:
    try:
        act()
    except OperationalError:
        # The failure was ours and never reached the database: its transaction is sound, whatever Django believes.
        connection.set_rollback(False)
        return False
    return True


def marks() -> list[object]:
    with connection.cursor() as cursor:
        found: list[object] = []
        for query in MARKS:
            cursor.execute(query)
            found.extend(cursor.fetchone())
        return found


@pytest.fixture
def report_id(city) -> UUID:
    contact = ContactDetails(name="韩梅梅", email="han@example.invalid")
    report = NewReport(text="小区门口的路灯坏了三天", contact=contact, idempotency_key="first")
    return receive_report(report, viewer=ANONYMOUS, now=now()).report_id


@pytest.fixture
def acts(report_id) -> dict[str, Act]:
    """The changes under test, each ready to be called once; the calls before have warmed what is kept in memory."""
    case_id = open_case(report_id, now=now())
    contact = ContactDetails(name="李雷", phone="13800000000")
    report = NewReport(text="井盖松动", contact=contact, idempotency_key="second")
    next_report = NewReport(text="垃圾无人清运", contact=contact, idempotency_key="third")
    waiting = receive_report(next_report, viewer=ANONYMOUS, now=now()).report_id
    unit = list_units(on=now().date())[0]
    return {
        "receive_report": lambda: receive_report(report, viewer=ANONYMOUS, now=now()),
        "open_case": lambda: open_case(waiting, now=now()),
        "assign_case": lambda: assign_case(case_id, unit.id, basis=Basis("person"), viewer=SYSTEM, now=now()),
    }


@pytest.mark.parametrize("verb", ["receive_report", "open_case", "assign_case"])
def test_a_change_that_breaks_anywhere_leaves_nothing_behind(acts, verb):
    assert half_done(acts[verb]) == []


def test_without_its_transaction_a_change_is_caught_half_done(acts, monkeypatch):
    # The others write in one statement (kernel/inserting.together), which is whole with or without a transaction.
    with monkeypatch.context() as without:
        without.setattr(transaction.Atomic, "__enter__", lambda self: None)
        without.setattr(transaction.Atomic, "__exit__", lambda self, *error: None)
        found = half_done(acts["open_case"])
    assert found
