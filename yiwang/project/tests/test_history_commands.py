"""The commands that move data in and out say what they did, for people and for programs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from yiwang.hub.cases.models import Case
from yiwang.project.cli import main

pytestmark = pytest.mark.django_db
MAPPING = """
source = "old"
time_zone = "UTC"
[fields]
external_id = "id"
received_at = "at"
title = "what"
[unit]
path = ["who"]
"""


@pytest.fixture
def run(city, tmp_path):
    """Runs a command; FILE and MAP stand for a small file and its mapping."""
    (tmp_path / "old.toml").write_text(MAPPING)
    (tmp_path / "old.csv").write_text("id,at,what,who\n1,2026-03-01,lamp,light unit\n2,never,lid,\n")

    def run(*words):
        places = {"FILE": tmp_path / "old.csv", "MAP": tmp_path / "old.toml", "REJECTS": tmp_path / "no.csv"}
        return CliRunner().invoke(main, [str(places.get(word, word)) for word in words], catch_exceptions=False)

    return run


IMPORT = ("import", "FILE", "--mapping", "MAP", "--rejects", "REJECTS")


def test_the_summary_for_programs_has_exactly_the_promised_names(run):
    summary = json.loads(run(*IMPORT, "--json").stdout)
    assert list(summary) == ["read", "new", "updated", "unchanged", "rejected", "seconds", "rows_per_s"]
    assert [summary[name] for name in ("read", "new", "updated", "unchanged", "rejected")] == [2, 1, 0, 0, 1]
    again = json.loads(run(*IMPORT, "--create-missing", "--json").stdout)
    assert (again["updated"], again["created_units"]) == (1, 1)


def test_the_summary_for_people_names_rejects_and_a_dry_run(run, tmp_path):
    dry = run(*IMPORT, "--dry-run")
    assert dry.exit_code == 0
    assert "nothing was written" in dry.stdout and "row 2: received_at: “never”" in dry.stdout
    assert not Case.objects.exists()
    assert f"Rejected rows are in {tmp_path / 'no.csv'}" in run(*IMPORT).stdout


def test_an_unknown_mapping_and_a_wrong_one_are_explained(run, tmp_path):
    unknown = run("import", "FILE", "--mapping", "none")
    assert unknown.exit_code == 2 and "yiwang-export" in unknown.stderr
    (tmp_path / "old.toml").write_text(MAPPING.replace('"at"', '"when"'))
    wrong = run(*IMPORT)
    assert wrong.exit_code == 2
    assert "fields.received_at (line 6)" in wrong.stderr and "no column “when”" in wrong.stderr


def test_export_writes_what_the_options_narrow(run, tmp_path):
    run(*IMPORT)
    out = str(tmp_path / "out.jsonl")
    assert "Wrote 1 cases" in run("export", out, "--source", "old", "--state", "unknown", "--from", "2026-02-01").stderr
    row = json.loads(Path(out).read_text())
    assert (row["external_id"], row["received_at"]) == ("1", "2026-03-01T00:00:00+00:00")
    assert "Wrote 0 cases" in run("export", out, "--to", "2026-02-01").stderr
    assert run("export", out, "--state", "lost").exit_code == 2
