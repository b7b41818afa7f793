"""One throw-away PostgreSQL for the whole run, and the environment of a test, before Django reads its settings.

Loaded by ``-p`` (pyproject.toml), because pytest-django reads the settings before any conftest. With pytest-xdist the
controller does all this, and the workers inherit its environment. DATABASE_URL, if set, is used instead.
YIWANG_TEST_POSTGRES=16 runs the tests on the oldest PostgreSQL that is supported.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from yiwang.foundation.kernel.keys import create_key_file
from yiwang.project.databases import embedded_url
from yiwang.project.postgres import DURABLE, EmbeddedPostgres, make_home

# Nobody needs these data after a power cut.
FORGETFUL = {
    **DURABLE,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}
WORKSHOP = {"YIWANG_TEST_POSTGRES", "YIWANG_REQUIRE_BROWSER"}
IS_CONTROLLER = "PYTEST_XDIST_WORKER" not in os.environ
_home: Path | None = None
_server: EmbeddedPostgres | None = None


def _prepare() -> None:
    global _home, _server
    _home = Path(tempfile.mkdtemp(prefix="yiwang-test-"))
    for name in [name for name in os.environ if name.startswith("YIWANG_") and name not in WORKSHOP]:
        del os.environ[name]  # a developer's own city must not leak into the tests
    os.environ |= {"YIWANG_ENV": "test", "YIWANG_HOME": str(_home), "YIWANG_INTAKE_LIMIT": "off"}
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_home / "run" / "metrics")
    make_home(_home)
    (_home / "run" / "metrics").mkdir()
    create_key_file(_home / "keys.json")
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = embedded_url(_home)
        _server = EmbeddedPostgres(_home, options=FORGETFUL, major=int(os.environ.get("YIWANG_TEST_POSTGRES", "18")))


if IS_CONTROLLER:
    _prepare()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Starts the server; a run that only collects does without."""
    if _server is not None and not session.config.option.collectonly:
        _server.launch()
        _server.wait_until_ready(lambda _text: None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server and removes everything."""
    if _server is not None:
        _server.stop()
    if _home is not None:
        shutil.rmtree(_home, ignore_errors=True)
