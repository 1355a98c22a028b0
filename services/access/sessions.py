"""Sessions of signed-in users, kept on the server. Sign-out, idleness and age end them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from services.access.directory import Directory, User
from services.access.roles import Role, read_roles
from services.store import sessions
from services.store.database import Database
from services.store.sessions import Session

_CACHE_TIME = timedelta(seconds=1)
"""How long a session is cached: one that another process ends ends here within that time."""

_CACHE_SIZE = 1000

MOST_SESSIONS = 5
"""Browsers on which one person may be signed in; one more ends the session used longest ago."""

_SEEN_EVERY = timedelta(minutes=1)
"""How often the use of a session is recorded."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may be idle, and how long it may last in all."""

    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=12)


class Sessions:
    """The sessions of one store; their users are looked up in the directory at each request."""

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
        self._cache: OrderedDict[str, tuple[Session, datetime]] = OrderedDict()

    async def begin(self, user_id: str, roles: tuple[Role, ...]) -> str:
        """Begin a session of a staff id; returns the secret for the cookie."""
        secret, now = token_urlsafe(32), self.clock()
        session = Session(
            user_id, [role.value for role in roles], now, now, now + self.limits.whole
        )
        async with self.database.writing() as connection:
            await sessions.sweep(connection, now - self.limits.idle, now)
            await sessions.open_session(connection, secret, session)
            await sessions.end_oldest(connection, user_id, secret, MOST_SESSIONS - 1)
        return secret

    async def user(self, secret: str) -> User | None:
        """The user of the session with a secret; None where it does not exist or has ended."""
        now = self.clock()
        found = await self._found(secret, now)
        if found is None or now >= found.ends_at or now - found.seen_at >= self.limits.idle:
            return None
        if now - found.seen_at >= _SEEN_EVERY:
            async with self.database.writing() as connection:
                await sessions.see_session(connection, secret, now)
            self._cache.pop(secret, None)
        roles = read_roles(found.roles)
        return self.directory.user(found.person, roles) if roles else None

    async def end(self, secret: str) -> None:
        """End a session."""
        self._cache.pop(secret, None)
        async with self.database.writing() as connection:
            await sessions.end_session(connection, secret)

    async def end_everywhere(self, user_id: str) -> int:
        """End every session of somebody; returns how many there were."""
        self._cache.clear()
        async with self.database.writing() as connection:
            return await sessions.end_sessions_of(connection, user_id)

    async def _found(self, secret: str, now: datetime) -> Session | None:
        """The session from the cache where it is fresh, else from the store."""
        cached = self._cache.get(secret)
        if cached is not None and timedelta() <= now - cached[1] < _CACHE_TIME:
            return cached[0]
        async with self.database.glancing() as connection:
            found = await sessions.session_of(connection, secret)
        if found is None:
            self._cache.pop(secret, None)
            return None
        self._cache[secret] = (found, now)
        if len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return found
