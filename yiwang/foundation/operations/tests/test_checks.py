"""The doctor says what is wrong and what to do, also when nothing can be asked."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.operations import checks
from yiwang.foundation.operations.selectors import run_checks

pytestmark = pytest.mark.django_db


def findings():
    return {finding.name: finding for finding in run_checks()}


def test_every_check_of_a_sound_installation_is_fine_but_for_the_worker_and_the_test_database(city):
    found = findings()
    assert {"city", "clock", "contacts", "database", "disk", "keys", "migrations", "queue", "screens"} <= found.keys()
    troubled = {name for name, finding in found.items() if finding.state != "ok"}
    assert troubled <= {"queue", "database", "screens"}
    assert "yiwang worker" in found["queue"].remedy
    assert all(finding.remedy for finding in found.values() if finding.state != "ok")


def test_without_a_database_the_other_checks_still_run(monkeypatch):
    def refuse(*_arguments):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.cursor", refuse)
    found = findings()
    assert found["database"].state == "problem"
    assert "yiwang run" in found["database"].remedy
    assert found["clock"].state == "problem"
    assert found["keys"].state == "ok"


def test_clocks_that_differ_are_told(monkeypatch):
    monkeypatch.setattr(checks, "now", lambda: now() - timedelta(seconds=5))
    finding = checks.check_clock()
    assert finding.state == "problem"
    assert "5" in finding.message


def test_a_key_file_others_can_read_is_told():
    path = get_settings().key_file
    path.chmod(0o640)
    try:
        assert checks.check_keys().state == "problem"
    finally:
        path.chmod(0o600)
    assert checks.check_keys().state == "ok"


@pytest.mark.parametrize(("free_mb", "state"), [(100, "problem"), (1000, "warning"), (9000, "ok")])
def test_a_disk_that_fills_is_told_before_it_is_full(monkeypatch, free_mb, state):
    usage = type("Usage", (), {"free": free_mb * checks.MB})
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _path: usage)
    assert checks.check_disk().state == state
