"""The pages that describe the house are equal to it: events, settings."""

import dataclasses
import difflib
import json
import re
from collections.abc import Iterable, Iterator

from click.testing import CliRunner

from tests.architecture.house import ROOT, document, refuse
from yiwang.foundation.kernel.settings import Settings

# Names that hosting platforms set; all other settings are called YIWANG_….
PLATFORM_NAMES = frozenset({"DATABASE_URL", "PORT"})
WORKSHOP_NAMES = frozenset({"YIWANG_REQUIRE_BROWSER"})


def setting_names() -> set[str]:
    """The environment variables the settings module reads."""
    fields = {field.name.upper() for field in dataclasses.fields(Settings)}
    return {name if name in PLATFORM_NAMES else f"YIWANG_{name}" for name in fields}


def setting_complaints(names: Iterable[str], page: str) -> Iterator[str]:
    """Settings without a paragraph, and paragraphs without a setting."""
    names = set(names)
    described = set(re.findall(r"`((?:YIWANG_\w+)|DATABASE_URL|PORT)`", page))
    yield from (f"{name} has no paragraph in docs/settings.md." for name in names - described)
    yield from (
        f"docs/settings.md describes {name}, which nobody reads." for name in described - names - WORKSHOP_NAMES
    )


def event_complaints(page: str, house: str) -> Iterator[str]:
    """Lines in which docs/events.md and the house differ."""
    lines = difflib.unified_diff(page.splitlines(), house.splitlines(), "docs/events.md", "the house", lineterm="", n=0)
    changes = list(lines)
    if changes:
        yield "docs/events.md is not what the house does; run: yiwang events --markdown > docs/events.md\n" + "\n".join(
            changes
        )


def test_every_setting_has_its_paragraph():
    refuse(setting_complaints(setting_names(), document("settings.md")))


def test_the_event_map_equals_the_house():
    from yiwang.project.cli import main

    answer = CliRunner().invoke(main, ["events", "--markdown"])
    assert answer.exit_code == 0, answer.output
    refuse(event_complaints(document("events.md"), answer.output))


def test_the_published_schemas_of_packs_are_those_that_are_checked():
    from yiwang.foundation.packs.schemas import list_schemas
    from yiwang.foundation.packs.selectors import list_parts

    published = {path.name.removesuffix(".schema.json"): path for path in (ROOT / "docs/packs").glob("*.schema.json")}
    checked = list_schemas(list_parts())
    assert set(published) == set(checked), "run: yiwang packs schemas"
    for name, path in published.items():
        assert json.loads(path.read_text(encoding="utf-8")) == checked[name], f"{name}: run: yiwang packs schemas"


def test_a_missing_and_a_leftover_paragraph_are_told():
    found = list(setting_complaints({"PORT", "YIWANG_HOME"}, "`PORT` … `YIWANG_OLD`"))
    assert found == [
        "YIWANG_HOME has no paragraph in docs/settings.md.",
        "docs/settings.md describes YIWANG_OLD, which nobody reads.",
    ]


def test_an_old_event_map_is_told():
    assert list(event_complaints("| CaseOpened |\n", "| CaseOpened | dispatch |\n"))
    assert not list(event_complaints("same\n", "same\n"))
