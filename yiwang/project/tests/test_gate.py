"""Slow, silent and greedy clients hold nothing others need; what Django answers goes through the gate unchanged."""

import asyncio
import json
import socket
import time
from io import BytesIO

import pytest

from yiwang.foundation.kernel.settings import get_settings
from yiwang.project import gate as gate_module
from yiwang.project.admission import EACH, PATIENCE_S, WAITING, Admission
from yiwang.project.bench.stage import running_city, wait_for
from yiwang.project.gate import Gate
from yiwang.project.refusals import Refusals

GET = b"GET /report HTTP/1.1\r\nHost: localhost\r\n\r\n"
STRANGER, NEIGHBOUR = "127.0.0.2", "127.0.0.3"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with running_city(tmp_path_factory.mktemp("gate"), {"YIWANG_INTAKE_LIMIT": "off"}) as running:
        yield running


def line(stage, data, source=NEIGHBOUR):
    """A connection of somebody living at this address, with the first bytes sent."""
    connection = socket.create_connection(("127.0.0.1", stage.port), timeout=30, source_address=(source, 0))
    connection.sendall(data)
    return connection


def ask(stage, data, source=NEIGHBOUR):
    """Status, head and body of an answer."""
    with line(stage, data, source) as connection:
        head, _, body = connection.recv(1 << 20).partition(b"\r\n\r\n")
    return int(head[9:12]), head, body


def post(length, content=b"{", path="/api/v1/reports"):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\nContent-Length: {length}\r\n\r\n"
    return head.encode() + content


def test_slow_clients_hold_no_worker_and_only_their_own_places(stage):
    lines = [line(stage, post(100_000), STRANGER) for _ in range(4 * EACH)]
    wait_for(lambda: ask(stage, GET, STRANGER)[0] == 429, 10, "the stranger's places to be taken")
    assert ask(stage, GET)[0] == 200, "others find theirs free, and all threads idle"
    status, head, body = ask(stage, post(2, b"{}"), STRANGER)
    if status == 429:
        assert json.loads(body)["type"] == "/problems/too_many_at_once" and b"retry-after" in head
    for each in lines:
        each.close()
    wait_for(lambda: {ask(stage, GET, STRANGER)[0] for _ in range(8)} == {200}, 10, "the places to be free again")


def test_giant_bodies_are_refused_before_they_are_read(stage):
    status, _head, body = ask(stage, post(10_000_000_000))
    assert (status, json.loads(body)["type"]) == (413, "/problems/body_too_large")
    status, _head, page = ask(stage, post(10_000_000_000, path="/report").replace(b": en", b": zh-CN"))
    assert status == 413 and "一次发送的内容太多" in page.decode()


def test_a_giant_that_does_not_say_how_large_it_is_is_cut_off(stage):
    head = post(0, b"").replace(b"Content-Length: 0", b"Content-Type: application/json\r\nTransfer-Encoding: chunked")
    with line(stage, head) as connection:
        sent = 0
        try:
            while sent < 1 << 30:
                connection.sendall(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
                sent += 1 << 20
        except OSError:
            pass
    assert sent < 80 << 20


def test_lines_on_which_nothing_is_said_are_closed(stage):
    silent, half = line(stage, b""), line(stage, GET[:20])
    assert {silent.recv(10), half.recv(10)} <= {b"", b"HTTP/1.1 4"}


class Scope:
    """A request as granian tells of it."""

    def __init__(self, path="/x", method="POST", headers=(), client="10.0.0.1:5"):
        self.path, self.method, self.client = path, method, client
        self.headers = Headers(headers)
        self.http_version, self.scheme, self.query_string, self.server = "1.1", "http", "a=%20", "127.0.0.1:80"
        self.authority = None


class Headers(list):
    def get(self, name):
        return next((value for key, value in self if key == name), None)

    def __contains__(self, name):
        return self.get(name) is not None

    def items(self):
        return iter(self)


class Protocol:
    """The other half of granian's talk: gives a body and keeps what is answered."""

    def __init__(self, *parts, pause=0.0):
        self.parts, self.pause, self.sent = parts, pause, []

    async def __call__(self):
        await asyncio.sleep(self.pause)
        return b"".join(self.parts)

    async def __aiter__(self):
        for part in self.parts:
            await asyncio.sleep(self.pause)
            yield part

    def response_bytes(self, status, headers, body):
        self.status, self.headers = status, headers
        self.sent.append(body)

    def response_stream(self, status, headers):
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, part):
        self.sent.append(part)


