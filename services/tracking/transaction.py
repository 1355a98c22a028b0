"""One transaction of a tracker, tried again where another won or the database did not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.database import Database

log = logging.getLogger(__name__)

T = TypeVar("T")

PASSING = (
    OperationalError,
    InterfaceError,
    IntegrityError,
    PoolTimeoutError,
    OSError,
    TimeoutError,
)
"""Errors that may not recur: the database does not answer, or another transaction won."""

_PASSING_STATES = ("08", "40", "53", "55", "57")
"""SQLSTATE classes of such errors: connection, rollback, resources, locks, operator."""

_TRIES = 4
_FIRST_PAUSE = 0.05
"""Seconds before a transaction that lost a race is tried again; doubled each time."""


def may_pass(error: BaseException) -> bool:
    """Whether the same work may succeed later; a value that no column can hold never will."""
    if isinstance(error, PASSING):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DBAPIError) and state.startswith(_PASSING_STATES)


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
