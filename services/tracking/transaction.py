"""One transaction of a tracker, tried again where another won or the database did not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.database import Database
from services.store.passing import may_pass

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES = 4
_FIRST_PAUSE = 0.05
"""Seconds before a transaction that lost a race is tried again; doubled each time."""


async def in_one_transaction(
    database: Database, work: Callable[[AsyncConnection], Awaitable[T]]
) -> T:
    """Do some work and commit it; where it lost a race it is done again from the start.

    Raises:
        Exception: whatever the work raises that will not pass, or that has not passed after a few
        tries; nothing was written.
    """
    pause = _FIRST_PAUSE
    for left in reversed(range(_TRIES)):
        try:
            async with database.writing() as connection:
                return await work(connection)
        except Exception as error:
            if not left or not may_pass(error):
                raise
            log.info("A transaction is tried again: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause *= 2
    raise AssertionError("the last try returns or raises")
