"""Tests reach this machine and nothing else."""

import socket

import pytest

from tests.offline import NetworkRefused


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.invalid", 443)])
def test_another_host_is_refused(address):
    with socket.socket() as stream, pytest.raises(NetworkRefused):
        stream.connect(address)


def test_a_datagram_to_another_host_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, pytest.raises(NetworkRefused):
        datagram.sendto(b"x", ("192.0.2.1", 53))


def test_this_machine_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]):
        pass
