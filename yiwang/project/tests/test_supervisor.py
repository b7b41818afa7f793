"""``yiwang run`` opens a city, keeps it open whatever dies, and closes it with one Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import psycopg
import pytest

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.project import supervisor
from yiwang.project.bench.stage import free_port, running_city, wait_for
from yiwang.project.supervisor import QUICK_DEATHS_ALLOWED, Child

YIWANG = Path(sys.executable).with_name("yiwang")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose city has been opened once already: everything later is a second start."""
    folder = tmp_path_factory.mktemp("city")
    with running_city(folder, {}):
        pass
    return folder


@pytest.fixture
def stage(home):
    with running_city(home, {}) as running:
        yield running


def open_again(home, port, **settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YIWANG_", "DATABASE_"))}
    environment |= {"YIWANG_HOME": str(home), "PORT": str(port), **settings}
    return subprocess.run([YIWANG, "run"], env=environment, capture_output=True, text=True, timeout=60, check=False)


def everything_below(stage):
    return stage.supervisor.children(recursive=True)


def test_a_second_start_is_quick_keeps_the_accounts_and_one_ctrl_c_closes_everything(home):
    with running_city(home, {}) as stage:
        wait_for(
            lambda: f"is ready at http://localhost:{stage.port}" in (home / "run.log").read_text(), 20, "the words"
        )
        # The start is work for the processor, not waiting; its seconds do not depend on what else runs here.
        assert sum(sum(process.cpu_times()[:2]) for process in [stage.supervisor, *everything_below(stage)]) < 8
        accounts = stage.accounts()
        assert {"username", "password", "name", "roles"} == accounts[0].keys()
        assert (home / "demo-accounts.json").stat().st_mode & 0o777 == 0o600
        everything = everything_below(stage)
        # Each child has a session of its own: the terminal's Ctrl-C reaches the supervisor alone.
        assert {os.getsid(child.pid) for child in stage.supervisor.children()}.isdisjoint({stage.supervisor.pid})
        closed_at = time.monotonic()
        stage.supervisor.send_signal(signal.SIGINT)
        psutil.wait_procs(everything, timeout=15)
        assert stage.supervisor.wait(15) == 0
        assert time.monotonic() - closed_at < 15
        assert not [process for process in everything if process.is_running()]
    words = (home / "run.log").read_text()
    assert accounts[0]["password"] in words
    assert "Traceback" not in words


@pytest.mark.parametrize("role", ["web", "worker", "postgres"])
def test_what_is_killed_comes_back(stage, role):
    victim = stage.processes(role)[0]
    victim.kill()
    wait_for(lambda: [p for p in stage.processes(role) if p.pid != victim.pid], 20, f"a new {role}")
    # For a moment a killed database's orphans still serve the lines they have, and the city still says it is ready.
    wait_for(lambda: takes_new_lines(stage), 20, "a database that takes new lines")
    stage.wait_until_ready()


def takes_new_lines(stage):
    try:
        return stage.value("SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_is_clean(home):
    with running_city(home, {}) as stage:
        everything = everything_below(stage)
        stage.supervisor.kill()
        psutil.wait_procs(everything, timeout=15)
        assert not [process for process in everything if process.is_running()]
    with running_city(home, {}) as again:
        assert again.value("SELECT count(*) FROM packs_installedpack") == 1


def test_a_second_supervisor_of_the_same_home_is_refused_with_a_sentence(stage):
    answer = open_again(stage.home, free_port())
    assert answer.returncode == 2
    assert "already using" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_taken_port_is_told_with_another_one_to_take(stage, tmp_path):
    answer = open_again(tmp_path, stage.port)
    assert answer.returncode == 2
    assert f"PORT={stage.port + 1} yiwang run" in answer.stderr
    assert not (tmp_path / "postgres").exists()


def test_production_does_not_open_a_demo_city(home):
    answer = open_again(home, free_port(), YIWANG_ENV="production", YIWANG_PUBLIC_URL="https://city.example")
    assert answer.returncode == 2
    assert "demo accounts" in answer.stderr


def test_production_without_keys_is_refused(tmp_path):
    answer = open_again(tmp_path, free_port(), YIWANG_ENV="production")
    assert answer.returncode == 2
    assert "yiwang keys create" in answer.stderr
    assert not (tmp_path / "keys.json").exists()


def test_the_counters_of_all_processes_are_at_metrics(stage):
    for _ in range(3):
        urllib.request.urlopen(f"http://127.0.0.1:{stage.port}/healthz")
    answer = urllib.request.urlopen(f"http://127.0.0.1:{stage.port}/metrics").read().decode()
    assert 'route="healthz"' in answer
    assert 'yiwang_jobs{state="failed"}' in answer


def test_the_doctor_examines_a_running_city(stage):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YIWANG_", "DATABASE_"))}
    environment["YIWANG_HOME"] = str(stage.home)
    answer = subprocess.run([YIWANG, "doctor", "--json"], env=environment, capture_output=True, text=True, check=False)
    states = {finding["name"]: finding["state"] for finding in json.loads(answer.stdout)}
    assert states.pop("screens") in {"ok", "problem"}  # built by make, not by the tests
    assert set(states.values()) == {"ok"}


def test_a_child_that_keeps_dying_is_given_up_with_a_sentence(monkeypatch):
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0)
    child = Child("worker", lambda: os._exit(1))
    with pytest.raises(CannotStart, match=f"died {QUICK_DEATHS_ALLOWED} times"):
        for _ in range(1000):
            child.look_after()
            time.sleep(0.01)
