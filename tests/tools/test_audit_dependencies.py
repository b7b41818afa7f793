"""What we depend on is pinned by content, and a known weakness is told; a line that is down is no weakness."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools import audit_dependencies
from tools.audit_dependencies import ROOT, main, node_packages, python_packages, unpinned

WEAK = "django"


class Service(BaseHTTPRequestHandler):
    """Speaks OSV's batch API and knows of one weak package."""

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        names = [query["package"]["name"] for query in queries]
        answer = {"results": [{"vulns": [{"id": "GHSA-x"}]} if name == self.server.weak else {} for name in names]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_arguments: object) -> None: ...


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.weak = ""
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["audit", *arguments])
    return main()


def test_our_locks_pin_everything_by_content():
    packages = [
        *python_packages((ROOT / "requirements.lock").read_text()),
        *node_packages((ROOT / "package-lock.json").read_text()),
    ]
    assert len(packages) > 100 and unpinned(packages) == []


def test_what_is_not_pinned_is_told():
    assert unpinned(list(python_packages("a==1 \\\n    --hash=sha256:00\nb==2\n"))) == ["b 2 is pinned by no hash."]
    with pytest.raises(ValueError, match="not pinned"):
        list(python_packages("c @ https://example.invalid/c.whl\n"))
    lock = json.dumps({"packages": {"": {}, "node_modules/x": {"version": "1"}}})
    assert unpinned(list(node_packages(lock))) == ["x 1 is pinned by no hash."]


def test_a_known_weakness_fails_the_build_and_a_line_that_is_down_does_not(monkeypatch, service, capsys):
    address = f"http://127.0.0.1:{service.server_port}"
    assert run(monkeypatch, "--service", address) == 0
    service.weak = WEAK
    monkeypatch.setattr(audit_dependencies, "AT_ONCE", 7)
    assert run(monkeypatch, "--service", address) == 1
    assert f"{WEAK} " in capsys.readouterr().out
    assert run(monkeypatch, "--service", "http://127.0.0.1:9") == 0
    assert run(monkeypatch, "--service", "http://127.0.0.1:9", "--require-service") == 1
