"""What is deliberately absent: Django's signals, admin and generic keys, test tools, names of cities and registries."""

import ast
import codecs
import importlib.metadata
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, Module, modules, refuse

BANNED_IMPORTS = {
    "django.contrib.admin": "the admin is a way round the write path; build the screen in a body app",
    "django.contrib.contenttypes": "a generic key points anywhere; keep subject_kind and subject_id",
    "django.db.models.signals": "business goes through events: publish(…) and @listens_to",
    "django.dispatch": "business goes through events: publish(…) and @listens_to",
    "django.core.signals": "business goes through events: publish(…) and @listens_to",
}
SETTINGS_MODULE = "yiwang.foundation.kernel.settings"

NAMES = {
    kind: re.compile(
        "|".join(rf"(?<![a-z]){name}(?![a-z])" if name.isascii() else name for name in names), re.IGNORECASE
    )
    for kind, names in tomllib.loads(Path(__file__).with_name("named.toml").read_text(encoding="utf-8")).items()
}
TIME_ZONE = re.compile(r"\b(Asia|Europe|America)/\w+")

# In rot13, so that this file, too, names none of them.
REGISTRIES = [
    codecs.decode(name, "rot13")
    for name in (
        "clcv.bet", "clgubaubfgrq.bet", "ertvfgel.aczwf.bet", "aczzveebe.pbz", "qro.qrovna.bet", "nepuvir.hohagh.pbz",
        "pengrf.vb", "eholtrzf.bet", "cebkl.tbynat.bet", "hacxt.pbz", "wfqryvie.arg",
    )
]  # fmt: skip


def import_complaints(module: Module) -> Iterator[str]:
    """Imports of what this house does without."""
    is_test = module.kind == "tests" or ".tests" in module.dotted
    for imported in module.imports():
        for name, reason in BANNED_IMPORTS.items():
            if f"{imported.target}.".startswith(f"{name}."):
                yield f"{module.where}:{imported.line} imports {name}: {reason}."
        if not is_test and imported.target.split(".")[0] in workshop_packages():
            yield f"{module.where}:{imported.line} imports {imported.target}, which only the workshop installs."


@cache
def workshop_packages() -> frozenset[str]:
    """What the packages of the group `dev` are called in an import."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        requirements = tomllib.load(file)["dependency-groups"]["dev"]
    wanted = {re.split(r"[\[<>=]", requirement)[0].lower().replace("_", "-") for requirement in requirements}
    provided = importlib.metadata.packages_distributions().items()
    return frozenset(
        name for name, packages in provided if wanted & {package.lower().replace("_", "-") for package in packages}
    )


def environment_complaints(module: Module) -> Iterator[str]:
    """Reads of the environment outside the settings module."""
    # A request's values are called environ, too (PEP 3333).
    names = {"os.environ", *("environ" for imported in module.imports() if imported.target == "os.environ")}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.expr) and module.dotted != SETTINGS_MODULE and _reads_environment(node, names):
            yield f"{module.where}:{node.lineno} reads the environment; add a typed setting to kernel/settings.py."


def _reads_environment(node: ast.expr, names: set[str]) -> bool:
    # Handing the whole environment to a child process, or setting a variable for Django, reads no setting.
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) and ast.unparse(node.value) in names
    return isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.getenv", *(f"{name}.get" for name in names)}


def name_complaints(module: Module) -> Iterator[str]:
    """Cities anywhere, and makers outside docstrings and comments (which may say where a datum comes from).

    Tests use real files, and adapters in contrib/ carry their maker's name.
    """
    if {"tests", "contrib"} & set(module.dotted.split(".")):
        return
    for kind, text in (("cities", module.source), ("makers", _without_docstrings(module))):
        for line in text.splitlines():
            match = NAMES[kind].search(TIME_ZONE.sub("", line))
            if match:
                yield f"{module.where} names {match[0]} ({line.strip()[:80]}); that belongs in a pack."


def _without_docstrings(module: Module) -> str:
    tree = ast.parse(module.source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(...)
    return ast.unparse(tree)


def address_complaints(files: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Files, given as (name, text), that name the address of a package registry."""
    for name, text in files:
        for registry in REGISTRIES:
            if registry in text:
                yield f"{name} names {registry}; installers find their registry by their own settings."


def tracked_files() -> Iterator[tuple[str, str]]:
    """Every text file git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listing.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 5_000_000:
            yield name, path.read_bytes().decode("utf-8", errors="ignore")


@pytest.mark.parametrize("complaints_about", [import_complaints, environment_complaints, name_complaints])
def test_the_package_does_without(complaints_about):
    refuse(sentence for module in modules() for sentence in complaints_about(module))


def test_no_file_names_a_package_registry():
    refuse(address_complaints(tracked_files()))


@pytest.mark.parametrize(
    ("complaints_about", "source"),
    [
        (import_complaints, "from django.contrib import admin"),
        (import_complaints, "from django.db.models.signals import post_save"),
        (import_complaints, "from django.dispatch import receiver"),
        (import_complaints, "from django.contrib.contenttypes.fields import GenericForeignKey"),
        (import_complaints, "import pytest"),
        (import_complaints, "from chinese_calendar import is_workday"),
        (environment_complaints, "import os\nos.environ['X']"),
        (environment_complaints, "import os\nos.getenv('X')"),
        (environment_complaints, "from os import environ\nenviron.get('X')"),
        (name_complaints, "if city == 'Shenzhen': pass"),
        (name_complaints, "from_nyc311 = 1"),
        (name_complaints, "x = '广州市'"),
        (name_complaints, "maker = 'Baidu'"),
    ],
)
def test_what_should_be_absent_is_told(complaints_about, source):
    assert list(complaints_about(Module("yiwang.hub.cases.services", source)))


def test_what_is_allowed_passes():
    source = "os.environ.setdefault('A', 'b')\nzone = 'Asia/Shanghai'\nlondonish = 1\n'A datum by Baidu.'"
    module = Module("yiwang.hub.cases.services", source)
    for complaints_about in (import_complaints, environment_complaints, name_complaints):
        assert not list(complaints_about(module))
    assert not list(import_complaints(Module("yiwang.hub.cases.tests.test_x", "import pytest")))


def test_a_registry_in_a_file_is_told():
    assert list(address_complaints([("package-lock.json", f'"resolved": "https://{REGISTRIES[2]}/x"')]))
