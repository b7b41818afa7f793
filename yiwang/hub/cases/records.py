"""Records of history: the rows of another system's file, turned into typed values by a mapping. Pure; knows no city."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from yiwang.hub.cases.mapping import ISO, HistoryMapping, Reference, Source
from yiwang.hub.cases.types import CaseState, Verdict

EXTERNAL_ID_LENGTH = 120
TITLE_LENGTH = 200
ADDRESS_LENGTH = 300
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

# Remarks: what a record's own data contradict or leave open. They are kept with the case and shown on its page.
CLOSED_WITHOUT_MOMENT = "closed_without_moment"
CLOSED_BEFORE_RECEIVED = "closed_before_received"
OPEN_WITH_CLOSING_MOMENT = "open_with_closing_moment"
HALF_A_POINT = "half_a_point"
SHORTENED = "shortened"

MOMENTS = ("occurred_at", "registered_at", "dispatched_at", "signed_at", "replied_at", "closed_at", "due_at")
Get = Callable[[Sequence[str]], str]


class RowRejected(ValueError):
    """A row cannot become a case; its text is the reason people read."""


class Step(NamedTuple):
    """One part of a path as the file names it; ``code`` is empty where the file gives none."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One matter of the other system. ``lon`` and ``lat`` are still in the file's datum; paths are topmost first.

    ``given`` holds kept columns as they stood, ``remarks`` what is contradictory or open.
    """

    row_number: int
    external_id: str
    received_at: datetime
    state: CaseState
    moments: Mapping[str, datetime | None]
    channel: str
    matter_type: str | None
    verdict: Verdict | None
    language: str
    title: str
    text: str
    address: str
    reply: str
    lon: float | None
    lat: float | None
    category: tuple[Step, ...]
    unit: tuple[Step, ...]
    area: tuple[Step, ...]
    given: Mapping[str, str]
    remarks: Sequence[str]


class Converter:
    """Turns rows of a table with these columns into records, by a mapping that fits them."""

    def __init__(self, mapping: HistoryMapping, columns: Sequence[str]) -> None:
        self._position = {name: place for place, name in enumerate(columns)}
        self._null = mapping.null
        self._zone = ZoneInfo(mapping.time_zone)
        self._times = (*mapping.times, ISO)
        self._language = mapping.language
        fields = mapping.fields
        self._get = {
            name: self._getter(source) for name in type(fields).model_fields if (source := getattr(fields, name))
        }
        self._moments = [(name, self._get[name]) for name in MOMENTS if name in self._get]
        self._keep = [(name, self._getter(Source(column=name))) for name in mapping.keep]
        self._category = self._path_getter(mapping.category)
        self._unit = self._path_getter(mapping.unit)
        self._area = self._path_getter(mapping.area)

    def convert(self, row_number: int, cells: Sequence[str]) -> Record:
        """The record of one row. Raises RowRejected with the reason."""
        _check_characters(cells)
        received_at = self._moment("received_at", self._needed("received_at", cells))
        moments = {name: self._moment(name, text) for name, get in self._moments if (text := get(cells))}
        given = {name: text for name, get in self._keep if (text := get(cells))}
        remarks: list[str] = []
        state = self._state(cells, received_at, moments, given, remarks)
        lon, lat = self._point(cells, remarks)
        return Record(
            row_number=row_number,
            external_id=self._external_id(cells),
            received_at=received_at,
            state=state,
            moments=moments,
            channel=self._text("channel", cells),
            matter_type=self._text("matter_type", cells) or None,
            verdict=self._verdict(cells),
            language=self._text("language", cells) or self._language,
            title=_shortened(self._text("title", cells), TITLE_LENGTH, remarks),
            text=self._text("text", cells),
            address=_shortened(self._text("address", cells), ADDRESS_LENGTH, remarks),
            reply=self._text("reply", cells),
            lon=lon,
            lat=lat,
            category=self._category(cells),
            unit=self._unit(cells),
            area=self._area(cells),
            given=given,
            remarks=remarks,
        )

    def _text(self, name: str, cells: Sequence[str]) -> str:
        get = self._get.get(name)
        return get(cells) if get else ""

    def _needed(self, name: str, cells: Sequence[str]) -> str:
        text = self._text(name, cells)
        if not text:
            raise RowRejected(f"{name} is empty")
        return text

    def _external_id(self, cells: Sequence[str]) -> str:
        text = self._needed("external_id", cells)
        if len(text) > EXTERNAL_ID_LENGTH:
            raise RowRejected(f"external_id is longer than {EXTERNAL_ID_LENGTH} characters")
        return text

    def _verdict(self, cells: Sequence[str]) -> Verdict | None:
        text = self._text("verdict", cells)
        try:
            return Verdict(text) if text else None
        except ValueError:
            raise RowRejected(f"verdict: “{text}” is neither {' nor '.join(Verdict)}") from None

    def _moment(self, name: str, text: str) -> datetime:
        moment = _parse(text, self._times)
        if moment is None:
            raise RowRejected(f"{name}: “{text}” is no time in one of the formats of the mapping")
        # A local time the clocks skip counts as if they had not yet been put forward; one they repeat, as the first.
        try:
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)
        except OverflowError:
            moment = LATEST
        if not EARLIEST <= moment < LATEST:
            raise RowRejected(f"{name}: “{text}” is not between {EARLIEST.year} and {LATEST.year}")
        return moment

    def _state(
        self,
        cells: Sequence[str],
        received_at: datetime,
        moments: dict[str, datetime],
        given: dict[str, str],
        remarks: list[str],
    ) -> CaseState:
        """The state the file says; where it says none, what a closing time or a reply proves; else unknown."""
        text, closed_at = self._text("state", cells), moments.get("closed_at")
        if closed_at is not None and closed_at < received_at:
            remarks.append(CLOSED_BEFORE_RECEIVED)
        if not text:
            is_replied = "replied_at" in moments or self._text("reply", cells)
            return CaseState.CLOSED if closed_at else CaseState.REPLIED if is_replied else CaseState.UNKNOWN
        state = _state_named(text)
        if state is CaseState.CLOSED and closed_at is None:
            remarks.append(CLOSED_WITHOUT_MOMENT)
            return CaseState.UNKNOWN
        if state is not CaseState.CLOSED and closed_at is not None:
            remarks.append(OPEN_WITH_CLOSING_MOMENT)
            given["closed_at"] = moments.pop("closed_at").isoformat()
        return state

    def _point(self, cells: Sequence[str], remarks: list[str]) -> tuple[float | None, float | None]:
        lon, lat = self._text("lon", cells), self._text("lat", cells)
        if lon and lat:
            return _degrees("lon", lon, 180.0), _degrees("lat", lat, 90.0)
        if lon or lat:
            remarks.append(HALF_A_POINT)
        return None, None

    def _path_getter(self, reference: Reference | None) -> Callable[[Sequence[str]], tuple[Step, ...]]:
        if reference is None:
            return lambda cells: ()
        names = [self._getter(source) for source in reference.path]
        codes = [self._getter(source) for source in reference.codes] or [_nothing] * len(names)
        pairs = list(zip(names, codes, strict=True))

        def get(cells: Sequence[str]) -> tuple[Step, ...]:
            steps = []
            for name, code in pairs:
                if not (text := name(cells)):
                    break
                steps.append(Step(text, code(cells)))
            return tuple(steps)

        return get

    def _getter(self, source: Source) -> Get:
        """The function that reads one value, with the columns' places and the mapping's options worked in once."""
        raw = self._raw_getter(source)
        values, default = source.values, source.default
        if not values and default is None:
            return raw
        where = ", ".join(source.read_columns)

        def get(cells: Sequence[str]) -> str:
            text = raw(cells)
            if text and not values:
                return text
            found = values.get(text, default) if text else default
            if found is None and text:
                raise RowRejected(f"“{text}” of column {where} is not in the mapping's values")
            return found or ""

        return get

    def _raw_getter(self, source: Source) -> Get:
        if source.value is not None:
            constant = source.value
            return lambda cells: constant
        null, suffix = self._null, source.without_suffix
        places = [self._position[column] for column in source.read_columns]

        def one(cells: Sequence[str], place: int = places[0]) -> str:
            text = cells[place]
            return "" if text in null else text.removesuffix(suffix)

        if len(places) == 1:
            return one
        return lambda cells: source.join.join(text for place in places if (text := one(cells, place)))


def _nothing(cells: Sequence[str]) -> str:
    return ""


def _check_characters(cells: Sequence[str]) -> None:
    text = "".join(cells)
    if "\x00" in text:
        raise RowRejected("contains a NUL character, which no text may hold")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise RowRejected("is not text in the file's encoding") from None


def _parse(text: str, patterns: Sequence[str]) -> datetime | None:
    for pattern in patterns:
        try:
            # The zone is put in by the caller: it is the mapping's.
            return datetime.fromisoformat(text) if pattern == ISO else datetime.strptime(text, pattern)  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _state_named(text: str) -> CaseState:
    try:
        return CaseState(text)
    except ValueError:
        raise RowRejected(f"state: “{text}” is no state") from None


def _degrees(name: str, text: str, limit: float) -> float:
    try:
        degrees = float(text)
    except ValueError:
        raise RowRejected(f"{name}: “{text}” is not a number") from None
    if not -limit <= degrees <= limit:
        raise RowRejected(f"{name}: {text} is not between -{limit:g} and {limit:g} degrees")
    return degrees


def _shortened(text: str, length: int, remarks: list[str]) -> str:
    if len(text) <= length:
        return text
    remarks.append(SHORTENED)
    return text[: length - 1] + "…"
