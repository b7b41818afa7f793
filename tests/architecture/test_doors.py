"""Across apps only the doors are imported; calls go down; domain modules stay pure and at home."""

from collections.abc import Iterator

import pytest

from tests.architecture.anatomy import is_domain
from tests.architecture.house import DOORS, Import, Module, may_know, modules, refuse, storeys

# Pure modules know neither Django nor the tables; words to be translated are the one exception.
IMPURE = ("django.", "ninja", "procrastinate")
PURE_ENOUGH = ("django.utils.translation", "django.utils.functional.Promise")


def complaints_about(module: Module) -> Iterator[str]:
    """Every import of this module that passes by a door, goes up, or makes a pure module impure."""
    for imported in module.imports():
        sentence = door_complaint(module, imported) or purity_complaint(module, imported)
        if sentence:
            yield f"{module.where}:{imported.line} imports {imported.target}. {sentence}"


def door_complaint(module: Module, imported: Import) -> str | None:
    """What is wrong with reaching this module of another app, or None."""
    own, other = module.app, imported.app
    if own is None:
        return None
    if imported.target.startswith("yiwang.project"):
        return "Nothing imports project: it is put together there, so what you need belongs on a floor."
    if other is None or other == own:
        return None
    if not may_know(own, other):
        return f"{own} stands below or beside {other}: announce an event and let {other} listen."
    if other.name in {"kernel", "components"} or imported.kind in DOORS:
        return None
    return f"{other} is entered through its doors only: {', '.join(sorted(DOORS))}."


def purity_complaint(module: Module, imported: Import) -> str | None:
    """What makes a domain module impure, or None."""
    if not is_domain(module) or imported.target.startswith(PURE_ENOUGH):
        return None
    own_rows = imported.app == module.app and imported.kind in {"models", "services", "selectors"}
    if own_rows or imported.target.startswith(IMPURE):
        return "A domain module is pure: give it values, and let services and selectors touch rows and Django."
    return None


def test_apps_meet_only_at_their_doors():
    found = [sentence for module in modules() for sentence in complaints_about(module)]
    refuse(found)


def test_every_app_has_its_place_in_the_order():
    placeless = [
        module.app
        for module in modules()
        if module.app and not any(module.app.name in layer for layer in storeys()[f"yiwang.{module.app.floor}"])
    ]
    assert not placeless, f"Give {placeless} a place in the contracts of pyproject.toml."


@pytest.mark.parametrize(
    ("dotted", "source", "says"),
    [
        ("yiwang.hub.dispatch.services", "from yiwang.hub.cases.models import Case", "through its doors"),
        ("yiwang.hub.dispatch.services", "from yiwang.hub.cases import models", "through its doors"),
        ("yiwang.hub.dispatch.services", "def f():\n    import yiwang.hub.cases.models", "through its doors"),
        ("yiwang.hub.dispatch.tests.test_x", "from ...cases.tests.test_y import z", "through its doors"),
        ("yiwang.hub.cases.services", "from yiwang.hub.dispatch.services import dispatch_case", "announce an event"),
        ("yiwang.network.intake.services", "from yiwang.hub.cases.services import open_case", "announce an event"),
        ("yiwang.body.desk.views", "from yiwang.body.portal.services import x", "announce an event"),
        ("yiwang.hub.cases.services", "from yiwang.project.settings import DEBUG", "Nothing imports project"),
        ("yiwang.hub.cases.deadline", "from django.db import models", "pure"),
        ("yiwang.hub.cases.deadline", "from .models import Case", "pure"),
    ],
)
def test_a_wrong_import_is_told(dotted, source, says):
    assert any(says in sentence for sentence in complaints_about(Module(dotted, source)))


@pytest.mark.parametrize(
    ("dotted", "source"),
    [
        ("yiwang.hub.dispatch.services", "from yiwang.hub.cases.services import assign_case"),
        ("yiwang.hub.cases.services", "from yiwang.hub.cases.models import Case"),
        ("yiwang.hub.cases.services", "from yiwang.foundation.kernel.clock import now"),
        ("yiwang.hub.cases.deadline", "from yiwang.foundation.calendars.types import Limit"),
        ("yiwang.body.desk.views", "from yiwang.body.components.context import preferences"),
        ("yiwang.project.urls", "from yiwang.body.desk import urls"),
    ],
)
def test_a_right_import_passes(dotted, source):
    assert not list(complaints_about(Module(dotted, source)))
