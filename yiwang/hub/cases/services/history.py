"""Taking over another system's cases: read, compared with what is here, and only what differs is written.

Nothing is dispatched and nobody is written to. Every batch is one transaction, so an import that was stopped goes on
where it was when it is started again, and a second run of the same file changes nothing.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.places.selectors import find_areas, find_district_id, to_wgs84_arrays
from yiwang.foundation.places.types import Datum
from yiwang.hub.cases.events import HistoryImported
from yiwang.hub.cases.mapping import HistoryMapping, MappingFile
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.records import MOMENTS, TITLE_LENGTH, Converter, Record, RowRejected, Step
from yiwang.hub.cases.services.history_rows import HistoryRow, Identity, ImportRun, insert_rows, update_rows
from yiwang.hub.cases.services.matching import Found
from yiwang.hub.cases.services.opening import deadline_facts, first_words
from yiwang.hub.cases.services.references import Additions, References, load_references
from yiwang.hub.cases.tables import RejectFile, TableRow, open_table
from yiwang.hub.cases.types import CasePermission, CaseState, HistoryImport, HistoryReport
from yiwang.hub.workflow.selectors import get_deadline
from yiwang.hub.workflow.types import ClockKind

BATCH = 5000
IMPORT_EVENTS = ("imported", "import_updated")
# Where the file does not say how a matter came in, the city's code for imported history says just that.
UNKNOWN_CHANNEL = "import"
Progress = Callable[[int, float], None]
Degrees = npt.NDArray[np.float64]


def import_history(job: HistoryImport, *, viewer: Viewer, now: datetime, tell: Progress) -> HistoryReport:
    """Imports a file by a mapping; returns what happened to its rows. ``tell(rows read, part done)`` follows the work.

    Rows that cannot be cases go to ``job.rejects`` with the reason and do not stop the rest. A dry run does everything
    but write. Raises NotPermitted, MappingInvalid, TableUnreadable and CityMissing.
    """
    viewer.require(CasePermission.IMPORT)
    Snapshot.forget_all()
    file = MappingFile(job.mapping)
    with open_table(job.file, encoding=file.format.encoding, delimiter=file.format.delimiter) as table:
        mapping = file.for_columns(table.columns)
        run = ImportRun(new_id(), job.file.name, mapping.name, viewer, now)
        additions = Additions(job.creates_missing, job.is_dry_run, run.file, run.id, viewer, now)
        references = load_references(mapping, additions)
        with RejectFile(None if job.is_dry_run else job.rejects, table.columns) as rejects:
            work = _Work(mapping, Converter(mapping, table.columns), references, rejects, run, job.is_dry_run)
            for rows in _batches(table.rows):
                with transaction.atomic():
                    work.take(rows)
                tell(work.counts["read"], table.done())
    return work.report()


def _batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


@dataclass
class _Work:
    """An import on its way: takes batch after batch."""

    mapping: HistoryMapping
    converter: Converter
    references: References
    rejects: RejectFile
    run: ImportRun
    is_dry_run: bool
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, rows: Sequence[TableRow]) -> None:
        """One batch, in the caller's transaction."""
        records = [record for row in rows if (record := self._convert(row)) is not None]
        _lock(self.mapping.source)
        wanted = self._wanted(records)
        new, differing = _compare(wanted, self.mapping.source)
        changed = self._without_worked_on(differing, rows)
        if not self.is_dry_run:
            self._write(new, changed)
        unchanged = len(wanted) - len(new) - len(differing)
        self.counts.update(read=len(rows), new=len(new), updated=len(changed), unchanged=unchanged)

    def report(self) -> HistoryReport:
        """What has happened so far."""
        return HistoryReport(
            read=self.counts["read"],
            new=self.counts["new"],
            updated=self.counts["updated"],
            unchanged=self.counts["unchanged"],
            rejected=self.rejects.count,
            created_units=self.references.units.created_count,
            created_categories=self.references.categories.created_count,
            created_areas=self.references.areas.created_count,
            first_rejects=tuple(self.rejects.first),
        )

    def _convert(self, row: TableRow) -> Record | None:
        try:
            if row.problem:
                raise RowRejected(row.problem)
            record = self.converter.convert(row.number, row.cells)
            self._check(record)
        except RowRejected as rejected:
            self.rejects.add(row, str(rejected))
            return None
        return record

    def _check(self, record: Record) -> None:
        for kind, code in ((CodeKind.CHANNEL, record.channel), (CodeKind.MATTER_TYPE, record.matter_type)):
            if code and find_code(kind, code) is None:
                raise RowRejected(f"{kind.value}: this city has no “{code}”")
        first = self.seen.setdefault(record.external_id, record.row_number)
        if first != record.row_number:
            raise RowRejected(f"has the same external_id as row {first}")

    def _without_worked_on(
        self, differing: Sequence[tuple[Identity, HistoryRow]], rows: Sequence[TableRow]
    ) -> list[tuple[Identity, HistoryRow]]:
        """What may be updated. Cases with a history of their own here are rejected: no file undoes people's work."""
        worked_on = _worked_on([identity.id for identity, _ in differing])
        by_number = {row.number: row for row in rows}
        for identity, row in differing:
            if identity.id in worked_on:
                reason = f"case {identity.number} was worked on here since its import"
                self.rejects.add(by_number[row.row_number], reason)
        return [pair for pair in differing if pair[0].id not in worked_on]

    def _write(self, new: Sequence[HistoryRow], changed: Sequence[tuple[Identity, HistoryRow]]) -> None:
        if new:
            insert_rows(new, self.run)
        if changed:
            update_rows(changed, self.run)
        if new or changed:
            publish(HistoryImported(import_id=self.run.id, case_count=len(new) + len(changed)))

    def _wanted(self, records: Sequence[Record]) -> list[HistoryRow]:
        """The records as cases of this city, with what the city lacks made first where that was asked for."""
        points = _points(records, self.mapping.datum)
        by_point = find_areas(*points) if self.mapping.area and self.mapping.area.by_point else [None] * len(records)
        self.references.units.make_missing(record.unit for record in records)
        self.references.categories.make_missing(record.category for record in records)
        self.references.areas.make_missing(
            record.area for record, area_id in zip(records, by_point, strict=True) if area_id is None
        )
        lons, lats = (_plain(degrees) for degrees in points)
        return [
            self._row(record, Found(area_id, True) if area_id else self.references.areas.find(record.area), lon, lat)
            for record, area_id, lon, lat in zip(records, by_point, lons, lats, strict=True)
        ]

    def _row(self, record: Record, area: Found, lon: float | None, lat: float | None) -> HistoryRow:
        unit, category = self.references.units.find(record.unit), self.references.categories.find(record.category)
        due_at, deadline = self._deadline(record)
        content = {
            "source": self.mapping.source,
            "external_id": record.external_id,
            "state": record.state.value,
            "verdict": record.verdict.value if record.verdict else None,
            "channel": record.channel or UNKNOWN_CHANNEL,
            "language": record.language,
            "title": record.title or first_words(record.text) or _path_text(record.category) or record.external_id,
            "text": record.text,
            "category_id": category.id,
            "matter_type": record.matter_type,
            "district_id": find_district_id(area.id),
            "area_id": area.id,
            "lon": lon,
            "lat": lat,
            "address": record.address,
            "unit_id": unit.id,
            "reply": record.reply,
            "received_at": record.received_at,
            **{name: record.moments.get(name) for name in MOMENTS},
            "due_at": due_at,
            "deadline": json.dumps(deadline),
        }
        paths = {"unit": (unit, record.unit), "category": (category, record.category), "area": (area, record.area)}
        unmatched = {name: _path_text(path) for name, (found, path) in paths.items() if not found.is_whole}
        aside = {"given": record.given, "remarks": list(record.remarks), "unmatched": unmatched}
        return HistoryRow.of(record.row_number, content, {name: value for name, value in aside.items() if value})

    def _deadline(self, record: Record) -> tuple[datetime | None, Mapping[str, Any]]:
        """The file's due date; or, where the mapping wants it, this city's rule, marked as that."""
        due_at = record.moments.get("due_at")
        if due_at is not None:
            return due_at, {}
        if self.mapping.clock.rule == "none" or record.state is CaseState.UNKNOWN:
            return None, {}
        deadline = get_deadline(ClockKind.HANDLE, record.matter_type, started_at=record.received_at)
        return deadline.due_at, {**deadline_facts(deadline), "computed_at_import": True}


