"""No test talks to another host: a socket to anything but this machine is refused while tests run."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkRefused(RuntimeError):
    """A test tried to reach another host."""


def is_this_machine(family: int, address: Any) -> bool:
    """Whether the address is loopback or a Unix socket. Of names only localhost: asking for another is a request."""
    if family == socket.AF_UNIX:
        return True
    host = address[0] if isinstance(address, tuple) else address
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def offline() -> Iterator[None]:
    """Lets sockets connect and send only within this machine. (libpq and the browser are outside Python's reach.)"""
    with pytest.MonkeyPatch.context() as patch:
        for verb in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, verb, _only_here(getattr(socket.socket, verb)))
        yield


def _only_here(original: Any) -> Any:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        if not is_this_machine(self.family, address):
            raise NetworkRefused(f"A test tried to reach {address}; fake the outside world instead.")
        return original(self, *arguments)

    return guarded
