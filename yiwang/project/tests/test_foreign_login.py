"""Somebody whom another system knows signs in here, if there is an account of that name; nobody else does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


class ForeignSystem(BaseHTTPRequestHandler):
    """The least an OpenID provider must answer; ``claims`` say who has just signed in there."""

    claims: dict[str, Any] = {}
    is_broken = False

    def do_GET(self) -> None:
        here = f"http://{self.headers['Host']}"
        if self.path.endswith("/openid-configuration"):
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            endpoints = {f"{kind}_endpoint": f"{here}/{path}" for kind, path in names.items()}
            self._answer({"issuer": here, "jwks_uri": f"{here}/keys", **endpoints})
        else:
            self._answer(self.claims)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        here = f"http://{self.headers['Host']}"
        token = jwt.encode({"iss": here, "aud": "yiwang", "exp": 4_000_000_000, **self.claims}, "k" * 32, "HS256")
        self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _answer(self, body: dict[str, Any]) -> None:
        self.send_response(503 if self.is_broken else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_parts: object) -> None:
        """Says nothing."""


@pytest.fixture
def foreign(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[ForeignSystem]]:
    cache.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), ForeignSystem)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    place = {"settings": {"server_url": address}}
    app = {"provider_id": "oidc", "name": "City", "client_id": "yiwang", "secret": "s", **place}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    monkeypatch.setattr(ForeignSystem, "claims", {})
    monkeypatch.setattr(ForeignSystem, "is_broken", False)
    yield ForeignSystem
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(city: Any) -> Client:
    get_user_model().objects.create(username="chen.li", created_at=now())
    return Client(headers={"accept-language": "en"})


def come_back(browser: Client) -> Any:
    """Goes to the other system and returns with what it gave."""
    away = browser.post("/desk/account/with/oidc")
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    return browser.get(f"/desk/account/with/oidc/callback?code=c&state={asked['state'][0]}", follow=True)


def test_who_has_an_account_here_is_signed_in_and_that_is_in_the_trail(foreign, browser):
    foreign.claims = {"sub": "77", "preferred_username": "chen.li"}
    come_back(browser)
    user = get_user_model().objects.get(username="chen.li")
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert [leaf.action for leaf in list_leaves(user.pk, viewer=SYSTEM)] == ["identity.logged_in"]


def test_who_has_none_is_led_back_and_no_account_is_made(foreign, browser):
    foreign.claims = {"sub": "78", "preferred_username": "nobody"}
    assert "there is no account for it here" in come_back(browser).text
    assert "_auth_user_id" not in browser.session
    assert get_user_model().objects.count() == 1


def test_who_has_left_is_not_let_in_by_the_other_system(foreign, browser):
    foreign.claims = {"sub": "77", "preferred_username": "chen.li"}
    come_back(browser)
    browser.post("/desk/logout")
    get_user_model().objects.update(ends_at=now())
    assert "This account has ended" in come_back(browser).text
    assert "_auth_user_id" not in browser.session


def test_a_forged_return_or_a_silent_system_leads_back_with_a_sentence(foreign, browser):
    forged = browser.get("/desk/account/with/oidc/callback?code=c&state=forged", follow=True)
    assert "did not sign you in" in forged.text
    cancelled = browser.get("/desk/account/with/oidc/callback?error=access_denied", follow=True)
    assert "did not sign you in" in cancelled.text
    foreign.is_broken = True
    assert "did not sign you in" in browser.post("/desk/account/with/oidc", follow=True).text
    assert "_auth_user_id" not in browser.session


def test_without_another_system_the_way_there_does_not_exist(browser):
    assert browser.post("/desk/account/with/oidc").status_code == 404
    assert "/desk/account/with/" not in browser.get("/desk/login").text
