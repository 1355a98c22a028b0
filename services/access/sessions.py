"""Sessions of signed-in users, kept on the server. Sign-out, idleness and age end them."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe

from services.access.directory import Directory, User
from services.access.oidc import (
    Claimed,
    LoggedOut,
    OpenIdConnect,
    ProviderUnavailableError,
    SignInError,
)
from services.access.roles import Role, read_roles
from services.access.sealing import seal, unseal
from services.store import sessions
from services.store.database import Database
from services.store.sessions import Session

log = logging.getLogger(__name__)

_CACHE_TIME = timedelta(seconds=1)
"""How long a session is cached: one that another process ends ends here within that time."""

_CACHE_SIZE = 1000

MOST_SESSIONS = 5
"""Browsers on which one person may be signed in; one more ends the session used longest ago."""

_SEEN_EVERY = timedelta(minutes=1)
"""How often the use of a session is recorded."""


CHECK_EVERY = timedelta(minutes=15)
"""How often the identity provider is asked whether somebody may still be signed in, and as what."""

UNCHECKED_AT_MOST = timedelta(hours=1)
"""How long a session outlasts a provider that does not answer."""

_CHECK_AGAIN = timedelta(minutes=1)


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
        provider: OpenIdConnect | None = None,
    ) -> None:
        self.provider = provider
        self.database = database
        self.directory = directory
        self.clock = clock
        self.limits = limits
        self._cache: OrderedDict[str, tuple[Session, datetime]] = OrderedDict()

    async def begin(
        self, user_id: str, roles: tuple[Role, ...], claimed: Claimed | None = None
    ) -> str:
        """Begin a session of a staff id; returns the secret for the cookie.

        `claimed` is what the identity provider said, where one was asked: it is asked again.
        """
        secret, now = token_urlsafe(32), self.clock()
        session = Session(
            user_id, [role.value for role in roles], now, now, now + self.limits.whole
        )
        if claimed is not None:
            session = replace(
                session,
                refresh=seal(secret, claimed.refresh) if claimed.refresh else "",
                provider_subject=claimed.provider_subject,
                provider_session=claimed.provider_session,
                checked_at=now,
                check_due_at=now + CHECK_EVERY,
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
        if found.check_due_at is not None and now >= found.check_due_at:
            found = await self._checked(secret, found, found.check_due_at, now)
            if found is None:
                return None
        if now - found.seen_at >= _SEEN_EVERY:
            async with self.database.writing() as connection:
                await sessions.see_session(connection, secret, now)
            self._cache.pop(secret, None)
        roles = read_roles(found.roles)
        return self.directory.user(found.person, roles) if roles else None

    async def _checked(
        self, secret: str, session: Session, due: datetime, now: datetime
    ) -> Session | None:
        """The session as the identity provider has it now; None where it no longer stands."""
        async with self.database.writing() as connection:
            mine = await sessions.take_check(connection, secret, due, now + _CHECK_AGAIN)
        self._cache.pop(secret, None)
        if not mine:
            return session
        refresh = unseal(secret, session.refresh) if session.refresh else None
        if self.provider is None or refresh is None:
            await self.end(secret)
            return None
        try:
            claimed = await self.provider.renew(refresh, session.provider_subject)
        except ProviderUnavailableError as error:
            log.warning("A session could not be checked: %s", error)
            if session.checked_at is not None and now - session.checked_at < UNCHECKED_AT_MOST:
                if error.refresh:
                    async with self.database.writing() as connection:
                        sealed = seal(secret, error.refresh)
                        await sessions.keep_refresh(connection, secret, sealed)
                return session
            await self.end(secret)
            return None
        except SignInError as error:
            log.info("A session no longer stands: %s", error)
            await self.end(secret)
            return None
        roles = [role.value for role in claimed.roles]
        async with self.database.writing() as connection:
            await sessions.confirm_session(
                connection, secret, roles, seal(secret, claimed.refresh or refresh), now,
                now + CHECK_EVERY,
            )  # fmt: skip
        return replace(session, roles=roles)

    async def end_at_provider(self, logged_out: LoggedOut) -> list[str]:
        """End the sessions that somebody ended at the identity provider; returns whose."""
        self._cache.clear()
        async with self.database.writing() as connection:
            return await sessions.end_sessions_at_provider(
                connection, logged_out.subject, logged_out.session
            )

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
