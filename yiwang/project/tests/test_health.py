"""Load balancers get plain answers, and the API's page needs nothing from elsewhere."""

import re

import pytest
from django.db import OperationalError

from yiwang.foundation.packs.models import InstalledPack
from yiwang.project import health

pytestmark = pytest.mark.django_db
AWAY = "django.db.backends.postgresql.base.DatabaseWrapper.cursor"


def refuse(*_arguments):
    raise OperationalError("connection refused")


def test_a_city_that_can_be_served_is_ready(client, city):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_without_a_database_the_process_lives_but_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(AWAY, refuse)
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database_away")


def test_without_a_city_it_is_not_ready(client):
    InstalledPack.objects.all().delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/city_missing")
    assert "yiwang packs install" in answer.json()["remedy"]


def test_with_old_tables_it_is_not_ready(client, city, monkeypatch):
    monkeypatch.setattr(health, "waiting_migrations", lambda: ["cases.0009_tomorrow"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/migrations_missing")


def test_no_migration_is_waiting_in_a_fresh_database(monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", False)
    assert health.waiting_migrations() == []


def test_the_page_of_the_api_loads_nothing_from_elsewhere_and_runs_no_inline_script(client):
    html = client.get("/api/v1/docs").text
    assert "swagger" in html
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert re.findall(r"<script(?![^>]*(?:src|application/json))", html) == []


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/api/v1/nowhere", 404)])
def test_an_unknown_address_is_answered_with_what_to_do(client, city, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    expected = "application/problem+json" if path.startswith("/api/") else "text/html"
    assert answer["Content-Type"].startswith(expected)
