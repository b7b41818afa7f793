"""A mapping says what is wrong with it, and where; variants are chosen by the columns of the file."""

import re
import textwrap
import tomllib
from pathlib import Path

import pytest

from yiwang.hub.cases.errors import MappingInvalid
from yiwang.hub.cases.mapping import MappingFile

SHIPPED = sorted(Path("packs/mappings").glob("*.toml"))
GOOD = """
source = "old"
time_zone = "Asia/Shanghai"
datum = "GCJ-02"
keep = ["b"]

[fields]
external_id = "id"
received_at = "at"

[fields.state]
column = "s"
values = { x = "closed" }

[unit]
path = ["u"]
"""


def mapping(tmp_path, text, columns=("id", "at", "s", "u", "b")):
    path = tmp_path / "old.toml"
    path.write_text(text, "utf-8")
    return MappingFile(path).for_columns(columns)


def test_a_good_mapping_is_read_and_keeps_its_name(tmp_path):
    read = mapping(tmp_path, GOOD)
    assert (read.name, read.source, read.fields.external_id.column) == ("old.toml", "old", "id")


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (('source = "old"', "source = old"), "-", "line 2"),
        (('source = "old"', ""), "source", "Field required"),
        (('"Asia/Shanghai"', '"Asia/Shanghigh"'), "time_zone (line 3)", "no time zone"),
        (('datum = "GCJ-02"', 'datum = "Mars"'), "datum (line 4)", "WGS84"),
        (('received_at = "at"', 'received = "at"'), "fields", "Field required"),
        (('received_at = "at"', 'received_at = "at"\nsize = "b"'), "fields.size (line 10)", "not permitted"),
        (('received_at = "at"', 'received_at = "when"'), "fields.received_at (line 9)", "no column “when”"),
        (('column = "s"', 'column = "s"\nvalue = "y"'), "fields.state (line 11)", "exactly one of"),
        (('"closed"', '"shut"'), "-", "“shut” is no state"),
        (('received_at = "at"', 'received_at = "at"\nlon = "b"'), "-", "go together"),
        (('path = ["u"]', 'path = ["u"]\ncodes = ["b", "s"]'), "unit (line 15)", "one column for each part"),
        (('keep = ["b"]', 'keep = ["c"]'), "keep (line 5)", "no column “c”"),
        (('keep = ["b"]', "variant = 1"), "variant (line 5)", "[[variant]]"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_line(tmp_path, change, place, says):
    assert change[0] in GOOD
    with pytest.raises(MappingInvalid) as caught:
        mapping(tmp_path, GOOD.replace(*change))
    assert caught.value.params["place"].startswith(place)
    assert says in caught.value.params["reason"]
    assert "old.toml" in caught.value.message


VARIANTS = """
source = "old"
time_zone = "UTC"

[fields]
external_id = "id"

[[variant]]
when = ["Created"]

[variant.fields]
received_at = "Created"

[[variant]]
when = ["created"]
times = ["%d.%m.%Y"]

[variant.fields]
received_at = { column = "created", default = "1.1.2026" }
title = "head"
"""


def test_the_first_variant_whose_columns_are_there_is_laid_over_the_rest(tmp_path):
    assert mapping(tmp_path, VARIANTS, ["id", "Created"]).fields.received_at.column == "Created"
    second = mapping(tmp_path, VARIANTS, ["id", "created", "head"])
    assert (second.times, second.fields.received_at.default) == (("%d.%m.%Y",), "1.1.2026")
    with pytest.raises(MappingInvalid, match=r"no variant fits.*id, other"):
        mapping(tmp_path, VARIANTS, ["id", "other"])
    with pytest.raises(MappingInvalid, match=r"fields\.title \(line 20\)"):
        mapping(tmp_path, VARIANTS, ["id", "created"])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_mappings_are_toml_with_a_source(path):
    assert MappingFile(path).format.delimiter == ","


def test_the_examples_of_the_documentation_are_good_toml_and_the_first_is_a_mapping(tmp_path):
    page = Path("docs/import.md").read_text("utf-8")
    examples = [textwrap.dedent(part) for part in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]
    for example in examples[1:]:
        tomllib.loads(example)
    columns = ["工单编号", "受理时间", "标题", "诉求内容", "办结时间", "来源", "承办单位"]
    assert mapping(tmp_path, examples[0], columns).source == "old-hotline"