class Parts(list):
    streaming = True
    is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def knock(db):
    """Lets one request through a gate before ``application``; answers with the protocol."""

    def through(application, scope=None, protocol=None, admission=None):
        gate = Gate(application, get_settings(), Refusals())
        gate.admission = admission or gate.admission
        protocol = protocol or Protocol()
        asyncio.run(gate(scope or Scope(method="GET"), protocol))
        assert not gate.admission.inside and not gate.admission.waiting
        return protocol

    return through


def echo(environ, start):
    start("200 OK", [("X-Path", environ["PATH_INFO"])])
    told = {key: value for key, value in environ.items() if isinstance(value, str)}
    parts = Parts([json.dumps([told, environ["wsgi.input"].read().decode()]).encode()])
    parts.streaming = False
    return parts


def test_a_request_reaches_django_as_it_was_sent(knock):
    headers = [("content-length", "6"), ("cookie", "a=1"), ("cookie", "b=2"), ("x-a", "1"), ("x_real_ip", "6.6.6.6")]
    answer = knock(echo, Scope("/中", headers=[*headers, ("content-type", "text/plain")]), Protocol("你好".encode()))
    told, body = json.loads(answer.sent[0])
    assert body == "你好" and told["PATH_INFO"].encode("latin-1").decode() == "/中"
    assert (told["HTTP_COOKIE"], told["HTTP_X_A"], told["REMOTE_ADDR"]) == ("a=1; b=2", "1", "10.0.0.1")
    assert (told["CONTENT_LENGTH"], told["CONTENT_TYPE"], told["QUERY_STRING"]) == ("6", "text/plain", "a=%20")
    assert "HTTP_X_REAL_IP" not in told, "a header with a lower line would go past the proxy that sets it"


def test_a_large_body_lies_on_the_disk_and_arrives_whole(knock):
    parts = [b"x" * 50_000] * 8
    headers = [("transfer-encoding", "chunked"), ("content-type", "application/json; charset=utf-8")]
    answer = knock(echo, Scope(headers=headers), Protocol(*parts))
    assert len(json.loads(answer.sent[0])[1]) == 400_000


def test_half_a_request_is_never_taken_for_a_whole_one(knock):
    half = Protocol(b"x" * 90_000)
    assert knock(echo, Scope(headers=[("content-length", "500000")]), half).sent == []
    assert knock(echo, Scope(headers=[("transfer-encoding", "chunked")]), half).status == 411


def test_files_and_streams_are_sent_in_chunks_and_closed(knock):
    file, stream = BytesIO(b"y" * (gate_module.CHUNK * 2 + 5)), Parts([b"z" * 1000] * 1000)

    def whole(environ, start):
        start("200 OK", [])
        return environ["wsgi.file_wrapper"](file)

    def flow(environ, start):
        start("200 OK", [])
        return stream

    answer = knock(whole)
    assert [len(part) for part in answer.sent] == [gate_module.CHUNK, gate_module.CHUNK, 5] and file.closed
    answer = knock(flow)
    assert sum(map(len, answer.sent)) == 1_000_000 and len(answer.sent) < 5 and stream.is_closed


def test_who_sends_too_slowly_is_told(knock, monkeypatch):
    monkeypatch.setattr(gate_module, "RECEIVE_S", 0.05)
    monkeypatch.setattr(gate_module, "RECEIVE_BYTES_S", 1_000_000)
    assert knock(echo, Scope(headers=[("content-length", "6")]), Protocol(b"x", pause=5)).status == 408


def test_who_waited_too_long_is_told_and_not_answered_late(knock, monkeypatch):
    asked = []
    monkeypatch.setattr("yiwang.project.admission.PATIENCE_S", -1.0)
    answer = knock(lambda environ, start: asked.append(1))
    assert (answer.status, asked) == (503, []) and ("retry-after", "2") in answer.headers
    assert knock(echo, Scope("/healthz", "GET")).status == 200, "operators can always look"


def test_a_full_house_refuses_at_once(knock):
    assert knock(echo, admission=Full()).status == 503


class Full(Admission):
    is_full = True


def is_full(admission):
    return admission.is_full


def test_places_are_counted_by_source_and_by_size():
    admission = Admission()
    assert all(admission.enter("a", 10) for _ in range(EACH)) and not admission.enter("a", 10)
    assert admission.enter("b", 1 << 31) and is_full(admission), "too much is being received"
    admission.leave("b", 1 << 31)
    assert not is_full(admission)
    admission.waiting = WAITING
    assert is_full(admission)
    for _ in range(EACH):
        admission.leave("a", 10)
    assert not admission.inside and admission.receiving_bytes == 0
    now = time.monotonic()
    assert admission.is_too_late(now - PATIENCE_S - 0.1) and not admission.is_too_late(now)
