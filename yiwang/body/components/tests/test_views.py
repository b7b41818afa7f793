"""Preferences are kept in cookies and lead back only to this host; the style guide renders everything."""

import pytest
from django.test import Client, RequestFactory

from yiwang.body.components.context import Preferences, read_preferences

PAGES = ["/styleguide", "/styleguide/desk", "/styleguide/confirm", "/styleguide/problem"]


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.django_db
def test_every_page_of_the_style_guide_renders_in_both_languages(client: Client, page: str, language: str) -> None:
    client.cookies["django_language"] = language
    answer = client.get(page)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


@pytest.mark.django_db
def test_elder_mode_and_theme_are_on_the_page_before_anything_is_drawn(client: Client) -> None:
    client.cookies["elder"] = "1"
    client.cookies["theme"] = "dark"
    html = client.get("/styleguide").text
    assert 'class="elder"' in html
    assert 'media="screen" data-dark' in html


@pytest.mark.django_db
def test_a_wish_becomes_a_cookie_and_leads_back(client: Client) -> None:
    answer = client.post("/preferences", {"elder": "1", "language": "en", "next": "/styleguide?page=2"})
    assert answer.headers["Location"] == "/styleguide?page=2"
    assert answer.cookies["elder"].value == "1"
    assert answer.cookies["django_language"].value == "en"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
@pytest.mark.django_db
def test_a_foreign_next_leads_home(client: Client, target: str) -> None:
    answer = client.post("/preferences", {"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/"


@pytest.mark.django_db
def test_an_unknown_value_reaches_no_cookie(client: Client) -> None:
    answer = client.post("/preferences", {"theme": "pink", "language": "xx", "elder": "yes", "next": "/"})
    assert not answer.cookies


@pytest.mark.django_db
def test_preferences_are_changed_by_post_only(client: Client) -> None:
    assert client.get("/preferences").status_code == 405


def test_a_forged_cookie_counts_as_not_set() -> None:
    request = RequestFactory(headers={"cookie": "theme=<script>; elder=maybe"}).get("/")
    assert read_preferences(request) == Preferences()
