"""What the web does to those who misuse it: foreign forms, frames, lines in headers, bombs of JSON, wrong hosts."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import samples
from yiwang.body.components.downloads import file_response
from yiwang.foundation.files.types import FileRow
from yiwang.foundation.kernel.keys import create_key_file
from yiwang.network.messaging.contrib.file import FileAdapter
from yiwang.network.messaging.letters import Letter

pytestmark = pytest.mark.django_db
DEEP = b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LONG_NUMBER = b'{"text": "x", "location": {"lon": ' + b"9" * 5000 + b', "lat": 1, "datum": "WGS84"}}'


@pytest.mark.parametrize("path", ["/", "/report", "/desk/login", "/api/v1/openapi.json", "/nothing", "/desk/cases"])
def test_every_answer_tells_the_browser_what_may_run_and_that_it_may_not_be_framed(client, city, path):
    answer = client.get(path)
    laws = dict(law.split(" ", 1) for law in answer.headers["Content-Security-Policy"].split("; "))
    assert laws["default-src"] == laws["frame-ancestors"] == laws["base-uri"] == "'none'"
    assert laws["script-src"] == laws["style-src"] == laws["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "strict-origin")


def routes(resolver, prefix=""):
    """Every address that needs no values, or takes made-up ones, outside the API."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern) and not path.startswith("api/"):
            yield path


def made_up(route):
    for kind, value in (("uuid:", "01890000-0000-7000-8000-000000000000"), ("int:", "1"), ("str:", "x"), ("", "x")):
        while f"<{kind}" in route:
            before, _, rest = route.partition(f"<{kind}")
            route = f"{before}{value}{rest.partition('>')[2]}"
    return "/" + route.replace("^", "").replace("$", "").replace("(?P", "")


def test_no_form_of_the_screens_is_taken_from_another_site(city):
    """Without the token of our own page nothing is done, whoever is signed in, at any address."""
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "https://evil.example"})
    taken = {}
    for route in sorted(set(routes(get_resolver()))):
        answer = browser.post(made_up(route), {"text": "x", "username": "a", "password": "b"})
        if answer.status_code not in (403, 404, 405):
            taken[route] = answer.status_code
    assert taken == {}


def test_foreign_forms_are_refused_in_a_sentence(city):
    answer = Client(enforce_csrf_checks=True).post("/report", {"text": "路灯坏了"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 403 and "load the page again" in answer.content.decode()


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1.jpg", 'a";\r\nX: y.jpg', "\u202egpj.exe", "../../etc/passwd"])
def test_names_of_files_cannot_write_headers(name):
    fields = dict.fromkeys(FileRow.__dataclass_fields__)
    row = FileRow(**{**fields, "name": name, "content_type": "application/pdf"})
    answer = file_response(row, BytesIO(b"x"))
    lines = str(answer.headers["Content-Disposition"])
    assert "\r" not in lines and "\n" not in lines and "attachment" in lines
    assert "Set-Cookie" not in answer.headers and "X" not in answer.headers


@pytest.mark.parametrize("field", ["to", "subject"])
def test_letters_cannot_write_headers(tmp_path, field):
    letter = Letter(message_id="<1@x>", to="a@example.invalid", subject="Received", body="Thank you.")
    FileAdapter(tmp_path, "city@example.invalid").deliver(letter)
    with pytest.raises(ValueError, match="linefeed"):
        FileAdapter(tmp_path, "city@example.invalid").deliver(replace(letter, **{field: "x\r\nBcc: e@evil.example"}))


@pytest.mark.parametrize("body", [DEEP, LONG_NUMBER, b'{"text": NaN}', b"\xff\xfe", b'{"text": "\\ud800 x y"}', b"[]"])
def test_bombs_of_json_are_refused(client, city, body):
    answer = client.post("/api/v1/reports", body, content_type="application/json")
    assert answer.status_code in (400, 422) and answer.headers["Content-Type"] == "application/problem+json"


def test_forms_of_many_fields_and_large_texts_are_refused(client, city):
    assert client.post("/report", {f"f{number}": "x" for number in range(2000)}).status_code == 400
    assert client.post("/report", {"text": "长" * 1_000_000}).status_code in (400, 413)
    photos = [SimpleUploadedFile(f"{number}.jpg", samples.photo()) for number in range(120)]
    assert client.post("/report", {"text": "路灯坏了", "photos": photos}).status_code in (400, 422)


def test_a_host_that_is_not_ours_is_refused(client, city):
    answer = client.get("/report", headers={"Host": "evil.example"})
    assert answer.status_code == 400 and b"evil.example" not in answer.content


ASK = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
def ask(path, **headers):
    answer = Client().get(path, headers={"Host": "city.example", **headers})
    return [answer.status_code, dict(answer.headers)]
print(json.dumps({
    "secure": ask("/healthz", **{"X-Forwarded-Proto": "https"}),
    "plain": ask("/report"),
    "health": ask("/healthz"),
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
                settings.SESSION_COOKIE_SAMESITE],
}))
"""


def test_production_speaks_https_only(tmp_path):
    create_key_file(tmp_path / "keys.json")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YIWANG_")} | {
        "YIWANG_ENV": "production",
        "YIWANG_HOME": str(tmp_path),
        "YIWANG_PUBLIC_URL": "https://city.example",
        "YIWANG_ALLOWED_HOSTS": "city.example",
        "YIWANG_TRUST_PROXY": "yes",
        "DJANGO_SETTINGS_MODULE": "yiwang.project.settings",
    }
    answer = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    told = json.loads(answer.stdout)
    status, headers = told["secure"]
    assert status == 200 and headers["Strict-Transport-Security"] == "max-age=31536000"
    status, headers = told["plain"]
    assert (status, headers["Location"]) == (301, "https://city.example/report")
    assert told["health"][0] == 200, "the machine next door asks without HTTPS"
    assert told["cookies"] == [True, True, True, "Lax"]
