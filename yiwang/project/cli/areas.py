import gzip
import json
from pathlib import Path
from typing import Any

import click

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.project.cli.opening import open_city

DATUMS = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")


@click.group()
def areas() -> None:
    """Areas: the divisions of the territory, from which points learn where they are."""


@areas.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--level", required=True, help="What these areas are: district, street, community, grid …")
@click.option("--datum", required=True, type=click.Choice(DATUMS), help="What the coordinates are relative to.")
@click.option("--code-property", required=True, help="The property that holds an area's code.")
@click.option("--name-property", required=True, help="The property that holds an area's name.")
@click.option("--code-prefix", default="", help="Put before each code, so that it cannot be another area's.")
@click.option("--language", default="zh-hans", show_default=True, help="The language of the names.")
@click.option("--parent", help="The code of the area all of these lie in.")
def import_areas(file: Path, level: str, datum: str, parent: str | None, **reading: str) -> None:
    """Store the areas of a GeoJSON FILE (also .gz). Areas that are there are brought up to date by their code."""
    features = _features(file)
    with open_city():
        from yiwang.foundation.kernel.clock import now
        from yiwang.foundation.kernel.viewer import SYSTEM
        from yiwang.foundation.places import services
        from yiwang.foundation.places.types import Datum, NewArea

        new = [NewArea(level, *_named(feature, file, reading), parent, feature["geometry"]) for feature in features]
        source = {"file": file.name}
        report = services.import_areas(new, datum=Datum(datum), viewer=SYSTEM, now=now(), source=source)
    click.echo(f"{report.created} areas created, {report.updated} updated, {report.unchanged} unchanged.")
    if report.repaired:
        click.echo(f"Repaired shapes: {', '.join(report.repaired)}")


def _features(file: Path) -> list[dict[str, Any]]:
    packed = file.read_bytes()
    try:
        body = json.loads(gzip.decompress(packed) if file.suffix == ".gz" else packed)
        features: list[dict[str, Any]] = body["features"]
    except (ValueError, OSError, EOFError, KeyError, TypeError) as error:
        raise CannotStart(
            reason=f"{file.name} is not a GeoJSON FeatureCollection: {error}", hint="Check the file."
        ) from error
    return features


def _named(feature: dict[str, Any], file: Path, reading: dict[str, str]) -> tuple[str, dict[str, str]]:
    """An area's code and names."""
    properties = feature["properties"]
    missing = [
        name for name in (reading["code_property"], reading["name_property"]) if properties.get(name) in (None, "")
    ]
    if missing:
        raise CannotStart(
            reason=f"An area of {file.name} has no property “{missing[0]}”; it has {', '.join(properties)}.",
            hint="Name the right property with --code-property or --name-property.",
        )
    code = f"{reading['code_prefix']}{properties[reading['code_property']]}"
    return code, {reading["language"]: str(properties[reading["name_property"]])}
