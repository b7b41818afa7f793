"""Every listener is run twice on real news, and the second time changes nothing: jobs may always be repeated."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from tests.architecture.house import refuse
from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel import events
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.events import Listener, list_listeners
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases import services as cases
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.types import Basis
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

Calls = Mapping[str, Sequence[dict[str, Any]]]


def waiting_jobs() -> list[tuple[int, str, dict[str, Any]]]:
    """Jobs nobody has run yet, oldest first: id, name, arguments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [
            (job, name, args if isinstance(args, dict) else json.loads(args)) for job, name, args in cursor.fetchall()
        ]


def run_waiting_jobs(called: dict[str, list[dict[str, Any]]]) -> None:
    """Runs jobs, also those they queue, until none waits; notes what each name was called with."""
    while jobs := waiting_jobs():
        for job, name, arguments in jobs:
            app.tasks[name].func(**arguments)
            called.setdefault(name, []).append(arguments)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job])


def live_through() -> Calls:
    """A case's life with every kind of news in it; what each job was called with."""
    called: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:  # jobs other tests left, about reports that are gone
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")
    contact = ContactDetails(name="韩梅梅", email="han@example.invalid")
    report = receive_report(NewReport(text="小区门口的路灯坏了三天", contact=contact), viewer=ANONYMOUS, now=now())
    case_id = cases.open_case(report.report_id, now=now())
    run_waiting_jobs(called)
    unit = list_units(on=now().date())[0]
    cases.assign_case(case_id, unit.id, basis=Basis("person"), viewer=SYSTEM, now=now())
    cases.sign_case(case_id, viewer=SYSTEM, now=now())
    cases.reply_case(case_id, "灯已修好", viewer=SYSTEM, now=now())
    cases.close_case(case_id, viewer=SYSTEM, now=now())
    cases.reopen_case(case_id, reason="又坏了", viewer=SYSTEM, now=now())
    matter_type = get_case(case_id, viewer=SYSTEM, now=now()).row.matter_type
    other = next(code for code in list_codes(CodeKind.MATTER_TYPE, on=now().date()) if code.code != matter_type)
    cases.reclassify_case(case_id, category_id=None, matter_type=other.code, reason="读错了", viewer=SYSTEM, now=now())
    run_waiting_jobs(called)
    return called


def every_row() -> dict[str, str]:
    """A digest of the rows of every table of this house, the queue's included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        digests = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            digests[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
        return digests


def second_run_complaints(listener: Listener, calls: Calls) -> Iterator[str]:
    """What a listener changes when it hears the same news again; a complaint too when it never heard any."""
    if listener.name not in calls:
        yield f"{listener.name} heard no {listener.event.__name__}; let live_through() in {__name__} publish one."
    for arguments in calls.get(listener.name, ()):
        before = every_row()
        listener.run(listener.event.from_payload(arguments))
        changed = [table for table, digest in every_row().items() if digest != before[table]]
        if changed:
            yield f"{listener.name} changes {', '.join(changed)} when it runs again; check first whether it is done."


@pytest.mark.django_db
def test_every_listener_run_again_changes_nothing(city):
    calls = live_through()
    refuse(sentence for listener in list_listeners() for sentence in second_run_complaints(listener, calls))


@pytest.mark.django_db
def test_a_listener_that_acts_twice_is_told(city):
    calls = live_through()
    honest = next(listener for listener in list_listeners() if listener.name in calls)

    def greedy(event: events.Event) -> None:
        receive_report(NewReport(text="再报一次"), viewer=ANONYMOUS, now=now())

    assert list(second_run_complaints(Listener(honest.event, honest.name, greedy), calls))
    assert list(second_run_complaints(Listener(honest.event, "nobody.heard", greedy), calls))
