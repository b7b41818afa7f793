"""The bench tells the truth: missed targets are called so, lost rows end it, and its city fits the tables."""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner
from django.db import connection

from yiwang.hub.dispatch.recognition import recognise
from yiwang.hub.dispatch.selectors import get_vocabulary
from yiwang.project.bench.figures import Claim, ClaimBroken, Figure, Want, confirm, table
from yiwang.project.bench.load import LineBroken, Volley, build_request, fire
from yiwang.project.bench.matters import MATTERS
from yiwang.project.bench.million import COPY, Choices, generate
from yiwang.project.cli import main

FAST = Figure("walk", 70.0, "cases/s", 60, Want.AT_LEAST, "3 cases")
SLOW = Figure("page_p95", 120.0, "ms", 100, Want.UNDER, "50 rows")


class Echo(BaseHTTPRequestHandler):
    """Answers with the body it got; hangs up on what is called `/away`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.path == "/away":
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keeps the tests' output quiet."""


@pytest.fixture
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_missed_figure_is_called_missed_and_a_met_one_is_not():
    lines = table([FAST, SLOW]).splitlines()
    assert "MISSED" not in lines[1]
    assert "MISSED" in lines[2]
    assert SLOW.document()["is_met"] is False


def test_a_figure_for_work_that_left_no_rows_ends_the_bench():
    assert confirm([Claim("rows", 3, 3)]) == "3 rows"
    with pytest.raises(ClaimBroken, match="leaves: 2, not 3"):
        confirm([Claim("rows", 3, 3), Claim("leaves", 3, 2)])


def test_every_request_gets_its_own_answer(port):
    bodies = [f"{number}".encode() * 1000 for number in range(50)]
    volley: Volley = fire(
        port, [build_request("POST", "/", port=port, headers={}, body=b) for b in bodies], connections=4
    )
    assert [answer.body for answer in volley.answers] == bodies
    assert volley.count(201) == len(bodies)
    assert 0 < volley.percentile_ms(0.5) <= volley.percentile_ms(0.99)


def test_a_server_that_hangs_up_ends_the_measurement(port):
    with pytest.raises(LineBroken):
        fire(port, [build_request("POST", "/away", port=port, headers={})], connections=1)


def test_the_sentences_of_the_bench_are_recognised_by_the_starter_city(city):
    vocabulary = get_vocabulary()
    assert {recognise(matter, matter, vocabulary).outcome for matter in MATTERS} == {"clear"}


def test_the_cases_of_the_big_city_fit_the_tables_and_are_found_by_their_words(city):
    connection.ensure_connection()
    raw = connection.connection
    rows = list(generate(Choices.read(raw), 200, first=0, until=datetime(2026, 11, 1, tzinfo=UTC)))
    with raw.cursor() as cursor, cursor.copy(COPY) as sink:
        for row in rows:
            sink.write_row(row)
    count = (
        "SELECT count(*) FROM cases_case WHERE search @@ '路灯 | streetlight'::tsquery AND text ~* '路灯|streetlight'"
    )
    assert raw.execute("SELECT count(*) FROM cases_case").fetchone() == (200,)
    assert raw.execute(count).fetchone()[0] > 10


def test_the_command_knows_its_measurements():
    answer = CliRunner().invoke(main, ["bench", "--help"])
    assert answer.exit_code == 0
    assert "report_post" in answer.output
    assert CliRunner().invoke(main, ["bench", "--only", "nothing"]).exit_code == 2
