"""Web, worker and database are killed under load; every acknowledged report is one case, told once, all the same."""

import http.client
import json
import random
import signal
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.journeys.ledger import Ledger, Promises, violations
from yiwang.project.bench.matters import MATTERS
from yiwang.project.bench.stage import Stage, running_city

SEED = 20261123
KILLS = 24
RESIDENTS = 4
RETRY_S = 0.1
PAUSE_S = 0.5
ANSWER_S = 5.0
RECOVERY_S = 60.0
QUIET_S = 150.0


class Resident(threading.Thread):
    """Sends one report after another, each until it is acknowledged, and now and then repeats an old one."""

    def __init__(self, stage: Stage, name: str, promises: Promises, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._port = stage.port
        self._promises = promises
        self._stop_asked = stop
        self._random = random.Random(f"{SEED}/{name}")
        self._sent: list[tuple[str, bytes]] = []

    def run(self) -> None:
        while not self._stop_asked.is_set():
            number = len(self._sent)
            self._sent.append((f"{self.name}-{number}", self._body(number)))
            self._send_until_acknowledged(*self._sent[-1])
            # As many as the worker can follow between two kills; what is to be found is lost work, not a long queue.
            time.sleep(self._random.uniform(0, PAUSE_S))
            if self._random.random() < 0.1:
                self._send_until_acknowledged(*self._random.choice(self._sent))

    def _body(self, number: int) -> bytes:
        contact = {"name": "李雷", "email": f"{self.name}-{number}@example.invalid"}
        text = f"{MATTERS[number % len(MATTERS)]}（{self.name} {number}）"
        return json.dumps({"text": text, "contact": contact}).encode()

    def _send_until_acknowledged(self, key: str, body: bytes) -> None:
        while True:
            try:
                status, answer = self._post(key, body)
            except (OSError, http.client.HTTPException):
                status, answer = 0, b""
            if status == 201:
                self._promises.receipts.setdefault(key, set()).add(json.loads(answer)["receipt"])
                return
            if 400 <= status < 500:
                self._promises.surprises.append(f"{key} was refused with {status}: {answer.decode()}")
                return
            time.sleep(RETRY_S)

    def _post(self, key: str, body: bytes) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S)
        try:
            line.request("POST", "/api/v1/reports", body, {"Content-Type": "application/json", "Idempotency-Key": key})
            response = line.getresponse()
            return response.status, response.read()
        finally:
            line.close()


def victims(stage: Stage) -> dict[str, list[psutil.Process]]:
    """What may be killed at this moment, by kind.

    A backend's death makes PostgreSQL recover from its log. A connection is what an administrator or a proxy ends: only
    its client notices.
    """
    servers = stage.processes("postgres")
    masters = [process for process in servers if process.ppid() == stage.supervisor.pid]
    kinds = {
        "web": stage.processes("web"),
        "worker": stage.processes("worker"),
        "database": masters,
        "backend": [process for master in masters for process in master.children()],
        "connection": [process for process in servers if " yiwang " in " ".join(process.cmdline())],
    }
    return {kind: found for kind, found in kinds.items() if found}


def kill_one(stage: Stage, dice: random.Random) -> str | None:
    """Kills a random process of a random kind; says which kind, None if it was gone already."""
    try:
        alive = victims(stage)
        if not alive:
            return None
        kind = dice.choice(sorted(alive))
        how = signal.SIGTERM if kind == "connection" else signal.SIGKILL
        dice.choice(sorted(alive[kind], key=lambda process: process.pid)).send_signal(how)
    except psutil.Error:
        return None
    return kind


def break_things(stage: Stage, promises: Promises) -> dict[str, int]:
    """Kills at random moments while residents keep sending; returns how often each kind was hit."""
    dice = random.Random(SEED)
    stop = threading.Event()
    residents = [Resident(stage, f"resident-{number}", promises, stop) for number in range(RESIDENTS)]
    for resident in residents:
        resident.start()
    killed: dict[str, int] = {}
    while sum(killed.values()) - killed.get("connection", 0) < KILLS:
        time.sleep(dice.uniform(0.2, 5.0))
        assert stage.is_alive, "the supervisor gave up"
        kind = kill_one(stage, dice)
        if kind:
            killed[kind] = killed.get(kind, 0) + 1
    stop.set()
    for resident in residents:
        resident.join(RECOVERY_S)
        assert not resident.is_alive(), "the city did not come back to acknowledge a report"
    return killed


def test_every_acknowledged_report_becomes_one_case_through_every_crash():
    promises = Promises()
    # Not below pytest's own folder: the next pytest to start closes that to the account PostgreSQL runs under.
    with (
        TemporaryDirectory(prefix="yiwang-city-") as home,
        running_city(Path(home), {"YIWANG_INTAKE_LIMIT": "off"}) as stage,
    ):
        killed = break_things(stage, promises)
        stage.wait_until_quiet(QUIET_S)
        with stage.database() as connection:
            ledger = Ledger.read(connection)
    assert set(killed) >= {"web", "worker", "database"}, killed
    assert len(promises.receipts) > KILLS, "the residents sent too little for the kills to matter"
    assert violations(promises, ledger) == []
