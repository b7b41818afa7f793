"""Sending messages to a running city exactly as residents would: over HTTP, one report each, never twice."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from yiwang.foundation.kernel.errors import CannotStart

CONNECTIONS = 4
TIMEOUT_S = 30
TRIES = 5
# How long the hub may decide nothing at all before we stop waiting for it.
PATIENCE_S = 60
POLL_S = 1.0
Decide = Callable[[Iterable[str]], Mapping[str, bool]]


@dataclass(frozen=True)
class Message:
    """One report to be sent. ``key`` identifies it for ever: sent again, it gives the same receipt, no second case."""

    key: str
    body: Mapping[str, Any]


@dataclass
class Sent:
    """What the city answered: receipts, and the reasons of what it did not take."""

    receipts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class City:
    """A running city under ``url``. Each thread keeps one connection open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._make: type[http.client.HTTPConnection] = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._host, self._url = parts.netloc, url
        self._mine = threading.local()

    def check(self) -> None:
        """Raises CannotStart when nobody answers."""
        try:
            status, _, _ = self._request("GET", "/healthz", None, {})
        except OSError:
            status = 0
        if status != http.client.OK:
            raise CannotStart(
                reason=f"No city answers at {self._url}.",
                hint="Start one with “yiwang run” in another terminal, or name its address with --url.",
            )

    def report(self, message: Message) -> str:
        """Sends one report and returns its receipt; waits where the city says it has had too many.

        A broken connection is tried again: the key makes that safe. Raises Refused.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": quote(message.key)}
        body = json.dumps(message.body, ensure_ascii=False).encode()
        left = TRIES
        while True:
            try:
                status, answer_headers, answer = self._request("POST", "/api/v1/reports", body, headers)
            except (OSError, http.client.HTTPException) as error:
                status, answer_headers, answer = 0, {}, {"detail": f"no answer: {error}"}
            if status == http.client.CREATED:
                return str(answer["receipt"])
            if status == http.client.TOO_MANY_REQUESTS:
                time.sleep(float(answer_headers.get("Retry-After", 1)))
                continue
            left -= 1
            if not left or 400 <= status < 500:
                raise Refused(f"{message.key}: {answer.get('detail') or status}")
            time.sleep(TRIES - left)

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = self._make(self._host, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status, dict(answer.headers), json.loads(content) if is_json else {}


class Refused(Exception):
    """The city did not take a report; the text says which and why."""


def send(city: City, messages: Iterable[Message], *, per_second: float | None, tell: Callable[[int], None]) -> Sent:
    """Sends all messages over a few connections, at most ``per_second`` of them; ``tell`` gets the number done."""
    sent = Sent()
    lock = threading.Lock()

    def send_one(message: Message) -> None:
        try:
            receipt = city.report(message)
        except Refused as refused:
            with lock:
                sent.refused.append(str(refused))
        else:
            with lock:
                sent.receipts.append(receipt)
        tell(len(sent.receipts) + len(sent.refused))

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in pool.map(send_one, _paced(messages, per_second)):
            pass
    return sent


def _paced(messages: Iterable[Message], per_second: float | None) -> Iterator[Message]:
    started = time.monotonic()
    for number, message in enumerate(messages):
        if per_second:
            time.sleep(max(0.0, started + number / per_second - time.monotonic()))
        yield message


def wait_for_decisions(receipts: Iterable[str], decide: Decide, *, tell: Callable[[int], None]) -> Mapping[str, bool]:
    """Waits until the hub has decided on every receipt; ``decide`` says which of some are dispatched (True) or left to
    the operators (False).

    Stops waiting when nothing new was decided for a minute; what is missing from the answer is still undecided.
    """
    waiting, decided = set(receipts), dict[str, bool]()
    last_news = time.monotonic()
    while True:
        new = decide(waiting)
        if new:
            decided.update(new)
            waiting -= new.keys()
            last_news = time.monotonic()
            tell(len(decided))
        if not waiting or time.monotonic() - last_news > PATIENCE_S:
            return decided
        time.sleep(POLL_S)
