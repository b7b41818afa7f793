"""Writing packs: the beginning of a new one, a small city that can be installed at once; and one from what it says. No
database."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yiwang.foundation.kernel.packparts import PackInvalid
from yiwang.foundation.packs.folders import MANIFEST, Document
from yiwang.foundation.packs.schemas import check_manifest, refuse

# What is much the same everywhere comes from another pack; the rest is this city's own.
TAKEN = ("categories", "matter_types", "channels", "retention", "calendars", "roles", "clocks")
# Degrees from the middle to the edge: some ten kilometres.
REACH = 0.1
UNITS = """# Who answers for something; parents stand before their children. `area` is the territory of a government.
- {{code: city, kind: government, area: "{code}", names: {names}}}
- {{code: hotline-centre, kind: centre, parent: city, names: {{zh-hans: 热线中心, en: Hotline centre}}}}
- {{code: east, kind: government, parent: city, area: "{code}01", names: {{zh-hans: 东区, en: East District}}}}
- {{code: west, kind: government, parent: city, area: "{code}02", names: {{zh-hans: 西区, en: West District}}}}
"""
RULES = """# Who gets what: ordered rules, the first that applies decides; what no rule covers stays with the operators.
- key: districts
  order: 100
  names: {{zh-hans: 属地办理, en: Where it happens}}
  when: {{areas: ["{code}"]}}
  then: {{unit_of_area: district}}
  source: {{document: 本市自定规则 / the city's own rule, article: "1"}}
"""


@dataclass(frozen=True)
class Beginning:
    """What a new city pack is told: names by language, the middle as (lon, lat) in WGS84 degrees."""

    pack_id: str
    names: Mapping[str, str]
    number_prefix: str
    centre: tuple[float, float]


def write_draft(folder: Path, like: Path, new: Beginning) -> Sequence[Path]:
    """Writes the files of a new city pack and returns their paths; ``like`` gives the lists that are alike everywhere.

    Raises PackInvalid where something is there already, or where what was told cannot be a pack.
    """
    _refuse_full(folder)
    manifest = _manifest(new)
    refuse(check_manifest(Document(MANIFEST, manifest, "")))
    folder.mkdir(parents=True, exist_ok=True)
    for name in TAKEN:
        shutil.copyfile(like / f"{name}.yaml", folder / f"{name}.yaml")
    code, names = _code(new), json.dumps(dict(new.names), ensure_ascii=False)
    texts = {
        "units.yaml": UNITS.format(code=code, names=names),
        "rules.yaml": RULES.format(code=code),
        "areas.geojson": json.dumps(_areas(new), ensure_ascii=False, indent=1) + "\n",
        MANIFEST: _toml(manifest),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def write_pack(folder: Path, manifest: Mapping[str, Any], contents: Mapping[str, Any]) -> Sequence[Path]:
    """Writes a pack as files: the manifest, and what each part says. Returns their paths.

    Raises PackInvalid where something is there already.
    """
    _refuse_full(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, file_name in manifest.get("parts", {}).items():
        path = folder / file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in (".yaml", ".yml"):
            text = yaml.safe_dump(contents[name], allow_unicode=True, sort_keys=False, width=120)
        else:
            text = json.dumps(contents[name], ensure_ascii=False, indent=1) + "\n"
        path.write_text(text, encoding="utf-8")
    (folder / MANIFEST).write_text(_toml(manifest), encoding="utf-8")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _refuse_full(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise PackInvalid(file=str(folder), place="-", reason="there are files in this folder already")


def _code(new: Beginning) -> str:
    return new.pack_id.upper()


def _manifest(new: Beginning) -> dict[str, Any]:
    lon, lat = new.centre
    return {
        "id": new.pack_id,
        "version": "0.1.0",
        "kind": "city",
        "names": dict(new.names),
        "city": {
            "names": dict(new.names),
            "time_zone": "Asia/Shanghai",
            "default_language": next(iter(new.names), ""),
            "number_prefix": new.number_prefix,
            "centre": {"lon": lon, "lat": lat},
        },
        "areas": {"datum": "WGS84"},
        "parts": {
            **{name: f"{name}.yaml" for name in (*TAKEN, "units", "rules")},
            "areas": "areas.geojson",
        },
    }


def _areas(new: Beginning) -> dict[str, Any]:
    """The city as a square around its middle, of two districts side by side."""
    (lon, lat), code = new.centre, _code(new)
    west, east = (lon - REACH, lon), (lon, lon + REACH)
    return {
        "type": "FeatureCollection",
        "features": [
            _area("city", code, None, new.names, (lon - REACH, lon + REACH), lat),
            _area("district", f"{code}01", code, {"zh-hans": "东区", "en": "East District"}, east, lat),
            _area("district", f"{code}02", code, {"zh-hans": "西区", "en": "West District"}, west, lat),
        ],
    }


def _area(
    level: str, code: str, parent: str | None, names: Mapping[str, str], lons: tuple[float, float], lat: float
) -> dict[str, Any]:
    (west, east), south, north = lons, lat - REACH, lat + REACH
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    rounded = [[round(x, 6), round(y, 6)] for x, y in ring]
    return {
        "type": "Feature",
        "properties": {"level": level, "code": code, "parent": parent, "names": dict(names)},
        "geometry": {"type": "Polygon", "coordinates": [rounded]},
    }


def _toml(manifest: Mapping[str, Any]) -> str:
    """The manifest as TOML; JSON's texts and numbers are TOML's too."""
    lines = [f"{name} = {_inline(value)}" for name, value in manifest.items() if not isinstance(value, dict)]
    for table, values in manifest.items():
        if isinstance(values, dict):
            lines += ["", f"[{table}]", *(f"{name} = {_inline(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_inline(inner)}" for name, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
