"""Turns of the timetable: the database may be away for a moment, and a lasting failure is told once."""

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app

from yiwang.foundation.kernel import jobs


@pytest.fixture
def turn(monkeypatch):
    """Registers a function by the timetable and gives what the worker calls; no pauses."""
    monkeypatch.setattr(jobs, "PAUSES_S", (0, 0))
    monkeypatch.setattr(app, "periodic", lambda **_: lambda task: None)

    def register(function):
        function.__module__, function.__qualname__ = "tests.turns", "turn"
        jobs.timetable("* * * * *")(function)
        return app.tasks["tests.turns.turn"].func

    yield register
    app.tasks.pop("tests.turns.turn")


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_loses_the_database_tries_again(turn):
    calls = []

    def two_failures_then_well(timestamp):
        calls.append(timestamp)
        if len(calls) < 3:
            raise OperationalError("the server closed the connection")

    turn(two_failures_then_well)(timestamp=7)
    assert calls == [7, 7, 7]


@pytest.mark.django_db(transaction=True)
def test_a_turn_gives_up_when_the_database_stays_away(turn):
    def never(timestamp):
        raise OperationalError("the server closed the connection")

    with pytest.raises(OperationalError):
        turn(never)(timestamp=7)


@pytest.mark.django_db
def test_a_lasting_failure_leaves_one_dead_letter(turn):
    def wrong(timestamp):
        raise ValueError("a fault of the program")

    run = turn(wrong)
    with pytest.raises(ValueError, match="fault"):
        run(timestamp=7)
    with connection.cursor() as db:
        db.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
            " VALUES ('default', 'tests.turns.turn', 'failed', 1)"
        )
    run(timestamp=8)
