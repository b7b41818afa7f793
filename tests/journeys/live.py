"""The running city of the journeys: its address, its accounts, and what it sends out."""

import email
import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from tests.journeys.believable import reports
from yiwang.project.bench.stage import Stage, running_city

QUIET_S = 60.0
PATIENCE_S = 20.0
PAUSE_S = 0.1
ENOUGH = 64

Found = TypeVar("Found")


class LiveCity:
    """What residents and staff of a running city can reach, and the letters that lie in its outbox."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        # Cookies and links belong to this very name.
        self.base_url = f"http://localhost:{stage.port}"
        self._passwords = {entry["username"]: entry["password"] for entry in stage.accounts()}

    def password(self, username: str) -> str:
        """The password of a demo account."""
        return str(self._passwords[username])

    def send(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Reports something over the public API; answers with the receipt as the API gave it."""
        request = urllib.request.Request(
            f"{self.base_url}/api/v1/reports",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Accept-Language": "zh-hans"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            receipt: dict[str, Any] = json.load(answer)
        return receipt

    def fill(self, count: int) -> list[dict[str, Any]]:
        """Sends that many believable reports and lets the worker dispatch them; answers with their receipts."""
        receipts = [self.send(body) for body in reports(count, self.stage.centre())]
        self.settle()
        return receipts

    def settle(self) -> None:
        """Returns when everything that was announced has been heard."""
        self.stage.wait_until_quiet(QUIET_S)

    def letter(self, transport: str, words: str) -> str:
        """The newest letter in the outbox (``sms`` or ``mail``) that says ``words``; waits for one."""
        return wait(lambda: next((body for body in self._letters(transport) if words in body), None), f"“{words}”")

    def number_of(self, receipt: str) -> str:
        """The number of the case that a receipt became."""
        query = "SELECT number FROM cases_case WHERE report_id = (SELECT id FROM intake_report WHERE receipt = %s)"
        return str(self.stage.value(query, receipt))

    def _letters(self, transport: str) -> Iterator[str]:
        paths = (self.stage.home / "outbox" / transport).glob("*.eml")
        for path in sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(message, EmailMessage)
            yield message.get_content()


def wait(look: Callable[[], Found | None], what: str) -> Found:
    """Looks until there is something; fails, saying what was awaited, after a while."""
    end = time.monotonic() + PATIENCE_S
    while (found := look()) is None:
        assert time.monotonic() < end, f"waited {PATIENCE_S:.0f} s in vain for {what}"
        time.sleep(PAUSE_S)
    return found


@contextmanager
def live_city() -> Iterator[LiveCity]:
    """A city of its own, without limits on reports and log-ins, with ``ENOUGH`` believable reports."""
    settings = {"YIWANG_INTAKE_LIMIT": "off", "YIWANG_LOGIN_LIMIT": "off"}
    # Not below pytest's own folder: the next pytest to start closes that to the account PostgreSQL runs under.
    with TemporaryDirectory(prefix="yiwang-city-") as home, running_city(Path(home), settings) as stage:
        city = LiveCity(stage)
        city.fill(ENOUGH)
        yield city
