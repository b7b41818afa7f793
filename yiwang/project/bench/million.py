"""A big city's cases written straight into the tables: states, places, times and texts spread as real ones are."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

import psycopg

from yiwang.foundation.kernel.ids import id_at
from yiwang.foundation.kernel.numbers import format_number
from yiwang.foundation.kernel.search import words
from yiwang.foundation.kernel.viewer import Secrecy
from yiwang.project.bench.matters import MATTERS, PLACES, WISHES

SEED = 20261123
SOURCE = "bench"
YEARS = 3
# A word with a number is shared by about twenty cases: the rare words of real texts, house and pole numbers.
RARE_SHARE = 20
COLUMNS = (
    "id", "number", "version", "state", "source", "imported", "channel", "language", "title", "text", "search",
    "category_id", "matter_type", "district_id", "area_id", "address", "secrecy", "unit_id", "dispatch_note",
    "reply", "received_at", "registered_at", "dispatched_at", "replied_at", "closed_at", "due_at", "deadline",
)  # fmt: skip
COPY = f"COPY cases_case ({', '.join(COLUMNS)}) FROM STDIN"
# Of cases older than sixty days nearly all are finished; of this week's most are not.
OLD = {"closed": 980, "replied": 8, "handling": 5, "unknown": 4, "reopened": 3}
YOUNG = {
    "closed": 450,
    "replied": 150,
    "handling": 160,
    "signed": 90,
    "dispatched": 110,
    "registered": 25,
    "reopened": 15,
}
YOUNG_DAYS = 60
SECONDARY_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'cases_case' AND indexdef NOT LIKE '%UNIQUE%'
      AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
DEEPEST_AREAS = """
    WITH RECURSIVE tree AS (
        SELECT id, ARRAY[id] AS path FROM places_area WHERE parent_id IS NULL
        UNION ALL SELECT a.id, tree.path || a.id FROM places_area a JOIN tree ON a.parent_id = tree.id
    ) SELECT path[2], id FROM tree
    WHERE cardinality(path) > 1 AND NOT EXISTS (SELECT FROM places_area a WHERE a.parent_id = tree.id) ORDER BY id
"""
HISTORY_ENTRIES = """
    INSERT INTO cases_caseevent (id, case_id, kind, at, actor_kind, unit_id, reason, detail)
    SELECT gen_random_uuid(), id, 'imported', received_at, 'system', unit_id, '', '{}' FROM cases_case AS c
    WHERE source = 'bench' AND NOT EXISTS (SELECT FROM cases_caseevent WHERE case_id = c.id)
"""


@dataclass(frozen=True)
class Choices:
    """What cases can be about: (district, area) pairs, categories, units, matter types and channels of the city."""

    places: Sequence[tuple[UUID, UUID]]
    categories: Sequence[UUID]
    units: Sequence[UUID]
    matter_types: Sequence[str]
    channels: Sequence[str]

    @classmethod
    def read(cls, connection: psycopg.Connection[Any]) -> "Choices":
        """The installed city's areas at the deepest level, and its codes and units."""
        codes = "SELECT {} FROM codes_code WHERE kind = '{}' ORDER BY code"
        return cls(
            places=_rows(connection, DEEPEST_AREAS),
            categories=_column(connection, codes.format("id", "category")),
            units=_column(connection, "SELECT id FROM orgs_unit ORDER BY code"),
            matter_types=_column(connection, codes.format("code", "matter_type")),
            channels=_column(connection, codes.format("code", "channel")),
        )


def fill(connection: psycopg.Connection[Any], count: int, *, until: datetime) -> None:
    """Adds ``count`` cases received in the three years before ``until``, each with its history entry; then ANALYZE.

    Secondary indexes are dropped and built again: that takes a minute instead of ten.
    """
    choices = Choices.read(connection)
    first = _rows(connection, "SELECT count(*) FROM cases_case WHERE source = 'bench'")[0][0]
    indexes = _rows(connection, SECONDARY_INDEXES)
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    with connection.cursor() as cursor, cursor.copy(COPY.encode()) as sink:
        for row in generate(choices, count, first=first, until=until):
            sink.write_row(row)
    connection.execute(HISTORY_ENTRIES.encode())
    for _, definition in indexes:
        connection.execute(definition.encode())
    connection.execute(b"VACUUM ANALYZE cases_case, cases_caseevent")


