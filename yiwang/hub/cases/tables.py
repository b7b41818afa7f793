"""Tables in files: CSV, JSONL, Parquet and XLSX, each also as ``.gz``; read and written as streams, row by row.

Every cell is read as stripped text, whatever the format, so that one mapping serves them all. A row that cannot be read
carries the reason instead of stopping the stream.

The libraries for Parquet and XLSX are loaded when first needed: every web process holds this module, few read files.
"""

import csv
import gzip
import io
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from yiwang.hub.cases.errors import TableUnreadable

LONGEST_CELL = 1_000_000
ROWS_AT_ONCE = 5000
csv.field_size_limit(LONGEST_CELL)


class TableRow(NamedTuple):
    """One row: ``number`` counts from 1, ``cells`` follow the columns, ``problem`` says why it cannot be read."""

    number: int
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """An open table. ``done`` is the part already read, from 0 to 1; ``rows`` can be walked once."""

    columns: Sequence[str]
    rows: Iterator[TableRow]
    done: Callable[[], float]


@contextmanager
def open_table(path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> Iterator[Table]:
    """Opens a table by its ending; ``encoding`` and ``delimiter`` are for CSV.

    Raises TableUnreadable, also later from ``rows`` where a file breaks off.
    """
    with ExitStack() as stack:
        with _explained(path):
            table = _open(path, stack, encoding, delimiter)
        yield replace(table, rows=_guarded(table.rows, path))


def write_table(path: Path, columns: Mapping[str, type], rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes rows as CSV, JSONL or Parquet by the ending of ``path``; returns how many.

    ``columns`` gives each column's type: str, float or datetime. The file appears under its name only when it is whole.
    Raises TableUnreadable for an ending that is none of these.
    """
    kind = _kind(path)
    if kind not in _WRITERS:
        raise TableUnreadable(file=path.name, reason="a table is written as .csv, .jsonl or .parquet")
    count = 0

    def counted() -> Iterator[Mapping[str, Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    unfinished = path.with_name(f".{path.name}.part")
    try:
        with _created(unfinished, is_packed=path.suffix == ".gz") as file:
            _WRITERS[kind](file, columns, counted())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


class RejectFile:
    """The rows an import could not take: row number, reason, original columns. Made when the first one comes.

    ``path`` None keeps the counts only (a dry run writes nothing).
    """

    SHOWN = 5

    def __init__(self, path: Path | None, columns: Sequence[str]) -> None:
        self._path = path
        self._columns = columns
        self._file: IO[str] | None = None
        self.count = 0
        self.first: list[tuple[int, str]] = []

    def __enter__(self) -> "RejectFile":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._file:
            self._file.close()

    def add(self, row: TableRow, reason: str) -> None:
        """Notes one row."""
        self.count += 1
        if len(self.first) < self.SHOWN:
            self.first.append((row.number, reason))
        if self._path is None:
            return
        if self._file is None:
            # What was no text when it was read is written back as the bytes it was.
            self._file = self._path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
            csv.writer(self._file).writerow(["row", "reason", *self._columns])
        csv.writer(self._file).writerow([row.number, reason, *row.cells])


_ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".xlsx": "xlsx"}


def _kind(path: Path) -> str:
    ending = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    kind = _ENDINGS.get(ending.lower())
    if kind is None:
        reason = "its name must end in .csv, .jsonl, .parquet or .xlsx, or in one of these and .gz"
        raise TableUnreadable(file=path.name, reason=reason)
    return kind


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    # pyarrow's and openpyxl's own errors are children of ValueError and LookupError.
    except (OSError, EOFError, LookupError, ValueError, csv.Error, zlib.error, zipfile.BadZipFile) as error:
        raise TableUnreadable(file=path.name, reason=str(error) or type(error).__name__) from error


def _guarded(rows: Iterator[TableRow], path: Path) -> Iterator[TableRow]:
    with _explained(path):
        yield from rows


def _open(path: Path, stack: ExitStack, encoding: str, delimiter: str) -> Table:
    kind = _kind(path)
    raw = stack.enter_context(path.open("rb"))
    if kind == "csv":
        return _read_csv(raw, path, stack, encoding, delimiter)
    if kind == "jsonl":
        return _read_jsonl(raw, path)
    file = stack.enter_context(_seekable(raw, path))
    return _read_parquet(file) if kind == "parquet" else _read_xlsx(file)


def _unpacked(raw: IO[bytes], path: Path) -> IO[bytes]:
    return gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw  # type: ignore[return-value]


def _created(path: Path, *, is_packed: bool) -> IO[bytes]:
    return gzip.open(path, "wb", compresslevel=6) if is_packed else path.open("wb")  # type: ignore[return-value]


@contextmanager
def _seekable(raw: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    # Parquet and XLSX begin with their end; a compressed one is unpacked to a nameless file first.
    if path.suffix != ".gz":
        yield raw
        return
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(_unpacked(raw, path), file)
        file.seek(0)
        yield file


def _done(raw: IO[bytes], path: Path) -> Callable[[], float]:
    size = max(path.stat().st_size, 1)
    return lambda: min(raw.tell() / size, 1.0)


def _read_csv(raw: IO[bytes], path: Path, stack: ExitStack, encoding: str, delimiter: str) -> Table:
    # Bytes that are no text of the encoding become surrogates, which only the row they stand in pays for.
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    text = io.TextIOWrapper(_unpacked(raw, path), encoding=encoding, errors="surrogateescape", newline="")
    lines = stack.enter_context(text)
    reader = csv.reader(lines, delimiter=delimiter)
    columns = [name.strip() for name in next(reader, [])]
    return Table(columns, _csv_rows(reader, len(columns)), _done(raw, path))


def _csv_rows(reader: Iterator[list[str]], width: int) -> Iterator[TableRow]:
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield TableRow(number, [], f"not readable as CSV: {error}")
            continue
        if not cells:
            continue
        number += 1
        problem = "" if len(cells) == width else f"has {len(cells)} cells, the header has {width}"
        yield TableRow(number, [cell.strip() for cell in cells], problem)


def _read_jsonl(raw: IO[bytes], path: Path) -> Table:
    # Keys may first appear late, so the columns take a pass of their own.
    columns: dict[str, None] = {}
    for _number, record in _json_records(_unpacked(raw, path)):
        columns.update(dict.fromkeys(record or ()))
    raw.seek(0)
    names = list(columns)
    return Table(names, _jsonl_rows(_unpacked(raw, path), names), _done(raw, path))


def _jsonl_rows(file: IO[bytes], columns: Sequence[str]) -> Iterator[TableRow]:
    for number, record in _json_records(file):
        if record is None:
            yield TableRow(number, [], "not a JSON object")
        else:
            yield TableRow(number, [_text(record.get(name)) for name in columns])


def _json_records(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    for number, line in enumerate((line for line in file if line.strip()), start=1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        yield number, record if isinstance(record, dict) else None


def _read_parquet(file: IO[bytes]) -> Table:
    from pyarrow.parquet import ParquetFile

    parquet = ParquetFile(file)
    total, read = max(parquet.metadata.num_rows, 1), 0

    def rows() -> Iterator[TableRow]:
        nonlocal read
        for batch in parquet.iter_batches(batch_size=ROWS_AT_ONCE):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                read += 1
                yield TableRow(read, [_text(cell) for cell in cells])

    return Table(parquet.schema_arrow.names, rows(), lambda: read / total)


def _read_xlsx(file: IO[bytes]) -> Table:
    from openpyxl import load_workbook

    sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
    total, read = max((sheet.max_row or 1) - 1, 1), 0
    lines = sheet.iter_rows(values_only=True)
    columns = [_text(cell) for cell in next(lines, ())]

    def rows() -> Iterator[TableRow]:
        nonlocal read
        for cells in lines:
            read += 1
            texts = [_text(cell) for cell in cells[: len(columns)]]
            if any(texts):
                yield TableRow(read, texts + [""] * (len(columns) - len(texts)))

    return Table(columns, rows(), lambda: read / total)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool | dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _write_csv(file: IO[bytes], columns: Mapping[str, type], rows: Iterator[Mapping[str, Any]]) -> None:
    with io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows([_plain(row[name]) for name in columns] for row in rows)


def _write_jsonl(file: IO[bytes], columns: Mapping[str, type], rows: Iterator[Mapping[str, Any]]) -> None:
    for row in rows:
        file.write(json.dumps({name: _plain(row[name]) for name in columns}, ensure_ascii=False).encode() + b"\n")


def _write_parquet(file: IO[bytes], columns: Mapping[str, type], rows: Iterator[Mapping[str, Any]]) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    types = {str: pa.string(), float: pa.float64(), datetime: pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    with ParquetWriter(file, schema, compression="zstd") as writer:
        while part := list(islice(rows, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(part, schema=schema))


_WRITERS: Mapping[str, Callable[[IO[bytes], Mapping[str, type], Iterator[Mapping[str, Any]]], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
}
