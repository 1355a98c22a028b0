"""What the pages work with, put together once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.stream import Lag
from schemas.policy import Policy
from services.access.audit import AuditLog
from services.access.directory import Directory
from services.access.oidc import OpenIdConnect
from services.access.roles import Role
from services.access.sessions import Sessions
from services.digests.links import Links
from services.digests.send import Office
from services.oversight.board import Watch
from services.store.database import Database
from services.tracking.derive import Rules
from services.web.kit.rate_limit import Rate
from services.web.readiness import Progress

SendAll = Callable[[Sequence[bytes]], Awaitable[None]]
"""Puts events, in structured mode, on the broker; returns once the broker has stored them."""


_BROKER_SECONDS = 2.0
_FORMS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """Somebody of the demo, whom anybody on this machine may be."""

    id: str
    roles: tuple[Role, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The database, the broker, who is signed in, and the rules that hold here.

    `made_up` are the people of the demo; elsewhere there are none. `provider` is the identity
    provider; without either nobody can sign in.
    """

    database: Database
    rules: Rules
    directory: Directory
    sessions: Sessions
    audit: AuditLog
    watch: Watch
    office: Office
    links: Links
    send_all: SendAll
    lag: Callable[[], Awaitable[Lag | None]]
    clock: Callable[[], datetime]
    base_url: str
    provider: OpenIdConnect | None = None
    made_up: tuple[MadeUpPerson, ...] = ()
    rate: Rate = field(default_factory=Rate)
    progress: Progress = field(default_factory=Progress)
    forms: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_FORMS_AT_ONCE))

    async def send(self, raw: bytes) -> None:
        """Put one event on the broker; returns once the broker has stored it."""
        await self.send_all([raw])

    @property
    def policy(self) -> Policy:
        """The council's policy."""
        return self.rules.policy

    async def lag_soon(self) -> Lag | None:
        """How far the tracker is behind; None where the broker does not say so soon."""
        try:
            async with asyncio.timeout(_BROKER_SECONDS):
                return await self.lag()
        except TimeoutError:
            return None

    @property
    def is_secure(self) -> bool:
        """Whether people reach the pages over https, so that cookies can be held to it."""
        return self.base_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name; over https one that no other host or path can set."""
        return "__Host-sightline" if self.is_secure else "sightline"
