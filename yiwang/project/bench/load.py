"""A client that costs the machine little: requests built beforehand, keep-alive sockets, one loop, no HTTP library.

Client and server share the same two cores, so whatever the client burns would be missing from the figure.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

HEADER_END = b"\r\n\r\n"
PATIENCE_S = 60.0
PAUSE_S = 0.002


class LineBroken(RuntimeError):
    """The server closed a connection or stopped answering in the middle of a measurement."""


@dataclass(frozen=True)
class Answer:
    """One response: its status, its body and the seconds from the first byte sent to the last one received."""

    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True)
class Volley:
    """All answers in the order of their requests, and the seconds from the first request to the last answer."""

    answers: Sequence[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The time in milliseconds that ``share`` (0 to 1) of the answers did not exceed."""
        times = sorted(answer.seconds for answer in self.answers)
        return times[min(len(times) - 1, int(len(times) * share))] * 1000

    def count(self, status: int) -> int:
        """How many answers have this status."""
        return sum(answer.status == status for answer in self.answers)


def build_request(method: str, path: str, *, port: int, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + HEADER_END + body


def fire(port: int, requests: Sequence[bytes], *, connections: int) -> Volley:
    """Sends the requests from a process of its own, each connection the next one as soon as it is free.

    Raises LineBroken when the server hangs up or keeps silent for a minute.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_volley, port, list(requests), connections).result()


def flood(port: int, requests: Sequence[bytes], *, connections: int, sources: int, per_second: float) -> Volley:
    """Sends the requests at a fixed pace from a process of its own, whatever the answers; times count from when each
    was due, so that waiting for a free connection counts too.

    ``sources``: as many addresses of this machine share the connections. Raises LineBroken.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_flood, port, list(requests), connections, sources, per_second).result()


def _flood(port: int, requests: list[bytes], connections: int, sources: int, per_second: float) -> Volley:
    answers: list[Answer | None] = [None] * len(requests)
    waiting = iter(enumerate(requests))
    with selectors.DefaultSelector() as selector:
        free = [_Line(port, source=f"127.0.1.{1 + number % sources}") for number in range(connections)]
        for line in free:
            selector.register(line.socket, selectors.EVENT_READ, line)
        started, sent, missing = time.perf_counter(), 0, len(requests)
        while missing:
            due = min(len(requests), int((time.perf_counter() - started) * per_second))
            while free and sent < due:
                free.pop().send_next(waiting, due_at=started + sent / per_second)
                sent += 1
            ready = selector.select(PAUSE_S if sent < len(requests) else PATIENCE_S)
            if not ready and sent == len(requests):
                raise LineBroken(f"no answer within {PATIENCE_S:.0f} s; {missing} are missing")
            for key, _ in ready:
                answer = key.data.read()
                if answer is not None:
                    answers[key.data.index] = answer
                    missing -= 1
                    free.append(key.data)
        seconds = time.perf_counter() - started
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return Volley([answer for answer in answers if answer is not None], seconds)


def _volley(port: int, requests: list[bytes], connections: int) -> Volley:
    answers: list[Answer | None] = [None] * len(requests)
    waiting = iter(enumerate(requests))
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            line = _Line(port)
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send_next(waiting)
        missing = len(requests)
        while missing:
            ready = selector.select(PATIENCE_S)
            if not ready:
                raise LineBroken(f"no answer within {PATIENCE_S:.0f} s; {missing} are missing")
            for key, _ in ready:
                line = key.data
                answer = line.read()
                if answer is not None:
                    answers[line.index] = answer
                    missing -= 1
                    line.send_next(waiting)
        seconds = time.perf_counter() - started
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return Volley([answer for answer in answers if answer is not None], seconds)


class _Line:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.index = -1
        self._started = 0.0
        self._received = b""

    def send_next(self, waiting: Iterator[tuple[int, bytes]], due_at: float | None = None) -> None:
        """Sends the next waiting request, timed from now or from when it was due; does nothing when none is left."""
        following = next(waiting, None)
        if following is not None:
            self.index, request = following
            self._started = time.perf_counter() if due_at is None else due_at
            self.socket.sendall(request)

    def read(self) -> Answer | None:
        """The answer once it is complete, None while parts are missing. Raises LineBroken."""
        part = self.socket.recv(262_144)
        if not part:
            raise LineBroken("the server closed the connection")
        self._received += part
        head, found, body = self._received.partition(HEADER_END)
        if not found or len(body) < _content_length(head):
            return None
        self._received = b""
        return Answer(int(head[9:12]), body, time.perf_counter() - self._started)


def _content_length(head: bytes) -> int:
    value = head.lower().partition(b"\r\ncontent-length:")[2]
    return int(value.partition(b"\r\n")[0] or 0)
