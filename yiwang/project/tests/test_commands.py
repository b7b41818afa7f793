"""The map is shown at once, commands do what they say, and errors are sentences."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from yiwang.foundation.kernel.settings import get_settings
from yiwang.project.cli import COMMANDS, main
from yiwang.project.postgres_folders import binaries


def yiwang(*arguments):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_the_map_shows_every_command_without_loading_django():
    look = "import sys; from yiwang.project.cli import main; main(['--help'], standalone_mode=False); "
    look += "sys.exit('django' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert answer.returncode == 0
    for topic, commands in COMMANDS.items():
        assert topic in answer.stdout
        assert all(f"\n  {name} " in answer.stdout for name in commands)


@pytest.mark.parametrize("name", [name for topic in COMMANDS.values() for name in topic])
def test_every_command_explains_itself(name):
    answer = yiwang(name, "--help")
    assert answer.exit_code == 0
    assert f"main {name}" in answer.output


def test_an_error_is_one_sentence_and_what_to_do(tmp_path):
    answer = yiwang("keys", "create")
    assert answer.exit_code == 2
    assert "There is a key file already" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_wrong_setting_is_named():
    environment = {"PORT": "many", "PATH": ""}
    look = "from yiwang.project.cli import main; main(['events'])"
    answer = subprocess.run([sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "The setting PORT is “many”" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_events_name_who_announces_and_who_listens():
    answer = yiwang("events")
    assert "CaseOpened  ← hub/cases" in answer.output
    assert "→ dispatch_case_on_case_opened  (hub/dispatch)" in answer.output


@pytest.mark.django_db
def test_an_api_key_is_created_listed_and_revoked(city):
    secret = yiwang("apikey", "create", "dashboard", "-p", "cases.view").output.strip()
    prefix = secret.partition(".")[0]
    assert f"{prefix}  active" in yiwang("apikey", "list").output
    assert secret not in yiwang("apikey", "list").output
    assert yiwang("apikey", "revoke", prefix).exit_code == 0
    assert f"{prefix}  revoked" in yiwang("apikey", "list").output
    assert yiwang("apikey", "revoke", prefix).exit_code == 2
    assert yiwang("apikey", "create", "x", "-p", "no.such").exit_code == 2


@pytest.mark.django_db
def test_an_installed_pack_is_installed_again_without_a_change(city):
    assert "was installed already" in yiwang("packs", "install", "packs/starter").output


@pytest.mark.django_db
def test_migrating_twice_changes_nothing():
    assert "No migrations to apply" in yiwang("migrate").output


@pytest.mark.django_db
def test_the_doctor_ends_with_a_bad_code_when_there_is_a_problem(city):
    answer = yiwang("doctor")
    assert answer.exit_code == 1
    assert "✗ queue" in answer.output
    assert "✓ city" in answer.output


def test_a_command_refuses_a_missing_city_pack_folder(tmp_path):
    assert yiwang("packs", "install", str(tmp_path / "none")).exit_code == 2


def test_the_wheel_brings_the_programs_backups_need():
    for name in ("postgres", "initdb", "pg_dump", "pg_restore", "psql"):
        assert (binaries() / name).exists()


def test_the_tests_use_a_home_of_their_own():
    assert "yiwang-test-" in str(get_settings().home)


def test_scanning_tells_where_what_and_why(tmp_path):
    file = tmp_path / "报修_13912345678.txt"
    file.write_text("我叫王小明\n路灯不亮\n", encoding="utf-8")
    answer = yiwang("privacy", "scan", str(file))
    assert answer.exit_code == 1
    assert "name:4: mobile “13912345678”. Eleven digits" in answer.output and "line 1:3: name “王小明”" in answer.output
    clean = tmp_path / "clean.txt"
    clean.write_text("路灯不亮", encoding="utf-8")
    assert (yiwang("privacy", "scan", str(clean)).exit_code, yiwang("privacy", "scan", str(clean)).output) == (0, "")
    told = yiwang("privacy", "scan", "--json", str(file)).output.splitlines()
    assert json.loads(told[0])["kind"] == "mobile"
