"""Collects, checks and compiles the translations of every app.

    python tools/catalogues.py update [APP …]    sources → locale/zh_Hans/LC_MESSAGES/django.po; translations are kept
    python tools/catalogues.py check [APP …]     a sentence for everything missing, fuzzy or broken; exit code 1 if any
    python tools/catalogues.py compile [APP …]   .po → .mo where the .po is newer

An APP is a part of its path (`cases`, `hub/cases`). Babel does the work: gettext's own programs are not on a bare
machine. Msgids are English, so only 简体中文 has catalogues.
"""

import argparse
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"

# Which arguments of a call are its context (c), singular and plural; None: the first is the message.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SOURCE_SUFFIXES = {".py", ".html", ".txt"}
NOT_SCREENS = {"tests", "migrations", "static", "assets", "locale"}

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z](?![a-z])|\{\w*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Headers that would change with every run and make every update a change to review.
RESTLESS_HEADERS = re.compile(
    rb'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb"|Generated-By):.*\n",
    re.MULTILINE,
)

Key = tuple[str, str | None]


class SourceUnreadable(Exception):
    """A source cannot be read for messages; the text says which and why."""


@dataclass(frozen=True)
class AppCatalogue:
    """The translations of one app: where its sources are and where its catalogue lies."""

    name: str
    folder: Path

    @property
    def po(self) -> Path:
        """The committed catalogue."""
        return self.folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        """The compiled catalogue that Django reads; built, never committed."""
        return self.po.with_suffix(".mo")

    def used(self) -> Catalog:
        """The messages of its sources, without translations."""
        catalog = empty_catalog()
        for path in sorted(self.folder.rglob("*")):
            place = path.relative_to(self.folder)
            if path.suffix in SOURCE_SUFFIXES and not NOT_SCREENS & set(place.parts):
                for msgid, context in messages_of(path):
                    catalog.add(msgid, locations=[(place.as_posix(), 0)], context=context)
        return catalog

    def kept(self) -> Catalog:
        """The committed catalogue, or an empty one where there is none yet."""
        if not self.po.exists():
            return empty_catalog()
        with self.po.open("rb") as file:
            return read_po(file, locale=LANGUAGE)


def empty_catalog() -> Catalog:
    """A catalogue without messages and without personal headers."""
    return Catalog(locale=LANGUAGE, fuzzy=False, header_comment="# 简体中文; written by tools/catalogues.py update")


def app_catalogues(wanted: Iterable[str] = (), package: Path = ROOT / "yiwang") -> list[AppCatalogue]:
    """Every app (`<floor>/<app>`) and `project`; only the wanted ones where any are named."""
    folders = [init.parent for init in package.glob("*/*/__init__.py") if init.parent.parent.name != "project"]
    folders.append(package / "project")
    apps = [AppCatalogue(folder.relative_to(package).as_posix(), folder) for folder in sorted(folders)]
    names = [f"/{name.strip('/')}/" for name in wanted]
    return [app for app in apps if not names or any(name in f"/{app.name}/" for name in names)]


def messages_of(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Each msgid (or singular and plural) and context in a Python file or Django template.

    Raises SourceUnreadable when the file cannot be parsed.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py" and "gettext" not in text:
        return
    try:
        if path.suffix != ".py":
            # Django turns a template into gettext calls amid words of X; without indentation that is Python enough.
            text = "\n".join(line.strip() for line in templatize(text).splitlines())
        for _line, msgid, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
            yield msgid, context
    except SyntaxError as error:
        raise SourceUnreadable(f"{path}: {error}") from error


def update(apps: list[AppCatalogue]) -> int:
    """Writes every catalogue anew from its sources; translations are kept, also of messages that moved between apps."""
    known: dict[Key, Message] = {}
    for app in app_catalogues():
        known.update({key_of(message): message for message in app.kept() if message.id and translated(message)})
    for app in apps:
        catalog, kept = app.used(), app.kept()
        for message in catalog:
            source = kept.get(first_form(message), message.context)
            source = source if source is not None and translated(source) else known.get(key_of(message))
            if message.id and source is not None and isinstance(source.string, tuple) == message.pluralizable:
                message.string, message.flags = source.string, message.flags | (source.flags & {"fuzzy"})
        write_catalogue(app, catalog)
    return 0


def write_catalogue(app: AppCatalogue, catalog: Catalog) -> None:
    """Writes the `.po`; an app without messages has none. Untouched when nothing changed, so stamps stay."""
    if not len(catalog):
        app.po.unlink(missing_ok=True)
        return
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, include_lineno=False)
    content = RESTLESS_HEADERS.sub(b"", buffer.getvalue())
    if not app.po.exists() or app.po.read_bytes() != content:
        app.po.parent.mkdir(parents=True, exist_ok=True)
        app.po.write_bytes(content)
        print(f"{app.name}: {len(catalog)} messages")


def check(apps: list[AppCatalogue]) -> int:
    """Prints every complaint; 1 when there is any."""
    found = complaints(apps)
    print(*found, sep="\n", file=sys.stderr)
    return 1 if found else 0


def complaints(apps: list[AppCatalogue]) -> list[str]:
    """One sentence for everything wrong with the translations of these apps."""
    found = [sentence for app in apps for sentence in app_complaints(app)]
    return found + disagreements(apps)


def app_complaints(app: AppCatalogue) -> Iterator[str]:
    """What is missing, fuzzy, broken or left over in one app."""
    try:
        used = {key_of(message): message for message in app.used() if message.id}
    except SourceUnreadable as error:
        yield str(error)
        return
    kept = {key_of(message): message for message in app.kept() if message.id}
    for key, message in used.items():
        sentence = message_complaint(message, kept.get(key))
        if sentence:
            yield f"{app.name}: “{key[0]}” {sentence} ({message.locations[0][0]})"
    for key in kept.keys() - used.keys():
        yield f"{app.name}: “{key[0]}” is no longer used; run: python tools/catalogues.py update {app.name}"


def message_complaint(used: Message, kept: Message | None) -> str | None:
    """What is wrong with the translation `kept` of the message `used`, or None."""
    if CHINESE.search(first_form(used)):
        return "is not English; msgids are, and the Chinese stands in the catalogue"
    if kept is None or kept.pluralizable != used.pluralizable or not translated(kept):
        return "has no translation"
    if kept.fuzzy:
        return "has a fuzzy translation; confirm it"
    expected = placeholders(forms(used.id)[-1])
    if any(placeholders(form) != expected for form in forms(kept.string)):
        return f"has other placeholders in its translation; expected: {', '.join(sorted(expected)) or 'none'}"
    return None


def disagreements(apps: list[AppCatalogue]) -> list[str]:
    """Messages that two apps translate differently. Django would use the first app's wording for both."""
    wordings: dict[Key, dict[str, str]] = defaultdict(dict)
    for app in apps:
        for message in app.kept():
            if message.id and translated(message):
                wordings[key_of(message)][forms(message.string)[0]] = app.name
    return [
        f"“{key[0]}” is translated differently by {' and '.join(f'{app} ({text})' for text, app in texts.items())}; "
        "agree on one wording, or tell them apart with pgettext"
        for key, texts in wordings.items()
        if len(texts) > 1
    ]


def compile_(apps: list[AppCatalogue]) -> int:
    """Writes the `.mo` of every `.po` that is newer. Replaced in one step: a running server may be reading it."""
    for app in apps:
        if app.po.exists() and (not app.mo.exists() or app.mo.stat().st_mtime <= app.po.stat().st_mtime):
            fresh = app.mo.with_suffix(f".{os.getpid()}")
            with fresh.open("wb") as file:
                write_mo(file, app.kept())
            fresh.replace(app.mo)
    return 0


def key_of(message: Message) -> Key:
    """What makes a message the same message: its first form and its context."""
    return first_form(message), message.context


def forms(text: str | Iterable[str] | None) -> list[str]:
    """The forms of a msgid or msgstr: one, or one per plural form; none where nothing is written yet."""
    return [text] if isinstance(text, str) else list(text or ())


def first_form(message: Message) -> str:
    """The msgid itself; of a plural message, its singular."""
    return forms(message.id)[0]


def translated(message: Message) -> bool:
    """Whether every form has a text."""
    return bool(message.string) and all(forms(message.string))


def placeholders(text: str) -> set[str]:
    """What is filled in at run time: %(name)s, %s and {name}."""
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


COMMANDS: dict[str, Callable[[list[AppCatalogue]], int]] = {"update": update, "check": check, "compile": compile_}


def main() -> int:
    """Reads the command line; the exit code is 1 when `check` finds something or a source cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("app", nargs="*", help="only these apps")
    arguments = parser.parse_args()
    try:
        return COMMANDS[arguments.command](app_catalogues(arguments.app))
    except SourceUnreadable as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
