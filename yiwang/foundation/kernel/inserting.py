"""New rows and changed columns by statements built once, for the paths every message takes.

Django builds the SQL of each ``save()`` anew; on these paths that was two thirds of a report's time
(docs/performance.md). Constraints, transactions and the cursor are Django's; model signals, which the house does not
use, and unset primary keys of the database are not served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, JSONField, Model
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb


def insert(*rows: Model, skip_existing: bool = False) -> int:
    """Writes new rows of one table in one statement; returns how many were written.

    Columns that the database fills (serial numbers, ``db_default``) are left to it where the first row has no value.
    ``skip_existing`` leaves out rows that a unique constraint already knows. Raises IntegrityError otherwise.
    """
    if not rows:
        return 0
    kind = type(rows[0])
    names = _filled(rows[0])
    head, group = _insert(kind, names)
    tail = " ON CONFLICT DO NOTHING" if skip_existing else ""
    statement = head + ", ".join([group] * len(rows)) + tail
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in _values(row, names)])
        written: int = cursor.rowcount
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return written


def update(row: Model, names: Sequence[str]) -> None:
    """Writes the named fields (``unit_id``, not ``unit``) of a row that is there, by its primary key."""
    with connection.cursor() as cursor:
        cursor.execute(_update(type(row), tuple(names)), [*_values(row, names), row.pk])


@dataclass(frozen=True)
class _Table:
    """What statements need to know of a model: its columns by attribute, which of them hold JSON, and its key."""

    name: str
    columns: Mapping[str, str]
    json: frozenset[str]
    key: str


@cache
def _table(kind: type[Model]) -> _Table:
    quote = connection.ops.quote_name
    fields = [field for field in kind._meta.concrete_fields if not isinstance(field, AutoField)]
    return _Table(
        name=quote(kind._meta.db_table),
        columns={field.attname: quote(field.column) for field in fields},
        json=frozenset(field.attname for field in fields if isinstance(field, JSONField)),
        key=quote(kind._meta.pk.column),
    )


@cache
def _insert(kind: type[Model], names: tuple[str, ...]) -> tuple[str, str]:
    table = _table(kind)
    columns = ", ".join(table.columns[name] for name in names)
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table.name} ({columns}) VALUES ", f"({places})"  # noqa: S608 - names come from the model


@cache
def _update(kind: type[Model], names: tuple[str, ...]) -> str:
    table = _table(kind)
    changes = ", ".join(f"{table.columns[name]} = %s" for name in names)
    return f"UPDATE {table.name} SET {changes} WHERE {table.key} = %s"  # noqa: S608 - names come from the model


def _filled(row: Model) -> tuple[str, ...]:
    names = _table(type(row)).columns
    return tuple(name for name in names if not isinstance(getattr(row, name), DatabaseDefault))


def _values(row: Model, names: Sequence[str]) -> list[Any]:
    json = _table(type(row)).json
    values = ((name, getattr(row, name)) for name in names)
    return [Jsonb(value) if name in json and value is not None else value for name, value in values]
