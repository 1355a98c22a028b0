"""Sessions: on the server, ended by sign-out, by idleness and by the working day's length."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from services.access.directory import Directory, Person
from services.access.roles import Role, read_roles
from services.store import sessions
from services.store.database import Database
from services.store.sessions import Session

_READ_EVERY = timedelta(seconds=1)
"""For how long a session stands as it was read: one that ends elsewhere ends here within that."""

_MOST_READ = 1000

_SEEN_EVERY = timedelta(minutes=1)
"""How often it is written down that a session is in use."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may be idle, and how long it may last."""

    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=12)


class Sessions:
    """The sessions of one store, each as the directory is now."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self.database = database
        self.directory = directory
        self.clock = clock
        self.limits = limits
        self._read: OrderedDict[str, tuple[Session, datetime]] = OrderedDict()

    async def begin(self, person: str, roles: tuple[Role, ...]) -> str:
        """Begin a session; returns the secret that the cookie carries."""
        secret, now = token_urlsafe(32), self.clock()
        session = Session(person, [role.value for role in roles], now, now, now + self.limits.whole)
        async with self.database.writing() as connection:
            await sessions.sweep(connection, now - self.limits.idle, now)
            await sessions.open_session(connection, secret, session)
        return secret

    async def person(self, secret: str) -> Person | None:
        """Who a cookie speaks for; None where there is no such session, or no longer."""
        now = self.clock()
        found = await self._found(secret, now)
        if found is None or now >= found.ends_at or now - found.seen_at >= self.limits.idle:
            return None
        if now - found.seen_at >= _SEEN_EVERY:
            async with self.database.writing() as connection:
                await sessions.see_session(connection, secret, now)
            self._read.pop(secret, None)
        roles = read_roles(found.roles)
        return self.directory.person(found.person, roles) if roles else None

    async def end(self, secret: str) -> None:
        """End a session."""
        self._read.pop(secret, None)
        async with self.database.writing() as connection:
            await sessions.end_session(connection, secret)

    async def _found(self, secret: str, now: datetime) -> Session | None:
        """The session as it was read within the last second, else as it is in the store."""
        read = self._read.get(secret)
        if read is not None and timedelta() <= now - read[1] < _READ_EVERY:
            return read[0]
        async with self.database.glancing() as connection:
            found = await sessions.session_of(connection, secret)
        if found is None:
            self._read.pop(secret, None)
            return None
        self._read[secret] = (found, now)
        if len(self._read) > _MOST_READ:
            self._read.popitem(last=False)
        return found
