"""What attackers wish for: a server that fetches addresses for them, patterns that never end on the right text."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as op
from re import _parser as parser
from typing import Any

import pytest

from tests.architecture.house import Module, modules, refuse

FETCHERS = ("urllib.request", "http.client", "httpx", "requests", "aiohttp", "socket", "smtplib", "ftplib", "urllib3")
# Each of these speaks to what the operator has set, never to an address that came in a request.
MAY_FETCH = {
    "yiwang.network.messaging.contrib.smtp": "the mail server of YIWANG_SMTP_URL",
    "yiwang.foundation.files.contrib.clamav": "the scanner of YIWANG_ANTIVIRUS",
    "yiwang.project.accounts": "only the exception: allauth asks YIWANG_OIDC_ISSUER",
    "yiwang.project.replay": "the city whose address the operator types",
    "yiwang.project.opening": "our own port, to see that it is free and ready",
}
# Repeats of more than this count as endless; more than one such in another multiply.
MANY = 20
SAMPLE = [chr(code) for code in range(128)] + list("中é　１")
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
CATEGORIES = {
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
}
USES = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
KEYWORDS = {"pattern", "regex"}


def fetching_complaints(module: Module) -> Iterator[str]:
    """Modules that can open connections and are not known to do so only where the operator says."""
    if {"tests", "bench"} & set(module.dotted.split(".")) or module.kind == "tests" or module.dotted in MAY_FETCH:
        return
    for imported in module.imports():
        if any(f"{imported.target}.".startswith(f"{name}.") for name in FETCHERS):
            yield (
                f"{module.where}:{imported.line} imports {imported.target}: whoever fetches an address that came from "
                "outside can be sent anywhere (SSRF). If it is the operator's own, say so in MAY_FETCH."
            )


def patterns_of(module: Module) -> Iterator[tuple[int, str]]:
    """Line and text of every constant pattern: of calls of ``re``, and given as ``pattern=`` or ``regex=``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            is_re = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
            given = [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
            if is_re and node.func.attr in USES:
                given += node.args[:1]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield node.lineno, value.value


def pattern_complaints(module: Module) -> Iterator[str]:
    """Patterns whose time grows faster than their text: endless in endless, or two that share characters."""
    for line, pattern in patterns_of(module):
        try:
            complaint = danger(parser.parse(pattern))
        except re.error:
            continue  # not of Python's language, or checked where it is compiled
        if complaint:
            yield f"{module.where}:{line}: the pattern {pattern!r} {complaint} (ReDoS); bound it, or let them differ."


def danger(items: Iterable[Any], *, inside: bool = False) -> str:
    """What is dangerous about a parsed pattern; empty if nothing is."""
    open_sets: list[set[str]] = []
    for kind, value in items:
        repeats = kind in REPEATS and value[1] > MANY
        if repeats and inside:
            return "repeats without end inside a repeat without end"
        for part in parts_of(kind, value):
            if found := danger(part, inside=inside or repeats):
                return found
        letters = letters_of([(kind, value)])
        if repeats:
            if any(letters & others for others in open_sets):
                return "has two repeats without end that take the same characters"
            open_sets.append(letters)
        elif not is_optional(kind, value):
            open_sets = [others for others in open_sets if letters & others]
    return ""


def parts_of(kind: Any, value: Any) -> Sequence[Any]:
    """The patterns inside an item."""
    if kind in (*REPEATS, op.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.BRANCH:
        return list(value[1])
    return [value[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


def letters_of(items: Iterable[Any]) -> set[str]:
    """Those of the sample that can stand anywhere in what these items match."""
    found: set[str] = set()
    for kind, value in items:
        for part in parts_of(kind, value):
            found |= letters_of(part)
        if kind is op.ANY:
            found |= set(SAMPLE)
        elif kind is op.LITERAL:
            found.add(chr(value))
        elif kind is op.NOT_LITERAL:
            found |= {letter for letter in SAMPLE if ord(letter) != value}
        elif kind is op.IN:
            found |= letters_of_class(value)
    return found


def letters_of_class(members: Sequence[Any]) -> set[str]:
    """The same for a class in brackets."""
    found: set[str] = set()
    for kind, value in members:
        if kind is op.LITERAL:
            found.add(chr(value))
        elif kind is op.RANGE:
            found |= {letter for letter in SAMPLE if value[0] <= ord(letter) <= value[1]}
        elif kind is op.CATEGORY:
            found |= {letter for letter in SAMPLE if re.match(CATEGORIES[value], letter)}
    return set(SAMPLE) - found if members[0][0] is op.NEGATE else found


def is_optional(kind: Any, value: Any) -> bool:
    """Whether an item may match nothing."""
    if kind in (*REPEATS, op.POSSESSIVE_REPEAT):
        return value[0] == 0 or all(is_optional(*item) for item in value[2])
    if kind is op.SUBPATTERN:
        return all(is_optional(*item) for item in value[3])
    if kind is op.BRANCH:
        return any(all(is_optional(*item) for item in part) for part in value[1])
    return kind in (op.AT, op.ASSERT, op.ASSERT_NOT)


@pytest.mark.parametrize("complaints_about", [fetching_complaints, pattern_complaints])
def test_the_house_is_safe(complaints_about):
    refuse(sentence for module in modules() for sentence in complaints_about(module))


def test_a_fetcher_nobody_knows_is_told():
    sources = ("import requests", "from urllib.request import urlopen", "import httpx")
    assert all(list(fetching_complaints(Module("yiwang.hub.cases.services", source))) for source in sources)
    assert not list(fetching_complaints(Module("yiwang.network.messaging.contrib.smtp", "import smtplib")))
    assert {module.dotted for module in modules()} >= set(MAY_FETCH), "who is no more needs no permission"


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(\w+\s?)*x", r"\s*.*\s*=", r"(a|b*)*", r"^\d+\d*$", r"([a-z]{1,90}){2,90}"]
)
def test_patterns_that_explode_are_told(pattern):
    assert list(pattern_complaints(Module("yiwang.hub.cases.services", f"import re\nre.compile({pattern!r})")))


@pytest.mark.parametrize(
    "pattern", [r"[^@\s]{1,64}@[^@\s]{1,200}", r"\s*\[+", r"^[^\x00]*$", r"\d+-\d+", r"a{1,4}b{1,4}a*"]
)
def test_harmless_patterns_pass(pattern):
    assert not list(pattern_complaints(Module("yiwang.hub.cases.services", f"import re\nre.compile({pattern!r})")))
