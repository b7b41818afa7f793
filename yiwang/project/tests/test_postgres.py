"""The embedded server starts, recovers, shares itself among commands, and says in a sentence why it cannot."""

import os
import signal
import subprocess
import sys
import time

import psutil
import psycopg
import pytest

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.foundation.kernel.settings import read_settings
from yiwang.project import postgres
from yiwang.project.databases import embedded_url
from yiwang.project.postgres import DURABLE, EmbeddedPostgres, database_for_command, make_home
from yiwang.project.processes import only_one


def silent(_text):
    pass


def value(home, query):
    with psycopg.connect(embedded_url(home), autocommit=True) as connection:
        return connection.execute(query).fetchone()[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    make_home(folder)
    return folder


@pytest.fixture
def server(home):
    embedded = EmbeddedPostgres(home)
    embedded.launch()
    embedded.wait_until_ready(silent)
    yield embedded
    embedded.stop()


@pytest.fixture
def settings(home, monkeypatch):
    monkeypatch.setenv("YIWANG_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL")
    return read_settings()


def test_what_was_confirmed_is_on_disk_and_nobody_else_can_connect(server, home):
    assert (value(home, "SHOW fsync"), value(home, "SHOW synchronous_commit")) == ("on", "on")
    assert value(home, "SHOW data_checksums") == "on"
    assert value(home, "SHOW listen_addresses") == ""
    assert server.socket.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres.log").stat().st_mode & 0o077 == 0


def test_a_killed_server_is_started_again_with_everything_that_was_committed(server, home):
    with psycopg.connect(embedded_url(home), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid, signal.SIGKILL)
    while server.is_alive:
        time.sleep(0.01)
    server.launch()
    server.wait_until_ready(silent)
    assert value(home, "SELECT answer FROM kept") == 42


def test_a_server_that_outlived_its_supervisor_is_ended_by_the_next_start(server, home):
    leftover = server.pid
    second = EmbeddedPostgres(home)
    second.launch()
    second.wait_until_ready(silent)
    try:
        assert second.pid != leftover
        assert not server.is_alive
        assert value(home, "SELECT 1") == 1
    finally:
        second.stop()


def test_a_stale_lock_file_that_names_a_strangers_process_is_no_obstacle(home):
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'postgres'}\n")
    server = EmbeddedPostgres(home)
    server.launch()
    server.wait_until_ready(silent)
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root does the server have an account of its own")
def test_a_folder_above_that_is_closed_while_the_server_starts_is_opened_again(tmp_path):
    home = tmp_path / "home"
    make_home(home)
    server = EmbeddedPostgres(home)
    server.launch()
    server.stop()
    server._prepare()
    tmp_path.chmod(0o700)
    server._spawn()
    server.wait_until_ready(silent)
    server.stop()
    assert tmp_path.stat().st_mode & 0o777 == 0o701


def test_data_of_another_version_are_refused_with_what_to_do(home):
    version = home / "postgres" / "PG_VERSION"
    known = version.read_text()
    version.write_text("15\n")
    try:
        with pytest.raises(CannotStart, match=r"PostgreSQL 15.*yiwang backup"):
            EmbeddedPostgres(home).launch()
    finally:
        version.write_text(known)


def test_a_server_that_gives_up_is_explained_by_its_own_words(home):
    server = EmbeddedPostgres(home, options={**DURABLE, "shared_buffers": "nonsense"})
    server.launch()
    with pytest.raises(CannotStart, match="shared_buffers"):
        server.wait_until_ready(silent)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ('FATAL:  could not write lock file "postmaster.pid": No space left on device', "is full"),
        ('FATAL:  could not open file "pg_wal": Permission denied', "right to write"),
        ("", "said nothing"),
    ],
)
def test_the_servers_words_become_a_sentence(tmp_path, words, sentence):
    assert sentence in str(postgres._explain(words, tmp_path))


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CannotStart, match="YIWANG_HOME"):
        make_home(tmp_path / "file" / "home")


def test_a_command_brings_up_the_database_for_itself_and_takes_it_down_again(settings, home):
    with database_for_command(settings, silent):
        assert value(home, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError):
        value(home, "SELECT 1")


def test_a_command_uses_the_server_that_is_running_and_leaves_it_running(settings, server, home):
    with database_for_command(settings, silent):
        assert server.pid is not None
    assert value(home, "SELECT 1") == 1


def test_a_served_database_that_does_not_answer_or_is_too_old_is_told(server, home, monkeypatch):
    postgres.wait_for_served(embedded_url(home))
    with pytest.raises(CannotStart, match="does not answer"):
        postgres.wait_for_served("postgresql://postgres@127.0.0.1:1/none")
    monkeypatch.setattr(postgres, "OLDEST_SERVED", 990000)
    with pytest.raises(CannotStart, match="16 or later"):
        postgres.wait_for_served(embedded_url(home))


def test_only_one_process_may_keep_a_home(home):
    try_it = f"""
from pathlib import Path
from yiwang.project.processes import only_one
with only_one(Path({str(home)!r})):
    pass
"""
    with only_one(home):
        answer = subprocess.run([sys.executable, "-c", try_it], capture_output=True, text=True, check=False)
    assert f"process {os.getpid()}" in answer.stderr
    assert "already using" in answer.stderr
    assert subprocess.run([sys.executable, "-c", try_it], check=False).returncode == 0


def test_the_server_goes_with_whoever_started_it(home):
    start_it = f"""
import sys, time
from pathlib import Path
from yiwang.project.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path({str(home)!r}))
server.launch()
server.wait_until_ready(print)
print(server.pid, flush=True)
time.sleep(60)
"""
    starter = subprocess.Popen([sys.executable, "-c", start_it], stdout=subprocess.PIPE, text=True)
    server = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    psutil.wait_procs([server], timeout=10)
    assert not server.is_running()
