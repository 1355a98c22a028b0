"""What commands ask of the store, and change in it: opened, done and closed again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.access.audit import Act, command_entry
from services.bootstrap.database import open_database
from services.cli.console import run
from services.clock import now_utc
from services.settings import load_settings
from services.store import audit_log

Answer = TypeVar("Answer")
Work = Callable[[AsyncConnection], Awaitable[Answer]]


def ask(question: Work[Answer]) -> Answer:
    """Ask the store of the settings something."""

    async def work() -> Answer:
        async with open_database(load_settings()) as database, database.reading() as connection:
            return await question(connection)

    return run(work())


async def record(connection: AsyncConnection, act: Act, person: str = "", detail: str = "") -> None:
    """Record in the audit log what somebody does by a command, in the transaction."""
    await audit_log.append(connection, [command_entry(act, now_utc(), person, detail)])


def read_recorded(question: Work[Answer], detail: str) -> Answer:
    """Ask the store something that names cases, once it is recorded who asks, and for what."""

    async def work(connection: AsyncConnection) -> Answer:
        await record(connection, Act.READ_BY_COMMAND, detail=detail)
        return await question(connection)

    return change(work)


def change(work: Work[Answer]) -> Answer:
    """Change something in the store of the settings, in one transaction."""

    async def whole() -> Answer:
        async with open_database(load_settings()) as database, database.writing() as connection:
            return await work(connection)

    return run(whole())
