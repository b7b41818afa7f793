"""The real files move in with the shipped mappings; what they do not say stays unknown."""

import gzip
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.cases import services
from yiwang.hub.cases.models import Case
from yiwang.hub.cases.types import HistoryImport

DATA = Path("../shared/data")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not here: ../shared/data"),
]


def move_in(city, file, mapping, tmp_path):
    job = HistoryImport(file, Path(f"packs/mappings/{mapping}.toml"), tmp_path / "rejected.csv", creates_missing=True)
    return services.import_history(job, viewer=SYSTEM, now=NOW, tell=lambda read, done: None)


def states(**narrowed):
    return Counter(Case.objects.filter(**narrowed).values_list("state", flat=True))


def test_the_short_form_of_new_york_has_neither_status_nor_reply(city, tmp_path):
    part = tmp_path / "part.csv"
    with gzip.open(DATA / "nyc311/requests_100k.csv.gz", "rt", encoding="utf-8") as file:
        part.write_text("".join(islice(file, 5001)), "utf-8")
    report = move_in(city, part, "nyc311", tmp_path)
    assert (report.new, report.rejected) == (5000, 0)
    assert set(states()) == {"closed", "unknown"}
    assert states(closed_at=None) == Counter(unknown=states()["unknown"])
    assert not Case.objects.exclude(reply="", due_at=None, matter_type=None).exists()
    case = Case.objects.get(external_id="68630470")
    assert (case.title, case.unit.names, case.area.names) == ("PAINT/PLASTER: WALL", {"en": "HPD"}, {"en": "MANHATTAN"})
    assert case.received_at == datetime(2026, 4, 12, 3, 28, 40, tzinfo=UTC)
    assert move_in(city, part, "nyc311", tmp_path).unchanged == 5000


def test_the_full_form_of_new_york_keeps_states_replies_and_due_dates(city, tmp_path):
    report = move_in(city, DATA / "nyc311/requests_2023_full_schema_4999.csv.gz", "nyc311", tmp_path)
    assert (report.new, report.rejected) == (4999, 0)
    assert states() == Counter(closed=4419, registered=365, dispatched=29, handling=186)
    assert Case.objects.exclude(due_at=None).count() == 121
    remarks = Counter(remark for case in Case.objects.all() for remark in case.imported.get("remarks", ()))
    # Two were closed before they were received; 35 that are open have a closing time.
    assert remarks == Counter(closed_before_received=2, open_with_closing_moment=35)


def test_the_work_orders_are_archived_without_saying_when(city, tmp_path):
    report = move_in(city, DATA / "work_orders_shenzhen/events_8000.csv.gz", "shenzhen-work-orders", tmp_path)
    assert (report.new, report.rejected, report.created_units) == (8000, 0, 117)
    assert states() == Counter(unknown=8000)
    assert states(imported__remarks=["closed_without_moment"]) == Counter(unknown=7998)
    case = Case.objects.get(external_id="9148")
    assert (case.channel, case.matter_type) == ("app", "complaint")
    assert [code.names["zh-hans"] for code in (case.category, case.category.parent)] == [
        "侵占绿地",
        "市政、公共设施设置及维护",
    ]
    assert (case.area.names["zh-hans"], case.area.level) == ("老坑社区", "community")
    assert case.imported["given"]["INTIME_ARCHIVE_NUM"] == "1"


@pytest.mark.parametrize(
    ("name", "count", "state"), [("hot_topics_4326", 4326, "unknown"), ("replies_2816", 2816, "replied")]
)
def test_messages_move_in_as_history_too(city, tmp_path, name, count, state):
    report = move_in(city, DATA / f"messages_zh/{name}.csv.gz", "messages-zh", tmp_path)
    assert (report.new, report.rejected) == (count, 0)
    assert states() == Counter({state: count})
