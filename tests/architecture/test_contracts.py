"""The contracts of import-linter bite: a small house with one wall moved is refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, storeys


@pytest.fixture
def small_house(tmp_path):
    """An empty package `yiwang` with every floor and app of the contracts, under our pyproject.toml."""
    for container, layers in storeys().items():
        for name in (name for layer in layers for name in layer):
            folder = tmp_path / container.replace(".", "/") / name
            folder.mkdir(parents=True, exist_ok=True)
            for empty in (folder, *folder.relative_to(tmp_path).parents):
                (tmp_path / empty / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module in ("network/intake/events.py", "hub/cases/models.py", "hub/cases/services.py", "hub/cases/views.py"):
        (tmp_path / "yiwang" / module).touch()
    return tmp_path


def verdict(house: Path) -> str:
    """What import-linter says about this house: an empty answer is a kept law."""
    program = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", program, "--no-cache"]
    result = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stdout


def test_an_empty_house_keeps_the_law(small_house):
    assert not verdict(small_house)


@pytest.mark.parametrize(
    ("module", "imported", "broken"),
    [
        ("network/intake/services.py", "yiwang.hub.cases.services", "A floor imports only floors below it"),
        ("foundation/kernel/clock.py", "yiwang.project", "A floor imports only floors below it"),
        ("hub/cases/services.py", "yiwang.hub.dispatch", "Hub:"),
        ("body/desk/services.py", "yiwang.body.portal", "Body:"),
        ("hub/cases/views.py", "yiwang.hub.cases.models", "Entry points"),
    ],
)
def test_a_moved_wall_is_told(small_house, module, imported, broken):
    (small_house / "yiwang" / module).write_text(f"import {imported}\n")
    assert broken in " ".join(verdict(small_house).split())


def test_a_ring_is_told(small_house):
    (small_house / "yiwang/hub/cases/models.py").write_text("import yiwang.hub.cases.services\n")
    (small_house / "yiwang/hub/cases/services.py").write_text("import yiwang.hub.cases.models\n")
    assert "No cycles are allowed in yiwang.hub.cases" in " ".join(verdict(small_house).split())


def test_an_app_without_a_place_is_told(small_house):
    (small_house / "yiwang/hub/gizmo").mkdir()
    (small_house / "yiwang/hub/gizmo/__init__.py").touch()
    assert "yiwang.hub.gizmo" in verdict(small_house)
