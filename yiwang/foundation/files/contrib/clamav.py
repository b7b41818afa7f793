"""ClamAV's daemon, asked over its socket with INSTREAM: length and bytes of each piece, then a length of zero."""

import socket
from dataclasses import dataclass

from yiwang.foundation.files.errors import ScanFailed

PIECE_BYTES = 64 * 1024
TIMEOUT_S = 60.0
LONGEST_ANSWER = 4096


@dataclass(frozen=True)
class Verdict:
    """What the scanner says: the name of what it found, empty for nothing."""

    signature: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.signature


class ClamAv:
    """A daemon at a socket of this machine (``/path``) or at ``host:port``."""

    def __init__(self, place: str) -> None:
        self._place = place

    def scan(self, content: bytes) -> Verdict:
        """Whether the content holds something harmful. Raises ScanFailed when the daemon does not say."""
        try:
            with self._connect() as connection:
                answer = _ask(connection, content)
        except OSError as error:
            raise ScanFailed(f"{self._place}: {error}") from None
        return _understand(answer)

    def version(self) -> str:
        """Program and age of its signatures, as the daemon words it. Raises ScanFailed."""
        try:
            with self._connect() as connection:
                connection.sendall(b"zVERSION\0")
                return _read(connection)
        except OSError as error:
            raise ScanFailed(f"{self._place}: {error}") from None

    def _connect(self) -> socket.socket:
        if self._place.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(TIMEOUT_S)
            connection.connect(self._place)
            return connection
        host, _, port = self._place.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_S)


def _ask(connection: socket.socket, content: bytes) -> str:
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE_BYTES):
            piece = content[start : start + PIECE_BYTES]
            connection.sendall(len(piece).to_bytes(4, "big") + piece)
        connection.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it stops listening when a file is longer than it takes, and says so
    return _read(connection)


def _read(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _understand(answer: str) -> Verdict:
    said = answer.partition(": ")[2]
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND"))
    raise ScanFailed(answer or "no answer")
