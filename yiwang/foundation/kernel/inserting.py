"""New rows and changed columns by statements built once, for the paths every message takes.

Django builds the SQL of each ``save()`` anew; on these paths that was two thirds of a report's time
(docs/performance.md). Constraints, transactions and the cursor are Django's; model signals, which the house does not
use, and unset primary keys of the database are not served.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, JSONField, Model
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb


class _Gathering(threading.local):
    """The statements and parameters this thread has gathered; None while nothing is being gathered."""

    parts: list[tuple[str, list[Any]]] | None = None


_gathering = _Gathering()


@contextmanager
def together() -> Iterator[None]:
    """What is inserted, updated and announced inside goes to the database in one trip at the end, in its order.

    For use within a transaction. Reads inside do not see the rows yet; errors of any of them are raised at the end.
    Inside another ``together`` it does nothing of its own.
    """
    if _gathering.parts is not None:
        yield
        return
    _gathering.parts = []
    try:
        yield
        parts = _gathering.parts
    finally:
        _gathering.parts = None
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(text for text, _ in parts), [value for _, values in parts for value in values])


def insert(*rows: Model, skip_existing: bool = False) -> None:
    """Writes new rows of one table in one statement.

    Columns that the database fills (serial numbers, ``db_default``) are left to it where the first row has no value.
    ``skip_existing`` leaves out rows that a unique constraint already knows. Raises IntegrityError otherwise.
    """
    if rows:
        send(*_insertion(rows, skip_existing=skip_existing))


def insert_once(row: Model) -> bool:
    """Writes a new row at once, even within ``together``; False when a unique constraint already knows it."""
    with connection.cursor() as cursor:
        cursor.execute(*_insertion([row], skip_existing=True))
        return bool(cursor.rowcount)


def update(row: Model, names: Sequence[str]) -> None:
    """Writes the named fields (``unit_id``, not ``unit``) of a row that is there, by its primary key."""
    send(_update(type(row), tuple(names)), [*_values(row, names), row.pk])


def send(statement: str, values: list[Any]) -> None:
    """Runs a statement nobody reads the answer of; within ``together`` with the others."""
    if _gathering.parts is not None:
        _gathering.parts.append((statement, values))
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _insertion(rows: Sequence[Model], *, skip_existing: bool) -> tuple[str, list[Any]]:
    names = _filled(rows[0])
    head, group = _insert(type(rows[0]), names)
    tail = " ON CONFLICT DO NOTHING" if skip_existing else ""
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return head + ", ".join([group] * len(rows)) + tail, [value for row in rows for value in _values(row, names)]


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
