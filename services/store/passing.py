"""Which errors may pass by themselves: the database does not answer, or another transaction won."""

from asyncpg.exceptions import InterfaceError as ClientError
from asyncpg.exceptions import InternalClientError, PostgresError
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    ResourceClosedError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_PASSING = (
    OperationalError,
    InterfaceError,
    IntegrityError,
    PoolTimeoutError,
    PendingRollbackError,
    ResourceClosedError,
    ClientError,
    InternalClientError,
    OSError,
    TimeoutError,
)

_PASSING_STATES = ("08", "25006", "40", "53", "55", "57")
"""SQLSTATEs of such errors, or what they begin with: connection, a database that is only read,
rollback, resources, locks, operator.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""


def may_pass(error: BaseException) -> bool:
    """Whether the same work may succeed later; a value that no column can hold never will."""
    if isinstance(error, _PASSING):
        return True
    if not isinstance(error, DBAPIError | PostgresError):
        return False
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    own = error.orig if isinstance(error, DBAPIError) else error
    # SQLAlchemy has one class for all that its driver raises by itself; the driver's is its cause.
    if isinstance(getattr(own, "__cause__", None), _PASSING):
        return True
    states = (getattr(own, "sqlstate", None), getattr(own, "pgcode", None))
    return any(str(state or "").startswith(_PASSING_STATES) for state in states)
