"""What the files of a pack must look like: the manifest, and every part the apps offer."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from yiwang.foundation.kernel.packparts import Language, Names, PackEntry, PackInvalid, PackPart, Text
from yiwang.foundation.packs.folders import Document, Step
from yiwang.foundation.packs.types import Mistake, PartDiff
from yiwang.foundation.places.types import Datum

PackId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
# https://semver.org: major.minor.patch, perhaps with a pre-release behind a hyphen.
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$")]
MOST_TOLD = 50


def _inside(name: str) -> str:
    if not re.fullmatch(r"\w[\w/-]{0,99}\.(yaml|yml|json|geojson)", name):
        raise ValueError(f"“{name}” is outside the pack or no data file; write for example units.yaml")
    return name


FileName = Annotated[str, AfterValidator(_inside)]


class Centre(PackEntry):
    """WGS84 degrees."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class CityTable(PackEntry):
    """What is said of a city as a whole."""

    names: Names
    time_zone: Text
    default_language: Language
    number_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}$")]
    centre: Centre
    demo: bool = False
    division_prefix: str = ""
    hotline: str = ""


class AreasTable(PackEntry):
    """What the positions of the part ``areas`` are relative to."""

    datum: Datum


class Manifest(PackEntry):
    """``pack.toml``: what the pack is, and which file is which part."""

    id: PackId
    version: Version
    kind: Literal["city", "scenario"]
    names: Names
    city: CityTable | None = None
    areas: AreasTable | None = None
    requires: dict[PackId, Version] = Field({}, description="Packs that must be there, at least in this version.")
    parts: dict[str, FileName] = Field({}, description="Which file holds which part.")
    demo_accounts: FileName | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "Manifest":
        if self.kind == "city" and self.city is None:
            raise ValueError("is a city without a table [city]")
        if "areas" in self.parts and self.areas is None:
            raise ValueError("has areas, but no table [areas] that declares their datum")
        return self


def check_manifest(document: Document) -> Sequence[Mistake]:
    """All that is wrong with a manifest; empty when nothing is."""
    try:
        Manifest.model_validate(document.content)
    except ValidationError as error:
        return [_mistake(document, each, each["loc"], Manifest) for each in error.errors()[:MOST_TOLD]]
    return []


def check_part(document: Document, part: PackPart) -> tuple[Sequence[Any], Sequence[Mistake]]:
    """The entries of a part, checked, and all that is wrong with them."""
    prefix, entries = _entries(document, part)
    if entries is None:
        form = "a FeatureCollection" if part.is_geojson else "a list of entries"
        return [], [Mistake(document.file, 1, "-", f"is not {form}", f"See docs/packs/{part.name}.schema.json.")]
    checked, mistakes = [], []
    for index, entry in enumerate(entries):
        try:
            checked.append(part.entry.model_validate(entry))
        except ValidationError as error:
            path = (*prefix, index)
            mistakes += [_mistake(document, each, (*path, *each["loc"]), part.entry) for each in error.errors()]
        if len(mistakes) >= MOST_TOLD:
            break
    return checked, [*mistakes, *_doubles(document, part, checked, prefix if not mistakes else None)]


def refuse(mistakes: Sequence[Mistake]) -> None:
    """Raises PackInvalid with all of them, if there are any."""
    if mistakes:
        first = mistakes[0]
        place = f"line {first.line}, {first.place}" if first.line else first.place
        errors = tuple((mistake.file, str(mistake)) for mistake in mistakes)
        reason = f"{first.reason}. {first.remedy}"
        raise PackInvalid(file=first.file, place=place, reason=reason, errors=errors)


def compare(part: PackPart, before: Any, after: Any) -> PartDiff:
    """How the entries of a part differ from what it said before, None for nothing.

    They are compared as they are written: what was installed by an older program may have another form.
    """
    old, new = (_named_entries(part, content) for content in (before, after))
    return PartDiff(
        added=tuple(name for name in new if name not in old),
        changed=tuple(name for name, entry in new.items() if name in old and old[name] != entry),
        gone=tuple(name for name in old if name not in new),
    )


