"""Templates: no inline scripts or styles, no request to another host, and every visible word goes through gettext."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.house import PACKAGE, ROOT, refuse

INLINE = {
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")": "an inline script",
    r"<style\b": "an inline style sheet",
    r"\sstyle=": "a style attribute",
    r"\son[a-z]+=": "an event handler attribute",
    r"href=\"javascript:": "a script as an address",
}
ELSEWHERE = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
)
# What a reader sees as it is in every language: names of things, of languages, and signs.
SAME_IN_EVERY_LANGUAGE = re.compile(
    r"Yiwang|一网|简体中文|English|中文|HTML|GeoJSON|JSON|QR|URL|\b[A-Z]+(?:-\d+)+", re.IGNORECASE
)
NOT_SHOWN = re.compile(
    r"{% ?(comment|blocktrans(?:late)?)\b.*?{% ?end\1 ?%}|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->"
    r"|<(?:script|svg|kbd|code)\b.*?</(?:script|svg|kbd|code)>",
    re.DOTALL,
)
SHOWN_ATTRIBUTE = re.compile(r"\s(?:title|alt|placeholder|aria-label|value)=\"([^\"]*)\"")
# Attributes also stand alone, in a block that a page above puts into its tag.
TAG = re.compile(r"<[^>]*>|\b[\w-]+=(?:\"[^\"]*\"|'[^']*')", re.DOTALL)
WORDS = re.compile(r"[A-Za-z]{2,}[^\n]*|[\u4e00-\u9fff]+[^\n]*")


def markup_complaints(name: str, text: str) -> Iterator[str]:
    """Inline code and addresses of other hosts."""
    for pattern, thing in INLINE.items():
        if re.search(pattern, text):
            yield f"{name} holds {thing}; scripts and styles live in body/components/assets."
    if ELSEWHERE.search(text):
        yield f"{name} fetches something from another host; serve it from here."


def word_complaints(name: str, text: str) -> Iterator[str]:
    """Visible words outside {% translate %} and {% blocktranslate %}."""
    left = NOT_SHOWN.sub(" ", text)
    attributes = [value for value in SHOWN_ATTRIBUTE.findall(left) if " " in value.strip() or value[:1].isupper()]
    visible = "\n".join([*attributes, TAG.sub("\n", left)])
    for words in WORDS.findall(SAME_IN_EVERY_LANGUAGE.sub("", visible)):
        yield f"{name} shows “{words.strip()[:60]}” in one language only; use {{% translate %}}."


def templates() -> Iterator[tuple[str, str]]:
    """All HTML templates of the apps."""
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_templates_hold_no_inline_code_and_fetch_nothing():
    refuse(sentence for name, text in templates() for sentence in markup_complaints(name, text))


def test_every_visible_word_can_be_translated():
    refuse(sentence for name, text in templates() for sentence in word_complaints(name, text))


@pytest.mark.parametrize(
    "text",
    [
        "<script>x()</script>",
        "<style>p {}</style>",
        '<p style="color:red">',
        '<a onclick="x()">',
        '<script src="https://example.org/x.js"></script>',
        '<img alt="" src="//example.org/x.png">',
    ],
)
def test_inline_code_and_other_hosts_are_told(text):
    assert list(markup_complaints("x.html", text))


@pytest.mark.parametrize(
    "text", ["<p>Hello</p>", "<p>你好</p>", '<input placeholder="Your name">', "{% if x %}Yes{% endif %}"]
)
def test_untranslated_words_are_told(text):
    assert list(word_complaints("x.html", text))


def test_clean_markup_passes():
    text = """{% load i18n %}<html lang="{{ language }}"><script src="{% static 'a.js' %}" defer></script>
    <h1 class="big" title="{% translate "Yes" %}">{% translate "Hello" %} {{ name }}</h1>
    {% blocktranslate trimmed %}Case {{ n }} is closed{% endblocktranslate %} <kbd>j</kbd> · 一网 Yiwang
    {# a remark #}{% comment %}another{% endcomment %}<input name="text" value="on">"""
    assert not [*markup_complaints("x.html", text), *word_complaints("x.html", text)]