def _lock(source: str) -> None:
    """Lets one import of a source write at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{source}"])


_HERE = f"""
    SELECT external_id, id, number, content_digest FROM {Case._meta.db_table}
    WHERE source = %s AND external_id = ANY(%s)
"""  # noqa: S608 - the table's name is ours


def _compare(wanted: Sequence[HistoryRow], source: str) -> tuple[list[HistoryRow], list[tuple[Identity, HistoryRow]]]:
    """The rows that are not here yet, and those that are but differ."""
    with connection.cursor() as cursor:
        # One array instead of thousands of parameters, which would have to be put into the statement one by one.
        cursor.execute(_HERE, [source, [row.content["external_id"] for row in wanted]])
        here = {external_id: (Identity(*names), bytes(digest or b"")) for external_id, *names, digest in cursor}
    new, changed = [], []
    for row in wanted:
        identity, digest = here.get(row.content["external_id"], (None, b""))
        if identity is None:
            new.append(row)
        elif digest != row.digest:
            changed.append((identity, row))
    return new, changed


def _worked_on(case_ids: Sequence[UUID]) -> frozenset[UUID]:
    events = CaseEvent.objects.filter(case_id__in=case_ids).exclude(kind__in=IMPORT_EVENTS)
    return frozenset(events.values_list("case_id", flat=True))


def _points(records: Sequence[Record], datum: Datum | None) -> tuple[Degrees, Degrees]:
    """The positions in WGS84, shape (n,) each; NaN where a record has none."""
    lon = np.array([np.nan if record.lon is None else record.lon for record in records], dtype=np.float64)
    lat = np.array([np.nan if record.lat is None else record.lat for record in records], dtype=np.float64)
    there = ~np.isnan(lon)
    if datum is not None and there.any():
        lon[there], lat[there] = to_wgs84_arrays(lon[there], lat[there], datum)
    return lon, lat


def _plain(degrees: Degrees) -> list[float | None]:
    return [None if np.isnan(value) else value for value in degrees.tolist()]


def _path_text(path: Sequence[Step]) -> str:
    return " · ".join(step.name for step in path)[:TITLE_LENGTH]
