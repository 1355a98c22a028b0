"""Which errors of a database may pass: told by what they are, in whatever class they come."""

from collections.abc import Iterator

import pytest
from asyncpg import exceptions
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.exc import DBAPIError

from services.store.database import Database
from services.store.passing import may_pass


def as_raised(error: Exception) -> Exception:
    """An error of the driver as SQLAlchemy hands it on."""
    dbapi = Database("postgresql://nobody@nowhere/nothing").engine.dialect.dbapi
    assert dbapi is not None
    try:
        AsyncAdapt_asyncpg_connection._handle_exception_no_connection(dbapi, error)
    except dbapi.Error as translated:
        return DBAPIError.instance("SELECT 1", (), translated, dbapi.Error)
    except Exception as same:  # noqa: BLE001 (handed on as it is)
        return same
    raise AssertionError("it raises in any case")


def passing() -> Iterator[Exception]:
    yield exceptions.InternalClientError(
        "cannot switch to state 11; another operation (2) is in progress"
    )
    yield exceptions.ConnectionDoesNotExistError("connection was closed in the middle of operation")
    yield exceptions.InterfaceError("cannot perform operation: connection is closed")
    yield exceptions.AdminShutdownError("terminating connection due to administrator command")
    yield exceptions.CannotConnectNowError("the database system is starting up")
    yield exceptions.TooManyConnectionsError("sorry, too many clients already")
    yield exceptions.DeadlockDetectedError("deadlock detected")
    yield exceptions.DiskFullError("could not extend file")
    yield exceptions.ReadOnlySQLTransactionError("cannot execute in a read-only transaction")
    yield ConnectionResetError()
    yield TimeoutError()


@pytest.mark.parametrize("error", passing(), ids=lambda error: type(error).__name__)
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    assert may_pass(as_raised(error))
    assert may_pass(error)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.CharacterNotInRepertoireError("invalid byte sequence"),
        exceptions.UndefinedTableError("relation does not exist"),
        exceptions.InvalidPasswordError("password authentication failed"),
        exceptions.DataError("value out of range"),
        ValueError("a fault of ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_will_never_pass_is_not(error: Exception) -> None:
    assert not may_pass(as_raised(error))
