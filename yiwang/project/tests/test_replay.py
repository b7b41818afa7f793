"""Messages are sent once each, however the city answers; waiting for decisions ends."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.project import replay
from yiwang.project.replay import City, Message, send, wait_for_decisions

MESSAGES = [Message(f"old:{number}", {"text": f"第{number}条"}) for number in range(6)]


class Desk(ThreadingHTTPServer):
    """A city that answers by the book: ``answers`` are statuses to be given first, before it takes anything."""

    daemon_threads = True

    def __init__(self, answers=()):
        super().__init__(("127.0.0.1", 0), Clerk)
        self.answers = list(answers)
        self.taken: Counter[str] = Counter()
        self.url = f"http://localhost:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Clerk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.answers.pop() if self.server.answers else 201
        if status == 201:
            self.server.taken[self.headers["Idempotency-Key"]] += 1
        self.answer(status, {"receipt": f"R{body['text']}", "detail": "no"})

    def answer(self, status, document):
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Retry-After", "0.01")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        pass


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch):
    monkeypatch.setattr(replay, "POLL_S", 0.001)
    monkeypatch.setattr(replay, "PATIENCE_S", 0.05)
    monkeypatch.setattr(replay.time, "sleep", lambda seconds: None)


def send_all(desk, messages=MESSAGES, **options):
    done: list[int] = []
    sent = send(City(desk.url), messages, per_second=options.get("per_second"), tell=done.append)
    assert sorted(done) == list(range(1, len(messages) + 1))
    return sent


def test_every_message_is_sent_once_with_its_key():
    desk = Desk()
    assert sorted(send_all(desk, per_second=1000.0).receipts) == [f"R第{number}条" for number in range(6)]
    assert desk.taken == Counter({f"old%3A{number}": 1 for number in range(6)})


def test_a_city_that_has_had_too_many_is_waited_for_and_one_that_fails_is_asked_again():
    desk = Desk([429] * 20 + [503] * 3)
    assert len(send_all(desk).receipts) == 6
    assert set(desk.taken.values()) == {1}


def test_what_is_refused_is_told_and_the_rest_goes_on():
    sent = send_all(Desk([422]))
    assert (len(sent.receipts), len(sent.refused)) == (5, 1)
    assert sent.refused[0].endswith(": no")


def test_a_city_that_keeps_failing_is_given_up_on():
    sent = send_all(Desk([500] * replay.TRIES), MESSAGES[:1])
    assert (sent.receipts, len(sent.refused)) == ([], 1)


def test_nobody_there_is_a_sentence():
    desk = Desk()
    City(desk.url).check()
    desk.shutdown()
    desk.server_close()
    with pytest.raises(CannotStart, match="No city answers"):
        City(desk.url).check()


def test_waiting_ends_when_all_is_decided_or_nothing_more_comes():
    answers = [{"a": True}, {}, {"b": False}]
    assert wait_for_decisions("ab", lambda receipts: answers.pop(0), tell=lambda done: None) == {"a": True, "b": False}
    assert wait_for_decisions("ab", lambda receipts: {}, tell=lambda done: None) == {}
    assert wait_for_decisions("", lambda receipts: {}, tell=lambda done: None) == {}
