"""Every format reads alike; a broken row says so and the next one is read; what is written can be read."""

import gzip
import json
from datetime import UTC, datetime

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet import write_table as write_parquet_table

from yiwang.hub.cases.errors import TableUnreadable
from yiwang.hub.cases.tables import RejectFile, TableRow, open_table, write_table

EIGHT = datetime.fromisoformat("2026-03-01T08:00:00")
COLUMNS = ["编号", "lat", "at"]
CELLS = [["1", "39.5", "2026-03-01T08:00:00"], ["2", "", ""]]


def write_csv(path):
    path.write_text("编号,lat,at\n1,39.5,2026-03-01T08:00:00\n2,,\n", "utf-8")


def write_jsonl(path):
    rows = [{"编号": 1, "lat": 39.5}, {"编号": 2, "lat": None, "at": None}]
    rows[0]["at"] = "2026-03-01T08:00:00"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", "utf-8")


def write_parquet(path):
    body = {"编号": [1, 2], "lat": [39.5, None], "at": [EIGHT, None]}
    write_parquet_table(pa.table(body), path)


def write_xlsx(path):
    book = openpyxl.Workbook()
    for row in (COLUMNS, [1.0, 39.5, EIGHT], [None, None, None], [2, None, None]):
        book.active.append(row)
    book.save(path)


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet, "xlsx": write_xlsx}


def read(path, **options):
    with open_table(path, **options) as table:
        rows = list(table.rows)
        assert table.done() == pytest.approx(1.0)
        return list(table.columns), rows


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_same_text_plain_and_packed(tmp_path, kind, is_packed):
    path = tmp_path / f"rows.{kind}"
    WRITERS[kind](path)
    if is_packed:
        packed = tmp_path / f"rows.{kind}.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    columns, rows = read(path)
    assert columns == COLUMNS
    assert [list(row.cells) for row in rows] == CELLS
    assert not any(row.problem for row in rows)


def test_a_row_of_the_wrong_width_or_of_no_text_is_told_and_the_next_is_read(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n1,2\n3\n4,5,6\n\xff,7\n8,9\n")
    rows = read(path)[1]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [bool(row.problem) for row in rows] == [False, True, True, False, False]
    assert "has 1 cells, the header has 2" in rows[1].problem
    assert list(rows[4].cells) == ["8", "9"]


def test_a_line_that_is_no_object_is_told_and_the_next_is_read(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\nnonsense\n[1]\n{"a": {"b": true}}\n')
    rows = read(path)[1]
    assert [row.problem for row in rows] == ["", "not a JSON object", "not a JSON object", ""]
    assert rows[3].cells == ['{"b": true}']


def test_other_encodings_and_delimiters_are_read_as_declared(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("主题;数\n路灯;1\n".encode("gb18030"))
    assert read(path, encoding="gb18030", delimiter=";") == (["主题", "数"], [TableRow(1, ["路灯", "1"])])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"x"),
        ("a.csv.gz", b"not gzip"),
        ("a.csv.gz", gzip.compress(b"a,b\n" * 9, mtime=0)[:-12]),
        ("a.parquet", b"PAR1"),
        ("a.xlsx", b"PK"),
        ("missing.csv", None),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TableUnreadable, match=name):
        read(tmp_path / name)


def test_what_goes_wrong_with_the_rows_elsewhere_is_not_blamed_on_the_file(tmp_path):
    path = tmp_path / "rows.csv"
    write_csv(path)
    with pytest.raises(KeyError), open_table(path):
        raise KeyError("mine")


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_what_is_written_can_be_read(tmp_path, name):
    columns = {"text": str, "lon": float, "at": datetime}
    rows = [
        {"text": '引号", 换行\n', "lon": 113.5, "at": datetime(2026, 3, 1, 8, tzinfo=UTC)},
        {"text": None, "lon": None, "at": None},
    ]
    assert write_table(tmp_path / name, columns, iter(rows)) == 2
    names, read_rows = read(tmp_path / name)
    assert names == list(columns)
    assert [list(row.cells) for row in read_rows] == [
        ['引号", 换行', "113.5", "2026-03-01T08:00:00+00:00"],
        ["", "", ""],
    ]


def test_a_file_that_could_not_be_finished_does_not_appear(tmp_path):
    def broken():
        yield {"text": "a"}
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write_table(tmp_path / "out.csv", {"text": str}, broken())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TableUnreadable, match="written as"):
        write_table(tmp_path / "out.xlsx", {"text": str}, [])


def test_rejected_rows_are_kept_with_number_reason_and_columns_and_only_when_there_are_some(tmp_path):
    path = tmp_path / "rejected.csv"
    with RejectFile(path, ["a", "b"]) as rejects:
        assert not path.exists()
        rejects.add(TableRow(7, ["1", "二"]), "because")
    assert path.read_bytes().decode().splitlines() == ["row,reason,a,b", "7,because,1,二"]
    assert rejects.first == [(7, "because")]


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400), ending=st.sampled_from(["csv", "jsonl", "csv.gz", "parquet", "xlsx"]))
def test_no_bytes_whatever_raise_anything_but_the_sentence(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("fuzz") / f"x.{ending}"
    path.write_bytes(content)
    try:
        with open_table(path) as table:
            for row in table.rows:
                assert row.number > 0
    except TableUnreadable:
        pass
