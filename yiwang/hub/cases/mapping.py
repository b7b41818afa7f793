"""Mappings: what the columns of another system's file mean here, as a small TOML file. Explained in docs/import.md."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from yiwang.foundation.places.types import Datum
from yiwang.hub.cases.errors import MappingInvalid
from yiwang.hub.cases.types import CaseState

ISO = "iso"


class Part(BaseModel):
    """A part of a mapping; a key nobody knows is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Part):
    """Where one value comes from: a column, several joined, or a constant; then what its values mean here."""

    column: str | None = None
    columns: tuple[str, ...] = ()
    value: str | None = None
    join: str = " "
    without_suffix: str = ""
    values: dict[str, str] = {}
    default: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Source":
        if sum((self.column is not None, bool(self.columns), self.value is not None)) != 1:
            raise ValueError("needs exactly one of column, columns and value")
        return self

    @property
    def read_columns(self) -> Sequence[str]:
        """The columns this value is made of."""
        return self.columns or ((self.column,) if self.column else ())


def _short(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


# A lone string is the name of a column.
Value = Annotated[Source, BeforeValidator(_short)]


class Fields(Part):
    """The fields of a case that a file can give."""

    external_id: Value
    received_at: Value
    text: Value | None = None
    title: Value | None = None
    address: Value | None = None
    lon: Value | None = None
    lat: Value | None = None
    channel: Value | None = None
    matter_type: Value | None = None
    state: Value | None = None
    verdict: Value | None = None
    reply: Value | None = None
    language: Value | None = None
    occurred_at: Value | None = None
    registered_at: Value | None = None
    dispatched_at: Value | None = None
    signed_at: Value | None = None
    replied_at: Value | None = None
    closed_at: Value | None = None
    due_at: Value | None = None


class Reference(Part):
    """How the file names an entry of one of the city's lists: by a path of names, topmost first, perhaps with codes."""

    path: tuple[Value, ...] = Field(min_length=1)
    codes: tuple[Value, ...] = ()
    values: dict[str, str] = {}
    match: tuple[Literal["code", "name"], ...] = ("name",)
    create: bool = True

    @model_validator(mode="after")
    def _codes_beside_path(self) -> "Reference":
        if self.codes and len(self.codes) != len(self.path):
            raise ValueError("codes must name one column for each part of path")
        return self


class AreaReference(Reference):
    """How the file names a place: ``by_point`` asks the map first; ``levels`` are the levels of what is created."""

    path: tuple[Value, ...] = ()
    levels: tuple[str, ...] = ()
    by_point: bool = False

    @model_validator(mode="after")
    def _levels_beside_path(self) -> "AreaReference":
        if len(self.levels) != len(self.path):
            raise ValueError("levels must name one level for each part of path")
        return self


class FileFormat(Part):
    """How a CSV file is written."""

    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","


class Clock(Part):
    """Whether this city's own limits are applied to the file's cases where it gives no due date."""

    rule: Literal["none", "matter_type"] = "none"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone “{name}”") from None
    return name


class HistoryMapping(Part):
    """What the columns of a file mean. ``name`` is the mapping's file name, kept as provenance."""

    name: str
    source: str = Field(min_length=1, max_length=60)
    language: str = "zh-hans"
    time_zone: Annotated[str, AfterValidator(_zone)]
    times: tuple[str, ...] = (ISO,)
    null: frozenset[str] = frozenset({""})
    datum: Datum | None = None
    keep: tuple[str, ...] = ()
    file: FileFormat = FileFormat()
    fields: Fields
    category: Reference | None = None
    unit: Reference | None = None
    area: AreaReference | None = None
    clock: Clock = Clock()

    @model_validator(mode="after")
    def _whole_points(self) -> "HistoryMapping":
        if (self.fields.lon is None) != (self.fields.lat is None):
            raise ValueError("fields.lon and fields.lat go together")
        if self.fields.lon is not None and self.datum is None:
            raise ValueError("points need datum: WGS84, CGCS2000, GCJ-02 or BD-09")
        return self

    @model_validator(mode="after")
    def _known_states(self) -> "HistoryMapping":
        state = self.fields.state
        for name in (*state.values.values(), state.value, state.default) if state else ():
            if name and name not in set(CaseState):
                raise ValueError(f"fields.state: “{name}” is no state; states are {', '.join(CaseState)}")
        return self

    def sources(self) -> Iterator[tuple[str, Source]]:
        """Every value the mapping reads, with the key it stands under."""
        for name in Fields.model_fields:
            if (source := getattr(self.fields, name)) is not None:
                yield f"fields.{name}", source
        for name in ("category", "unit", "area"):
            reference: Reference | None = getattr(self, name)
            for key in ("path", "codes") if reference else ():
                yield from ((f"{name}.{key}", source) for source in getattr(reference, key))


class MappingFile:
    """A mapping file as read; ``for_columns`` chooses the variant that fits a table."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises MappingInvalid for what is not TOML, with its line."""
        self._name = path.name
        try:
            self._text = path.read_text("utf-8")
            self._body = tomllib.loads(self._text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise MappingInvalid(file=path.name, place="-", reason=str(error)) from error
        variants = self._body.pop("variant", [{}])
        if not isinstance(variants, list) or not all(isinstance(variant, dict) for variant in variants):
            raise self._invalid(("variant",), "variants are written as [[variant]]")
        self._variants: list[dict[str, Any]] = variants
        self.format = self._check(FileFormat, self._body.get("file", {}), ("file",))

    def for_columns(self, columns: Sequence[str]) -> HistoryMapping:
        """The mapping for a table with these columns: of the first variant whose ``when`` columns are all there.

        Raises MappingInvalid, naming the key and its line: for a wrong key or value, and for a column that is missing.
        """
        body = self._merged(columns)
        mapping: HistoryMapping = self._check(HistoryMapping, {**body, "name": self._name}, ())
        for key, source in mapping.sources():
            self._require(columns, source.read_columns, tuple(key.split(".")))
        self._require(columns, mapping.keep, ("keep",))
        return mapping

    def _merged(self, columns: Sequence[str]) -> dict[str, Any]:
        for variant in self._variants:
            if set(variant.get("when", ())) <= set(columns):
                own = {key: value for key, value in variant.items() if key != "when"}
                return _merge(self._body, own)
        raise self._invalid(("variant",), f"no variant fits; the file has the columns {', '.join(columns)}")

    def _check(self, model: type[Any], body: Any, prefix: tuple[str, ...]) -> Any:
        try:
            return model.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise self._invalid((*prefix, *map(str, first["loc"])), first["msg"]) from error

    def _require(self, columns: Sequence[str], wanted: Sequence[str], keys: tuple[str, ...]) -> None:
        for column in wanted:
            if column not in columns:
                reason = f"the file has no column “{column}”; it has {', '.join(columns)}"
                raise self._invalid(keys, reason)

    def _invalid(self, keys: tuple[str, ...], reason: str) -> MappingInvalid:
        place = ".".join(keys) or "-"
        line = _line_of(self._text, keys)
        return MappingInvalid(file=self._name, place=f"{place} (line {line})" if line else place, reason=reason)


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        # Only the tables of the file itself are merged; a value such as { column = … } replaces the common one.
        merged[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The line of the deepest key of a dotted place that is written in the text; tomllib keeps no positions."""
    found = None
    for depth in range(1, len(keys) + 1):
        found = _find(text, ".".join(keys[: depth - 1]), keys[depth - 1]) or found
    return found


def _find(text: str, table: str, key: str) -> int | None:
    inside = ""
    whole = f"{table}.{key}" if table else key
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().startswith("["):
            header = line.partition("]")[0].strip(" \t[")
            inside = header.removeprefix("variant").removeprefix(".")
            if whole in (header, inside):
                return number
        elif inside == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return None
