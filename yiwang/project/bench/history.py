"""``import``: rows of another system's history a second, by the command a city would use."""

import csv
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.matters import MATTERS, PLACES
from yiwang.project.bench.stage import Stage

ROWS = 100_000
SEED = 20261123
FIRST = datetime(2026, 4, 1, tzinfo=UTC)
MAPPING = Path(__file__).with_name("requests.toml")
# A real file, where the workplace has one: its folder is called like the mapping that reads it.
REAL_FILES = "../shared/data/*/requests_100k.csv.gz"
HEADER = (
    "unique_key", "created_date", "closed_date", "agency", "complaint_type", "descriptor", "location_type", "address",
    "borough", "latitude", "longitude",
)  # fmt: skip


def measure_import(stage: Stage) -> list[Figure]:
    """Rows a second of a generated file of 100,000 requests and, where there is one, of a real file of that size."""
    file = stage.home.parent / "requests.csv"
    with file.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.writer(sink)
        writer.writerow(HEADER)
        writer.writerows(_requests(stage.centre()))
    figures = [_import(stage, "import", file, str(MAPPING))]
    reals = sorted(Path.cwd().glob(REAL_FILES))
    return figures + [_import(stage, f"import_{real.parent.name}", real, real.parent.name) for real in reals]


def _import(stage: Stage, name: str, file: Path, mapping: str) -> Figure:
    before = _count(stage)
    summary = _run_import(stage, file, mapping)
    after = _count(stage)
    claims = [Claim("rows read", summary["new"] + summary["rejected"], summary["read"])]
    claims += [
        Claim(what, summary["new"], after[what] - before[what]) for what in ("cases", "leaves", "history entries")
    ]
    claims += [Claim("messages", 0, after["messages"] - before["messages"])]
    return Figure(name, summary["rows_per_s"], "rows/s", 4000, Want.AT_LEAST, confirm(claims))


def _run_import(stage: Stage, file: Path, mapping: str) -> dict[str, Any]:
    rejects = str(stage.home.parent / "rejected.csv")
    said = stage.run("import", str(file), "--mapping", mapping, "--create-missing", "--json", "--rejects", rejects)
    summary: dict[str, Any] = json.loads(said)
    return summary


def _count(stage: Stage) -> dict[str, int]:
    return {
        "cases": stage.value("SELECT count(*) FROM cases_case WHERE report_id IS NULL"),
        "leaves": stage.value("SELECT count(*) FROM audit_auditleaf WHERE action = 'cases.imported'"),
        "history entries": stage.value("SELECT count(*) FROM cases_caseevent WHERE kind = 'imported'"),
        "messages": stage.value("SELECT count(*) FROM messaging_message"),
    }


def _requests(centre: tuple[float, float]) -> Iterator[tuple[Any, ...]]:
    dice = random.Random(SEED)  # noqa: S311 - test data
    for number in range(ROWS):
        created = FIRST + timedelta(seconds=number * 25)
        closed = created + timedelta(hours=dice.expovariate(1 / 30)) if dice.random() < 0.6 else None
        yield (
            70_000_000 + number, _moment(created), _moment(closed), f"AG{dice.randrange(15):02d}",
            f"KIND {dice.randrange(150):03d}", dice.choice(MATTERS), dice.choice(("STREET", "HOUSE", "PARK", "")),
            f"{dice.randrange(1, 900)} {dice.choice(PLACES)}", f"Borough {dice.randrange(5)}",
            round(centre[1] + dice.uniform(-0.1, 0.1), 6), round(centre[0] + dice.uniform(-0.1, 0.1), 6),
        )  # fmt: skip


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000") if moment else ""
