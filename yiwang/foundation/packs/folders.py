"""Reading a pack folder: manifest and part files, as plain data. Nothing in a pack is ever executed."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import yaml

from yiwang.foundation.kernel.packparts import PackInvalid

MANIFEST = "pack.toml"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a pack folder. Raises PackInvalid when it is missing, unreadable or incomplete."""
    try:
        manifest = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackInvalid(file=str(folder / MANIFEST), place="-", reason="the file does not exist") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackInvalid(file=str(folder / MANIFEST), place="-", reason=str(error)) from None
    for name in ("id", "version", "kind", "names"):
        if name not in manifest:
            raise PackInvalid(file=str(folder / MANIFEST), place=name, reason="this entry is missing")
    return manifest


def read_part(folder: Path, file_name: str) -> Any:
    """The content of one part file (YAML, JSON or GeoJSON). Raises PackInvalid, with the line where it is known."""
    path = (folder / file_name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PackInvalid(file=file_name, place="-", reason="the file lies outside the pack")
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=yaml.CSafeLoader) if path.suffix in (".yaml", ".yml") else json.loads(text)
    except FileNotFoundError:
        raise PackInvalid(file=str(path), place="-", reason="the file does not exist") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise PackInvalid(file=str(path), place=f"line {line}", reason=str(error.problem)) from None
    except json.JSONDecodeError as error:
        raise PackInvalid(file=str(path), place=f"line {error.lineno}", reason=error.msg) from None


def digest_of(folder: Path) -> str:
    """SHA-256 over names and contents of the pack's data files, in order of name."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".toml", ".yaml", ".yml", ".json", ".geojson")):
        total.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
