"""Foreign keys point where calls go (down, or sideways), open no way back, and protect."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from django.apps import apps as django_apps
from django.db import models

from tests.architecture.house import App, app_of, document, may_know, refuse


@dataclass(frozen=True)
class Link:
    """One foreign key or many-to-many field, as far as the law is concerned."""

    name: str
    own: App
    other: App | None
    reverse_name: str | None
    on_delete: str


def complaints_about(link: Link) -> Iterator[str]:
    """What is wrong with this link between tables."""
    if link.other is None:
        yield f"{link.name} points to a table of another package; keep a plain id."
    elif link.own != link.other and not may_know(link.own, link.other):
        yield f"{link.name} points from {link.own} up to {link.other}; keep a plain id, or turn the key round."
    if link.reverse_name != "+":
        yield f"{link.name} opens a way back; say related_name='+'."
    if link.on_delete != "PROTECT":
        yield f"{link.name} deletes with {link.on_delete}; say on_delete=PROTECT."


def house_models() -> list[type[models.Model]]:
    """The tables of this repository."""
    return [model for model in django_apps.get_models() if model.__module__.startswith("yiwang.")]


def links() -> Iterator[Link]:
    """Every link between tables that our models declare."""
    for model in house_models():
        for field in model._meta.get_fields(include_hidden=True):
            if field.concrete and isinstance(field, models.ForeignKey | models.ManyToManyField):
                own = app_of(model.__module__)
                assert own, f"{model} lives outside the apps"
                remote = field.remote_field
                action = remote.on_delete.__name__ if isinstance(field, models.ForeignKey) else "PROTECT"
                yield Link(str(field), own, app_of(remote.model.__module__), remote.related_name, action)


def test_tables_point_where_calls_go():
    refuse(sentence for link in links() for sentence in complaints_about(link))


def test_every_table_stands_in_the_glossary():
    words = _letters(document("glossary.md"))
    refuse(
        f"The table {model.__name__} ({model.__module__}) is not in docs/glossary.md: 中文 · English · code · standard."
        for model in house_models()
        if model.__name__.lower() not in words
    )


def _letters(text: str) -> set[str]:
    """The words between backticks, spelled without spaces and underscores."""
    return {"".join(c for c in part if c.isalnum()).lower() for part in text.split("`")[1::2]}


RIGHT = Link("dispatch.Decision.case", App("hub", "dispatch"), App("hub", "cases"), "+", "PROTECT")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (replace(RIGHT, own=App("hub", "cases"), other=App("hub", "dispatch")), "up to"),
        (replace(RIGHT, own=App("network", "intake"), other=App("hub", "cases")), "up to"),
        (replace(RIGHT, other=None), "another package"),
        (replace(RIGHT, reverse_name=None), "related_name"),
        (replace(RIGHT, on_delete="CASCADE"), "on_delete"),
    ],
)
def test_a_wrong_link_is_told(link, says):
    assert any(says in sentence for sentence in complaints_about(link))


def test_a_right_link_passes():
    assert not list(complaints_about(RIGHT))


def test_a_word_of_the_glossary_is_found_however_it_is_spelled():
    assert _letters("| 工单 | case event | `case_event` |") == {"caseevent"}