def _named_entries(part: PackPart, content: Any) -> Mapping[str, Any]:
    # As JSON has them: the table keeps numbers that are keys as texts.
    plain = json.loads(json.dumps(content or [], default=str))
    entries = plain.get("features", []) if isinstance(plain, dict) else plain
    return {_name(part, entry): entry for entry in entries}


def _name(part: PackPart, entry: Mapping[str, Any]) -> str:
    holder = entry["properties"] if part.is_geojson else entry
    return " ".join(str(holder[name]) for name in part.key if holder.get(name) is not None)


def list_schemas(parts: Sequence[PackPart]) -> Mapping[str, Mapping[str, Any]]:
    """The JSON Schemas (2020-12) of ``pack.toml`` and of the files of these parts, by name."""
    return {"pack": _schema_of_manifest(), **{part.name: _schema_of(part) for part in parts}}


def _schema_of(part: PackPart) -> Mapping[str, Any]:
    entry = part.entry.model_json_schema(by_alias=True)
    definitions = entry.pop("$defs", {})
    shape = {"type": "array", "items": entry}
    if part.is_geojson:
        collection = {"type": {"const": "FeatureCollection"}, "features": shape}
        shape = {"type": "object", "properties": collection, "required": list(collection)}
    return _published(part.name, shape, definitions)


def _schema_of_manifest() -> Mapping[str, Any]:
    shape = Manifest.model_json_schema()
    return _published("pack", shape, shape.pop("$defs", {}))


def _published(name: str, shape: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}
    return {**shape, **head, **({"$defs": definitions} if definitions else {})}


def _entries(document: Document, part: PackPart) -> tuple[tuple[Step, ...], list[Any] | None]:
    content = document.content
    if part.is_geojson:
        content = content.get("features") if isinstance(content, dict) else None
    return ("features",) if part.is_geojson else (), content if isinstance(content, list) else None


def _doubles(
    document: Document, part: PackPart, checked: Sequence[Any], prefix: tuple[Step, ...] | None
) -> Iterator[Mistake]:
    """Entries that share what only one may have; looked for when each of them is right by itself."""
    seen: set[tuple[Any, ...]] = set()
    if prefix is None:
        return
    for index, entry in enumerate(checked):
        value = tuple(getattr(entry, name) for name in part.key)
        if value in seen:
            path = (*prefix, index)
            told = " ".join(str(each) for each in value if each is not None)
            reason = f"“{told}” stands here for the second time"
            yield Mistake(
                document.file,
                document.line_of(path),
                _told(path),
                reason,
                f"Give each its own {' and '.join(part.key)}.",
            )
        seen.add(value)


def _mistake(document: Document, error: ErrorDetails, path: Sequence[Step], model: type[BaseModel]) -> Mistake:
    reason, remedy = _words(error, model)
    return Mistake(document.file, document.line_of(path), _told(path), reason, remedy)


def _told(path: Sequence[Step]) -> str:
    """``[3].names.en``: entries are counted from 1, as people do."""
    told = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return told.removeprefix(".") or "-"


def _words(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is missing", "Add it."
    if kind == "extra_forbidden":
        return "is not known here", _nearest(str(error["loc"][-1]), model)
    if kind in ("enum", "literal_error"):
        return f"is “{error['input']}”", f"It must be {context['expected']}."
    if kind == "value_error":
        return str(context["error"]), "Correct it."
    if kind == "string_pattern_mismatch":
        return f"is “{error['input']}”", f"It must match {context['pattern']}."
    return f"is “{str(error['input'])[:60]}”", f"{error['msg']}."


def _nearest(name: str, model: type[BaseModel]) -> str:
    known = sorted(_all_names(model, set()))
    close = get_close_matches(name, known, 1)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(known)}."


def _all_names(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    """Names of a form and of the forms within it."""
    if model in seen:
        return set()
    seen.add(model)
    names = {field.alias or name for name, field in model.model_fields.items()}
    for field in model.model_fields.values():
        for inner in _forms_in(field.annotation):
            names |= _all_names(inner, seen)
    return names


def _forms_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _forms_in(inner)