def generate(choices: Choices, count: int, *, first: int, until: datetime) -> Iterator[tuple[Any, ...]]:
    """Rows for ``COLUMNS``, oldest first, numbered from ``first``; the same each time but for the tail of the ids."""
    dice = random.Random(SEED)  # noqa: S311 - test data
    step = timedelta(days=365 * YEARS) / count
    pick = {
        name: _Zipf(getattr(choices, name), dice)
        for name in ("places", "categories", "units", "matter_types", "channels")
    }
    states = {True: _Weighted(YOUNG, dice), False: _Weighted(OLD, dice)}
    for serial in range(count):
        received_at = until - step * (count - serial)
        is_young = until - received_at < timedelta(days=YOUNG_DAYS)
        district, area = pick["places"].take()
        title, text = _words_of(dice, serial, count)
        number = format_number("B", received_at.date(), first + serial)
        moments = _moments(states[is_young].take(), received_at, dice)
        yield (
            id_at(received_at), number, 2, moments["state"], SOURCE, "{}", pick["channels"].take(), "zh-hans", title,
            text, " ".join(f"'{word}'" for word in words(f"{number}\n{title}\n{text}")), pick["categories"].take(),
            pick["matter_types"].take(), district, area, f"{dice.choice(PLACES)}{serial % 300}号", Secrecy.NONE,
            None if moments["state"] == "registered" else pick["units"].take(), "{}",
            "已办理。" if moments["replied_at"] else "", received_at, received_at, moments["dispatched_at"],
            moments["replied_at"], moments["closed_at"], moments["due_at"], "{}",
        )  # fmt: skip


class _Zipf:
    """Takes values so that the n-th is taken about 1/n as often as the first: few busy units, many quiet ones."""

    def __init__(self, values: Sequence[Any], dice: random.Random) -> None:
        self._values = values
        self._dice = dice
        self._weights = list(accumulate(1 / place for place in range(1, len(values) + 1)))

    def take(self) -> Any:
        return self._dice.choices(self._values, cum_weights=self._weights)[0]


class _Weighted:
    def __init__(self, weights: dict[str, int], dice: random.Random) -> None:
        self._names = list(weights)
        self._weights = list(accumulate(weights.values()))
        self._dice = dice

    def take(self) -> str:
        return self._dice.choices(self._names, cum_weights=self._weights)[0]


def _moments(state: str, received_at: datetime, dice: random.Random) -> dict[str, Any]:
    """The state and the moments that go with it."""
    replied_at = received_at + timedelta(hours=dice.expovariate(1 / 90)) if state in ("closed", "replied") else None
    return {
        "state": state,
        "dispatched_at": None if state in ("registered", "unknown") else received_at + timedelta(minutes=3),
        "replied_at": replied_at,
        "closed_at": replied_at + timedelta(days=1) if state == "closed" and replied_at else None,
        "due_at": None if state == "unknown" else received_at + timedelta(days=dice.choice((2, 10, 15))),
    }


def _words_of(dice: random.Random, serial: int, count: int) -> tuple[str, str]:
    """A title and a text of one to four sentences, with a rare word in every one."""
    matter = dice.choice(MATTERS)
    place = dice.choice(PLACES)
    rest = " ".join(dice.choice(MATTERS if dice.random() < 0.3 else WISHES) for _ in range(dice.randint(1, 3)))
    rare = f"杆号{serial % max(1, count // RARE_SHARE)}"
    return f"{place}{matter}"[:60], f"{place}{matter}，{rare}。{rest}"


def _rows(connection: psycopg.Connection[Any], query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


def _column(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    return [row[0] for row in _rows(connection, query)]
