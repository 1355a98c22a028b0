"""Unit tests need no broker, no database, no other process: a network connection is a failure."""

import socket
from typing import NoReturn

import pytest


class NetworkInUnitTestError(AssertionError):
    """A unit test reached for the network; it belongs in tests/system."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets exist, since event loops are woken through one, and lead nowhere."""

    def refuse(_: socket.socket, address: object) -> NoReturn:
        raise NetworkInUnitTestError(f"a unit test reached for {address}")

    for method in ("bind", "connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, method, refuse)
