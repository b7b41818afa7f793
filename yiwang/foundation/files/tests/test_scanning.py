"""What waits for the scanner is shown to nobody; what it finds stays away; a scanner that is away is waited for."""

import shutil
import socket
import subprocess
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests import samples
from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.files import errors
from yiwang.foundation.files.checks import check_antivirus
from yiwang.foundation.files.contrib.clamav import ClamAv
from yiwang.foundation.files.selectors import count_files, list_files, open_file
from yiwang.foundation.files.services import keep_file, retry_failed_scans, scan_waiting_files
from yiwang.foundation.files.services.scanning import MOST_ATTEMPTS
from yiwang.foundation.files.types import FileState, NewFile
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BAD = b"this is bad"


class FakeClam(threading.Thread):
    """A daemon that speaks the protocol: it gathers the pieces of a stream and finds BAD in it."""

    def __init__(self, path, most=1_000_000):
        super().__init__(daemon=True)
        self.most = most
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(path))
        self.server.listen(5)

    def run(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as said:
                connection.sendall(self.answer(said) + b"\0")

    def answer(self, said):
        command = b""
        while not command.endswith(b"\0"):
            command += said.read(1)
        if command == b"zVERSION\0":
            return b"ClamAV 1.0/1/today"
        assert command == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(said.read(4), "big"):
            content += said.read(size)
            if len(content) > self.most:
                return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Own.Test FOUND" if BAD in content else b"stream: OK"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where the scanner is to be; nobody is there yet."""
    path = tmp_path / "clam"
    settings = replace(get_settings(), antivirus=str(path))
    for module in ("services.keeping", "services.scanning", "checks"):
        monkeypatch.setattr(f"yiwang.foundation.files.{module}.get_settings", lambda: settings)
    return path


@pytest.fixture
def clam(place):
    fake = FakeClam(place)
    fake.start()
    yield fake
    fake.server.close()


def keep(content=samples.PDF):
    subject = new_id()
    keep_file(NewFile("a.pdf", content), subject_kind="report", subject_id=subject, now=NOW)
    return subject


def see(subject):
    (row,) = list_files("report", subject)
    return row, lambda: open_file(row.id, subject_kind="report", subject_id=subject)


@pytest.mark.django_db
def test_a_file_is_shown_once_it_was_found_clean(clam):
    subject = keep()
    row, look = see(subject)
    assert row.state is FileState.PENDING
    assert not row.is_shown
    with pytest.raises(errors.FileBeingChecked):
        look()
    assert scan_waiting_files(now=NOW) == 1
    row, look = see(subject)
    assert row.state is FileState.CLEAN
    assert look()[1].read() == samples.PDF
    assert check_antivirus().state == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [BAD + b" text", samples.photo() + BAD, samples.movie() + samples.box(b"uuid", BAD)]
)
def test_an_infected_file_is_given_to_nobody_and_leaves_a_leaf(clam, content):
    """In a photo only what was sent holds it, sealed: that is looked at too."""
    subject = keep(content)
    scan_waiting_files(now=NOW)
    row, look = see(subject)
    assert row.is_infected
    with pytest.raises(errors.FileQuarantined):
        look()
    (leaf,) = list_leaves(row.id, viewer=SYSTEM)
    assert (leaf.action, leaf.detail["signature"]) == ("files.quarantined", "Own.Test")


@pytest.mark.django_db
def test_files_wait_for_a_scanner_that_is_away_and_then_stay_for_people(place):
    subject, moment = keep(), NOW
    for _attempt in range(MOST_ATTEMPTS):
        assert see(subject)[0].state is FileState.PENDING
        assert scan_waiting_files(now=moment) == 0
        assert scan_waiting_files(now=moment) == 0  # not before the pause is over
        moment += timedelta(minutes=10)
    assert see(subject)[0].state is FileState.FAILED
    assert moment - NOW > timedelta(hours=1)
    with pytest.raises(errors.FileBeingChecked):
        see(subject)[1]()
    assert check_antivirus().state == "problem"
    fake = FakeClam(place)
    fake.start()
    assert check_antivirus().state == "warning"
    assert retry_failed_scans(now=moment) == 1
    assert scan_waiting_files(now=moment) == 1
    assert (count_files(FileState.FAILED), see(subject)[0].is_shown) == (0, True)
    fake.server.close()


@pytest.mark.django_db
def test_a_scanner_that_was_switched_off_is_missed_and_nothing_is_set_to_wait_for_it(clam, monkeypatch):
    keep()
    settings = replace(get_settings(), antivirus="")
    for module in ("services.keeping", "services.scanning", "checks"):
        monkeypatch.setattr(f"yiwang.foundation.files.{module}.get_settings", lambda: settings)
    keep(samples.CSV)
    assert check_antivirus().state == "warning"
    assert retry_failed_scans(now=NOW) == scan_waiting_files(now=NOW) == 0
    assert (count_files(FileState.PENDING), count_files(FileState.NOT_SCANNED)) == (1, 1)


@pytest.mark.django_db
def test_a_file_longer_than_the_scanner_takes_is_not_called_clean(place):
    fake = FakeClam(place, most=100)
    fake.start()
    subject = keep(b"long " * 100_000)
    scan_waiting_files(now=NOW)
    assert see(subject)[0].state is FileState.PENDING
    fake.server.close()


def test_the_scanner_is_told_everything_and_believed_only_when_it_is_clear(clam, place):
    scanner = ClamAv(str(place))
    assert scanner.scan(b"x" * 700_000).is_clean
    assert scanner.scan(b"x" * 700_000 + BAD).signature == "Own.Test"
    with pytest.raises(errors.ScanFailed, match="size limit"):
        scanner.scan(b"x" * 1_100_000)


@pytest.fixture
def real_clam(tmp_path):
    """ClamAV's own daemon with a database of one signature, written here."""
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("clamd is not installed")
    path, database = tmp_path / "clamd.sock", tmp_path / "database"
    database.mkdir()
    (database / "own.ndb").write_text(f"Own.Test:0:*:{BAD.hex()}\n")
    config = tmp_path / "clamd.conf"
    own = f"DatabaseDirectory {database}\nLocalSocket {path}\n"
    config.write_text(own + "Foreground yes\nUser root\nStreamMaxLength 2M\n")
    daemon = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not path.exists() and daemon.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    yield ClamAv(str(path))
    daemon.terminate()
    daemon.wait(timeout=30)


def test_the_real_daemon_understands_us_and_we_understand_it(real_clam):
    assert "ClamAV" in real_clam.version()
    assert real_clam.scan(samples.PDF).is_clean
    assert real_clam.scan(b"x" * 700_000 + BAD).signature.startswith("Own.Test")
    with pytest.raises(errors.ScanFailed, match="size limit"):
        real_clam.scan(b"x" * 5_000_000)
