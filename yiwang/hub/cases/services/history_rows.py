"""How imported cases are written: case, history entry and leaf of the trail, many at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from yiwang.foundation.audit.services import record_history
from yiwang.foundation.audit.types import NewLeaf
from yiwang.foundation.kernel.copying import copy_rows
from yiwang.foundation.kernel.ids import id_at, new_id
from yiwang.foundation.kernel.numbers import format_number
from yiwang.foundation.kernel.viewer import Secrecy, Viewer
from yiwang.foundation.packs.selectors import get_city
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.services.opening import numbers
from yiwang.hub.cases.services.writing import search_vector

CASES = Case._meta.db_table
INCOMING = "cases_incoming"
CONTENT = (
    "source", "external_id", "state", "verdict", "channel", "language", "title", "text", "category_id", "matter_type",
    "district_id", "area_id", "lon", "lat", "address", "unit_id", "reply", "received_at", "occurred_at",
    "registered_at", "dispatched_at", "signed_at", "replied_at", "closed_at", "due_at", "deadline",
)  # fmt: skip
WRITTEN = ("id", "number", *CONTENT, "imported", "content_digest", "search")
# Model defaults that COPY, unlike Django, does not know.
FIXED = {"version": 1, "secrecy": Secrecy.NONE.value, "dispatch_note": "{}"}
EVENT_COLUMNS = ("id", "case_id", "kind", "at", "actor_kind", "actor_id", "unit_id", "reason", "detail")


@dataclass(frozen=True)
class ImportRun:
    """One run of an import: what its rows carry as provenance."""

    id: UUID
    file: str
    mapping: str
    viewer: Viewer
    now: datetime


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A case as the file has it: ``content`` by column, and as JSON what has no column here (``aside``).

    ``digest`` is 16 bytes over both; equal digests mean that nothing changed.
    """

    row_number: int
    content: Mapping[str, Any]
    aside: Mapping[str, Any]
    digest: bytes

    @classmethod
    def of(cls, row_number: int, content: Mapping[str, Any], aside: Mapping[str, Any]) -> "HistoryRow":
        """The row with its digest."""
        text = "\x1f".join([*map(str, content.values()), json.dumps(aside)])
        return cls(row_number, content, aside, blake2b(text.encode(), digest_size=16).digest())


@dataclass(frozen=True, slots=True)
class Identity:
    """What a case is called here."""

    id: UUID
    number: str


def insert_rows(rows: Sequence[HistoryRow], run: ImportRun) -> None:
    """Writes new cases under ids and numbers of the days they were received on."""
    city = get_city()
    named = []
    for row, serial in zip(rows, numbers.take_many(len(rows)), strict=True):
        received_at = row.content["received_at"]
        day = received_at.astimezone(city.time_zone).date()
        named.append((Identity(id_at(received_at), format_number(city.number_prefix, day, serial)), row))
    fixed = tuple(FIXED.values())
    copy_rows(CASES, (*WRITTEN, *FIXED), ((*_values(identity, row, run), *fixed) for identity, row in named))
    _explain(named, "imported", run)


def update_rows(rows: Sequence[tuple[Identity, HistoryRow]], run: ImportRun) -> None:
    """Brings cases that are here up to what the file says now."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_INCOMING)
        cursor.execute(_EMPTY_INCOMING)
    copy_rows(INCOMING, WRITTEN, (_values(identity, row, run) for identity, row in rows))
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE)
    _explain(rows, "import_updated", run)


_CREATE_INCOMING = sql.SQL(
    "CREATE TEMPORARY TABLE IF NOT EXISTS {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0"
).format(sql.Identifier(INCOMING), sql.SQL(", ").join(map(sql.Identifier, WRITTEN)), sql.Identifier(CASES))
# Several batches may share one transaction.
_EMPTY_INCOMING = sql.SQL("TRUNCATE {}").format(sql.Identifier(INCOMING))
_UPDATE = sql.SQL(
    "UPDATE {cases} SET {changes}, version = {cases}.version + 1 FROM {new} WHERE {cases}.id = {new}.id"
).format(
    cases=sql.Identifier(CASES),
    new=sql.Identifier(INCOMING),
    changes=sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier(INCOMING, name)) for name in WRITTEN[2:]
    ),
)


def _values(identity: Identity, row: HistoryRow, run: ImportRun) -> tuple[Any, ...]:
    content = row.content
    texts = (identity.number, content["external_id"], content["title"], content["text"], content["address"])
    imported = {**_provenance(row, run), "at": run.now.isoformat(), "import": str(run.id), **row.aside}
    return (identity.id, identity.number, *content.values(), json.dumps(imported), row.digest, search_vector(texts))


def _explain(rows: Sequence[tuple[Identity, HistoryRow]], kind: str, run: ImportRun) -> None:
    """One entry in each case's history and one leaf of the trail for it."""
    actor = (run.viewer.kind.value, run.viewer.actor_id)
    copy_rows(
        CaseEvent._meta.db_table,
        EVENT_COLUMNS,
        (
            (
                new_id(),
                identity.id,
                kind,
                run.now,
                *actor,
                row.content["unit_id"],
                "",
                json.dumps(_provenance(row, run)),
            )
            for identity, row in rows
        ),
    )
    leaves = [NewLeaf(f"cases.{kind}", "case", identity.id, _leaf_detail(identity, row, run)) for identity, row in rows]
    record_history(leaves, viewer=run.viewer, now=run.now)


def _provenance(row: HistoryRow, run: ImportRun) -> dict[str, Any]:
    return {"file": run.file, "mapping": run.mapping, "row": row.row_number}


def _leaf_detail(identity: Identity, row: HistoryRow, run: ImportRun) -> dict[str, Any]:
    content = row.content
    names = {name: content[name] for name in ("state", "source", "external_id")}
    return {"number": identity.number, **names, "import": str(run.id)}
