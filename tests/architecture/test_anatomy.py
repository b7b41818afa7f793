"""An app has the files of architecture.md §3, a README, and nothing called utils."""

import re
from collections.abc import Iterable, Iterator

from tests.architecture.anatomy import FOLDERS, FORBIDDEN, MODULES, is_domain
from tests.architecture.house import PACKAGE, App, Module, apps, document, modules, refuse

LOOSE_FILES = frozenset({"README.md"})
IGNORED = frozenset({"__pycache__"})


def entry_complaints(app: App, entries: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """What is wrong with the names directly in an app's folder, given as (name, is a folder)."""
    names = dict(entries)
    if "README.md" not in names:
        yield f"{app} has no README.md: half a page with its words, tables, events, and who may call."
    for name, is_folder in names.items():
        stem, _, suffix = name.partition(".")
        if stem in FORBIDDEN:
            yield f"{app}/{name}: “{stem}” names no thing. Find the noun, or put it where its verb lives."
        elif name not in LOOSE_FILES | IGNORED and not (is_folder and stem in FOLDERS) and suffix not in {"py", ""}:
            yield f"{app}/{name} is not a kind of file an app has (architecture.md §3)."


def noun_complaints(all_modules: Iterable[Module], glossary: str) -> Iterator[str]:
    """Domain modules whose name is no word of the glossary."""
    words = set(re.findall(r"`(\w+)`", glossary))
    for module in all_modules:
        if is_domain(module) and module.kind not in words:
            yield f"{module.where}: `{module.kind}` is no word of docs/glossary.md; add it, or use its word."


def test_apps_are_made_of_the_kinds_of_files_everybody_knows():
    found = [
        sentence
        for app in apps()
        for sentence in entry_complaints(app, [(entry.name, entry.is_dir()) for entry in app.folder.iterdir()])
    ]
    refuse(found)


def test_no_module_anywhere_hides_behind_a_name_that_says_nothing():
    found = [path for path in PACKAGE.rglob("*.py") if path.stem in FORBIDDEN]
    assert not found, f"Find the noun for {found}."


def test_domain_modules_are_named_by_words_of_the_glossary():
    found = list(noun_complaints(modules(), document("glossary.md")))
    refuse(found)


def test_a_strange_file_is_told():
    entries = [("utils.py", False), ("notes.docx", False), ("helpers", True), ("services.py", False)]
    found = list(entry_complaints(App("hub", "cases"), entries))
    assert [sentence.split(":")[0].split(" ")[0] for sentence in found] == [
        "hub/cases", "hub/cases/utils.py", "hub/cases/notes.docx", "hub/cases/helpers",
    ]  # fmt: skip


def test_a_noun_nobody_knows_is_told():
    module = Module("yiwang.hub.cases.gizmo", "")
    assert list(noun_complaints([module], "`deadline`"))
    assert not list(noun_complaints([module], "`gizmo`"))


def test_all_kinds_are_lower_case_words():
    assert all(name == name.lower() for name in MODULES | FOLDERS)
