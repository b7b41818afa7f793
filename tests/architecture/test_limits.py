"""Sizes a tired reader can hold: function 40 lines, file 400, complexity 8, 8 parameters. Exceptions only shrink."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import ROOT, Function, refuse

FUNCTION_LINES = 40
FILE_LINES = 400
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")
EXCEPTIONS_AT_MOST = 0  # lowered when the list shrinks, never raised
SOURCES = ("yiwang", "tests", "tools", "packs", "conftest.py")


def python_files() -> Iterator[Path]:
    """Every Python file people write by hand."""
    for name in SOURCES:
        path = ROOT / name
        yield from [path] if path.is_file() else (p for p in sorted(path.rglob("*.py")) if "migrations" not in p.parts)


def size_complaints(where: str, source: str) -> dict[str, str]:
    """Too long files and functions, by the name under which an exception would stand."""
    found = {}
    lines = source.count("\n")
    if lines > FILE_LINES:
        found[where] = f"{where} has {lines} lines; {FILE_LINES} are allowed. Make it a package of the same name."
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function) and code_lines(node) > FUNCTION_LINES:
            name = f"{where}::{node.name}"
            found[name] = f"{name} has {code_lines(node)} lines; {FUNCTION_LINES} are allowed. Name its steps."
    return found


def code_lines(function: Function) -> int:
    """Lines from `def` to the end without the docstring: explaining must not cost."""
    first = function.body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def ruff(*arguments: str, source: str | None = None) -> subprocess.CompletedProcess[str]:
    """Ruff's verdict on complexity and parameters; a noqa does not help, an exception must stand in the list."""
    program = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    command = [program, "check", "--quiet", "--ignore-noqa", "--select", "C901,PLR0913", "--output-format", "concise"]
    return subprocess.run([*command, *arguments], input=source, capture_output=True, text=True, cwd=ROOT, check=False)


def allowed() -> dict[str, str]:
    """Exceptions in force: name → reason."""
    exceptions: dict[str, str] = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))["too_long"]
    return exceptions


def test_files_and_functions_are_short():
    found: dict[str, str] = {}
    for path in python_files():
        found |= size_complaints(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    too_long = [sentence for name, sentence in found.items() if name not in allowed()]
    refuse(too_long)
    cured = allowed().keys() - found.keys()
    assert not cured, f"These are short enough now; take them off {EXCEPTIONS.name}: {sorted(cured)}"


def test_functions_are_simple_and_take_few_arguments():
    verdict = ruff(*(name for name in SOURCES if (ROOT / name).exists()))
    refuse(verdict.stdout.splitlines() or verdict.stderr.splitlines())


def test_the_list_of_exceptions_only_shrinks():
    assert len(allowed()) == EXCEPTIONS_AT_MOST, "EXCEPTIONS_AT_MOST follows the list down, and never up."


def test_a_long_function_and_a_long_file_are_told():
    body = "    x = 1\n" * FUNCTION_LINES
    assert "a.py::f" in size_complaints("a.py", f"def f():\n{body}")
    assert "a.py" in size_complaints("a.py", "x = 1\n" * (FILE_LINES + 1))
    docstring = '    """' + "words\n" * 30 + '    """\n'
    assert not size_complaints("a.py", f"def f():\n{docstring}{body[: -len('    x = 1' + chr(10))]}")


def test_a_tangled_or_greedy_function_is_told():
    tangled = (
        "def f(a):\n"
        + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(9))
        + "    return 0  # noqa: C901\n"
    )
    greedy = "def f(a, b, c, d, e, f, g, h, i):\n    return a\n"
    for source, code in ((tangled, "C901"), (greedy, "PLR0913")):
        assert code in ruff("--stdin-filename", "yiwang/snippet.py", "-", source=source).stdout
