"""What commands ask of the store, and change in it: opened, done and closed again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.bootstrap.database import open_database
from services.cli.console import run
from services.settings import load_settings

Answer = TypeVar("Answer")
Work = Callable[[AsyncConnection], Awaitable[Answer]]


def ask(question: Work[Answer]) -> Answer:
    """Ask the store of the settings something."""

    async def work() -> Answer:
        async with open_database(load_settings()) as database, database.reading() as connection:
            return await question(connection)

    return run(work())


def change(work: Work[Answer]) -> Answer:
    """Change something in the store of the settings, in one transaction."""

    async def whole() -> Answer:
        async with open_database(load_settings()) as database, database.writing() as connection:
            return await work(connection)

    return run(whole())
