"""``queue_10k`` and ``case_page``: what a dispatcher waits for, over HTTP with a signed-in session."""

import http.cookiejar
import re
import statistics
import urllib.parse
import urllib.request

from yiwang.foundation.kernel.clock import now
from yiwang.project.bench.figures import Claim, Figure, Want, confirm
from yiwang.project.bench.load import Volley, build_request, fire
from yiwang.project.bench.million import fill
from yiwang.project.bench.stage import Stage

DISPATCHER = "dispatcher"
CONNECTIONS = 4
ROUNDS = 3
PAGES_A_ROUND = 300
ROWS_A_PAGE = 50
CASE_PAGES = 200
CASES_WANTED = 10_000
COUNT = "SELECT count(*) FROM cases_case"
NUMBER = re.compile(rb'href="/desk/cases/([A-Z]+[0-9]{6}-[0-9]{7,})"')

QUEUES = (
    "/desk/cases",
    "/desk/cases?state=dispatched",
    "/desk/cases?state=dispatched&state=registered&order=due",
    "/desk/cases?received_from=2020-01-01",
)


class Clerk:
    """A signed-in dispatcher: fetches pages with the session's cookie."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._log_in()

    def fetch(self, paths: list[str], *, connections: int) -> Volley:
        """The pages behind these paths, in this order."""
        headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)}
        requests = [build_request("GET", path, port=self._stage.port, headers=headers) for path in paths]
        return fire(self._stage.port, requests, connections=connections)

    def _log_in(self) -> None:
        address = f"http://localhost:{self._stage.port}/desk/login"
        self._browser.open(address).close()
        account = next(account for account in self._stage.accounts() if account["username"] == DISPATCHER)
        token = next(cookie.value for cookie in self._cookies if cookie.name == "csrftoken")
        form = {"username": DISPATCHER, "password": account["password"], "csrfmiddlewaretoken": token or ""}
        self._browser.open(address, urllib.parse.urlencode(form).encode()).close()


def measure_queue(stage: Stage) -> list[Figure]:
    """Pages a second of the queue with at least 10,000 cases behind it, and the time of a case page."""
    cases = _see_to_cases(stage)
    clerk = Clerk(stage)
    paths = [QUEUES[number % len(QUEUES)] for number in range(PAGES_A_ROUND)]
    clerk.fetch(paths[: len(QUEUES) * CONNECTIONS], connections=CONNECTIONS)
    volleys = [clerk.fetch(paths, connections=CONNECTIONS) for _ in range(ROUNDS)]
    for volley in volleys:
        full = sum(len(set(NUMBER.findall(answer.body))) == ROWS_A_PAGE for answer in volley.answers)
        checked = confirm([Claim(f"pages of {ROWS_A_PAGE} rows", len(paths), full)])
    speed = statistics.median(volley.per_second for volley in volleys)
    found = sorted({number.decode() for answer in volleys[0].answers for number in NUMBER.findall(answer.body)})
    return [
        Figure("queue_10k", speed, "pages/s", 100, Want.AT_LEAST, f"{checked}, {cases:,} cases behind them"),
        _measure_case_page(clerk, found),
    ]


def _see_to_cases(stage: Stage) -> int:
    """Fills up to 10,000 cases where earlier measurements have left fewer; returns how many there are."""
    missing = CASES_WANTED - int(stage.value(COUNT))
    if missing > 0:
        with stage.database() as connection:
            fill(connection, missing, until=now())
    return int(stage.value(COUNT))


def _measure_case_page(clerk: Clerk, numbers: list[str]) -> Figure:
    wanted = [numbers[count % len(numbers)] for count in range(CASE_PAGES)]
    volleys = [clerk.fetch([f"/desk/cases/{number}" for number in wanted], connections=1) for _ in range(ROUNDS)]
    for volley in volleys:
        right = sum(
            answer.status == 200 and number.encode() in answer.body
            for number, answer in zip(wanted, volley.answers, strict=True)
        )
        checked = confirm([Claim("case pages that name their case", CASE_PAGES, right)])
    slow = statistics.median(volley.percentile_ms(0.95) for volley in volleys)
    return Figure("case_page_p95", slow, "ms", 80, Want.UNDER, checked)
