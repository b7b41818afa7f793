"""docs/api.md explains every error code: programs rely on codes, people look them up there."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.house import Module, document, modules, refuse

# Said of what is no YiwangError: by kernel/problems.py (anything unexpected).
WITHOUT_CLASS = frozenset({"internal"})
ROW = re.compile(r"^\|(?P<codes>[^|]+)\|(?P<status>[\d· ]+)\|", re.MULTILINE)


def codes_of(module: Module) -> Iterator[str]:
    """The texts that classes of this module assign to `code`."""
    for node in ast.walk(module.tree):
        for statement in node.body if isinstance(node, ast.ClassDef) else ():
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            # A field of some other class may be called code, too; what it starts with is no code.
            if isinstance(value, ast.Constant) and value.value and _target(statement) == "code":
                yield str(value.value)


def _target(statement: ast.stmt) -> str:
    target = statement.target if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [None])[0]
    return target.id if isinstance(target, ast.Name) else ""


def code_complaints(codes: Iterable[str], page: str) -> Iterator[str]:
    """Codes the page does not explain, and explanations of codes there are not."""
    explained = {code for row in ROW.finditer(page) for code in re.findall(r"`(\w+)`", row["codes"])}
    codes = set(codes)
    yield from (f"The error code {code} is not explained in docs/api.md." for code in sorted(codes - explained))
    yield from (f"docs/api.md explains {code}, which no error has." for code in sorted(explained - codes))


def test_every_error_code_is_explained():
    codes = {code for module in modules() if "tests" not in module.dotted.split(".") for code in codes_of(module)}
    refuse(code_complaints(codes | WITHOUT_CLASS, document("api.md")))


def test_a_forgotten_and_a_leftover_code_are_told():
    page = "| `gone` · `kept` | 404 · 422 | … |\n| `text` | not a status | … |\n"
    assert list(code_complaints({"kept", "fresh"}, page)) == [
        "The error code fresh is not explained in docs/api.md.",
        "docs/api.md explains gone, which no error has.",
    ]


def test_codes_are_found_in_classes_only():
    classes = "class A:\n    code = 'a'\nclass B(A):\n    code: str = 'b'\n    codes = 'x'\nclass C:\n    code = f()\n"
    source = classes + "class D:\n    code: str = ''\ncode = 'y'"
    assert list(codes_of(Module("yiwang.hub.cases.errors", source))) == ["a", "b"]
