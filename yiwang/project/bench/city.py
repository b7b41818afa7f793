"""``--city``: what a dispatcher of a large city waits for, with a million cases behind every list."""

from collections.abc import Mapping
from urllib.parse import urlencode

from yiwang.foundation.kernel.clock import now
from yiwang.project.bench.desk import NUMBER, Clerk, measure_queue
from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.million import fill
from yiwang.project.bench.stage import Stage

CASES = 1_000_000
TIMES = 60
SEARCHES = {
    "common word": "路灯",
    "several common words": "路灯 小区 老人",
    "one rare word": "杆号4321",
    "rare and common": "杆号4321 路灯",
    "no such words": "渡渡鸟",
    "english": "streetlight dark",
    "common words that never meet": "streetlight 公厕",
}
COUNTED = "SELECT count(*) FROM cases_case WHERE source = 'bench'"
PLACES_OF_CASES = """
    SELECT unit_id::text, district_id::text, category_id::text, channel, matter_type, area_id::text
    FROM cases_case WHERE source = 'bench' AND unit_id IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY count(*) {} LIMIT 1
"""


def measure_city(stage: Stage) -> list[Figure]:
    """The slowest of several filters, counters and searches over a million cases: 95th percentiles over HTTP."""
    before = stage.value(COUNTED)
    with stage.database() as connection:
        fill(connection, CASES, until=now())
    checked = confirm([Claim("cases", before + CASES, stage.value(COUNTED))])
    clerk = Clerk(stage)
    queue, case = measure_queue(stage)
    pages = {name: f"/desk/cases?{urlencode(filters, doseq=True)}" for name, filters in _filters(stage).items()}
    counters = {name: path.replace("/cases?", "/cases/counters?") for name, path in pages.items()}
    searches = {name: f"/desk/cases?{urlencode({'q': words})}" for name, words in SEARCHES.items()}
    return [
        _slowest(clerk, "queue_1m_p95", pages, 100, checked),
        _slowest(clerk, "counters_1m_p95", counters, 200, checked),
        _slowest(clerk, "search_1m_p95", searches, 200, checked),
        Figure("queue_1m", queue.value, "pages/s", queue.target, Want.AT_LEAST, queue.checked),
        Figure("case_page_1m_p95", case.value, "ms", case.target, Want.UNDER, case.checked),
    ]


def _filters(stage: Stage) -> Mapping[str, Mapping[str, object]]:
    """Combinations of three filters and more: what is common, what is rare, and text with both."""
    with stage.database() as connection:
        common = connection.execute(PLACES_OF_CASES.format("DESC").encode()).fetchone() or ()
        rare = connection.execute(PLACES_OF_CASES.format("ASC").encode()).fetchone() or ()
    unit, district, category, channel, matter, area = common
    few_unit, few_district, few_category, few_channel, few_matter, few_area = rare
    return {
        "state, unit, district": {"state": "closed", "unit": unit, "area": district},
        "state, category, channel": {"state": "handling", "category": category, "channel": channel},
        "unit, category, matter type": {"unit": unit, "category": category, "matter": matter},
        "open states by due date": {"state": ["dispatched", "signed"], "area": district, "unit": unit, "order": "due"},
        "overdue of a unit in a district": {"overdue": "on", "unit": unit, "area": district},
        "rare unit, category, grid": {"unit": few_unit, "category": few_category, "area": few_area},
        "rare channel, matter type, district": {"channel": few_channel, "matter": few_matter, "area": few_district},
        "reopened, rare unit, grid": {"state": "reopened", "unit": few_unit, "area": area},
        "text, state, unit": {"q": "路灯", "state": "closed", "unit": unit},
        "rare text, state, district": {"q": "杆号4321", "state": "closed", "area": district},
    }


def _slowest(clerk: Clerk, name: str, paths: Mapping[str, str], target_ms: float, checked: str) -> Figure:
    """The largest 95th percentile of these pages, one clerk waiting for each; says which page it was."""
    worst, which = 0.0, ""
    for what, path in paths.items():
        volley = clerk.fetch([path] * TIMES, connections=1)
        confirm([Claim(f"pages “{what}” answered", TIMES, volley.count(200))])
        slow = volley.percentile_ms(0.95)
        if slow > worst:
            rows = len(set(NUMBER.findall(volley.answers[-1].body)))
            worst, which = slow, f"slowest of {len(paths)}: {what} ({rows} rows)"
    return Figure(name, worst, "ms", target_ms, Want.UNDER, f"{which}; {checked}")
