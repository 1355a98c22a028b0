"""A PostgreSQL of several servers, of which one at a time can be written: the first that can.

Named as libpq does: `postgresql://user:password@first:5432,second:5432/sightline`.
Source: PostgreSQL documentation, libpq, Specifying Multiple Hosts; target_session_attrs.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url

from services.store.postgres_tls import without_tls

_PORT = "5432"
_PATIENCE = 60.0
"""Seconds for all of them, where it is not said: the driver's own."""
_DIALECT = "postgresql"
_NOT_THIS_ONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
)
"""What a server says, or not, that cannot be reached, is starting or stopping, or only reads."""


def with_hosts_apart(url: str) -> str:
    """The URL with several hosts in its query, where SQLAlchemy reads them."""
    scheme, _, rest = url.partition("://")
    if not scheme.startswith(_DIALECT):
        return url
    authority, slash, path = rest.partition("/")
    user, at, hosts = authority.rpartition("@")
    if "," not in hosts:
        return url
    named = [host if ":" in host else f"{host}:{_PORT}" for host in hosts.split(",")]
    query = "&".join(f"host={host}" for host in named)
    return f"{scheme}://{user}{at}{slash}{path}{'&' if '?' in path else '?'}{query}"


def for_driver(url: str) -> tuple[URL, dict[str, Any]]:
    """The URL that SQLAlchemy is given, and what the driver is given besides.

    Raises:
        ArgumentError: the URL cannot be read, or names certificates that cannot.
    """
    alone, arguments = without_tls(make_url(url))
    hosts = alone.query.get("host", ())
    if not isinstance(hosts, str) and len(hosts) > 1:
        arguments = arguments | {"async_creator_fn": WritableHost().connect}
    return alone, arguments


class WritableHost:
    """Connects to the one of several hosts that can be written, the last that could first.

    The driver's own way gives all hosts one time limit, so that a server that accepts and says no
    more would hide those behind it.
    """

    def __init__(self) -> None:
        self._last = 0

    async def connect(
        self,
        *,
        host: Sequence[str],
        port: Sequence[int],
        timeout: float = _PATIENCE,  # noqa: ASYNC109 (the driver's word)
        **more: Any,
    ) -> asyncpg.Connection:
        """A connection to the first that answers in its share of the time and can be written.

        Raises:
            OSError: the last that was tried cannot be reached.
            asyncpg.PostgresError: one of them lets us not in, or is no database of that name.
            asyncpg.InternalClientError: none can be written.
        """
        more.setdefault("target_session_attrs", "read-write")
        order = sorted(range(len(host)), key=lambda number: number != self._last)
        for number in order:
            try:
                connection = await asyncpg.connect(
                    host=host[number], port=int(port[number]), timeout=timeout / len(host), **more
                )
            except _NOT_THIS_ONE:
                if number == order[-1]:
                    raise
            else:
                self._last = number
                break
        return connection
