"""The house as the guards see it: apps, modules, what each imports, and the order in which they may know each other.

Everything is read with `ast`, so guards judge code that does not run yet, and snippets that never will.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "yiwang"
DOORS = frozenset({"services", "selectors", "events", "types", "errors"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True)
class App:
    """One app of a floor, such as hub/cases."""

    floor: str
    name: str

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return PACKAGE / self.floor / self.name

    def __str__(self) -> str:
        return f"{self.floor}/{self.name}"


@dataclass(frozen=True)
class Import:
    """One imported name, spelled out: `from yiwang.hub.cases import services` is `yiwang.hub.cases.services`."""

    line: int
    target: str

    @property
    def app(self) -> App | None:
        """The app it leads to, if any."""
        return app_of(self.target)

    @property
    def kind(self) -> str:
        """The module of that app: `services`; empty for the app itself."""
        return kind_of(self.target)


@dataclass(frozen=True)
class Module:
    """One Python file of the package, or a snippet that pretends to be one."""

    dotted: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.source)

    @property
    def app(self) -> App | None:
        """The app it belongs to; None for `project` and the floors themselves."""
        return app_of(self.dotted)

    @property
    def kind(self) -> str:
        """What it is in its app: `services`, `tests`, `migrations`, or a domain noun."""
        return kind_of(self.dotted)

    @property
    def where(self) -> str:
        """Its path as an editor opens it."""
        return self.dotted.replace(".", "/") + ("/__init__.py" if self.is_package else ".py")

    def imports(self) -> Iterator[Import]:
        """Every import, also those inside functions and behind TYPE_CHECKING: a type is knowledge too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (Import(node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield from (Import(node.lineno, f"{base}.{alias.name}") for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.dotted.split(".")
        parts = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*parts, node.module] if node.module else parts)

    def public_functions(self) -> Iterator[Function]:
        """Functions others call: on the top level, without a leading underscore."""
        for node in self.tree.body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                yield node


def app_of(dotted: str) -> App | None:
    """`yiwang.hub.cases.services` → hub/cases."""
    parts = dotted.split(".")
    return App(parts[1], parts[2]) if parts[0] == "yiwang" and len(parts) > 2 and parts[1] != "project" else None


def kind_of(dotted: str) -> str:
    """`yiwang.hub.cases.services.opening` → `services`."""
    return (dotted.split(".") + [""] * 4)[3]


@cache
def apps() -> tuple[App, ...]:
    """All apps that exist, by floor and name. Packages of `project` are parts of the wiring, not apps."""
    folders = (init.parent for init in PACKAGE.glob("*/*/__init__.py"))
    return tuple(sorted(App(app.parent.name, app.name) for app in folders if app.parent.name != "project"))


@cache
def modules() -> tuple[Module, ...]:
    """All Python files of the package but migrations, which Django writes."""
    return tuple(read_module(path) for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts)


def read_module(path: Path) -> Module:
    """A file of the package as a module."""
    is_package = path.name == "__init__.py"
    parts = path.relative_to(ROOT).with_suffix("").parts
    return Module(".".join(parts[:-1] if is_package else parts), path.read_text(encoding="utf-8"), is_package)


@cache
def storeys() -> dict[str, tuple[frozenset[str], ...]]:
    """Per container (`yiwang.hub` …) its layers from the top, as import-linter gets them from pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {
        contract["containers"][0]: tuple(frozenset(re.findall(r"\w+", layer)) for layer in contract["layers"])
        for contract in contracts
        if contract["type"] == "layers"
    }


def may_know(one: App, other: App) -> bool:
    """Whether `one` stands above `other`: on a higher floor, or above it in the order of their common floor."""
    if one.floor != other.floor:
        return _height("yiwang", one.floor) > _height("yiwang", other.floor)
    container = f"yiwang.{one.floor}"
    return _height(container, one.name) > _height(container, other.name)


def _height(container: str, name: str) -> int:
    layers = storeys()[container]
    return next((len(layers) - depth for depth, layer in enumerate(layers) if name in layer), 0)


def argument_of(function: Function, name: str) -> tuple[bool, bool]:
    """Whether the function has this argument, and whether the argument has a default."""
    positional = [*function.args.posonlyargs, *function.args.args]
    first_default = len(positional) - len(function.args.defaults)
    for index, argument in enumerate(positional):
        if argument.arg == name:
            return True, index >= first_default
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if argument.arg == name:
            return True, default is not None
    return False, False


def refuse(complaints: Iterable[str]) -> None:
    """Fails the test with these sentences, one a line and without a traceback; does nothing when there are none."""
    sentences = sorted(complaints)
    if sentences:
        pytest.fail("\n".join(sentences), pytrace=False)


def document(name: str) -> str:
    """The text of a page of docs/; a missing page is a sentence, not a traceback."""
    path = ROOT / "docs" / name
    if not path.exists():
        refuse([f"docs/{name} is missing; this guard compares the house with it."])
    return path.read_text(encoding="utf-8")
