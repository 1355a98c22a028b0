"""The state of the web application: one object, which lives as long as the application does."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.publish import OutgoingMessage
from events.stream import Lag
from schemas.policy import Policy
from services.access.audit import AuditLog
from services.access.directory import Directory
from services.access.oidc import OpenIdConnect
from services.access.roles import Role
from services.access.sessions import Sessions
from services.assessment.derivation import Rules
from services.digests.links import Links
from services.digests.send import MailContext
from services.store.database import Database
from services.web.forms.locks import FormLocks
from services.web.kit.limits import Limits
from services.web.kit.rate_limit import RateLimit
from services.web.readiness import Readiness
from services.web.recent_views import RecentViews

SendAll = Callable[[Sequence[OutgoingMessage]], Awaitable[None]]
"""Puts messages on the broker; returns once the broker has stored them."""


_LAG_SECONDS = 2.0


async def _none_examined() -> Mapping[str, bool]:
    """Where nobody examines the parts, as in tests of pages alone."""
    return {}


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A made-up user of the demo, as whom anybody on this machine may sign in.

    `what` is what the sign-in page calls them.
    """

    id: str
    roles: tuple[Role, ...]
    what: str


@dataclass(frozen=True, slots=True)
class AppState:
    """What requests share: the database, the broker, the sessions, and the rules in force.

    `secret` is the pages' own, which no browser is told. `demo_users` are the made-up users of the
    demo; elsewhere there are none. `provider` is the identity provider. Without either nobody can
    sign in.
    """

    database: Database
    rules: Rules
    directory: Directory
    sessions: Sessions
    audit: AuditLog
    recent_views: RecentViews
    mail_context: MailContext
    links: Links
    send_all: SendAll
    lag: Callable[[], Awaitable[Lag | None]]
    clock: Callable[[], datetime]
    base_url: str
    secret: str
    provider: OpenIdConnect | None = None
    demo_users: tuple[DemoUser, ...] = ()
    sign_in_limit: RateLimit = field(default_factory=lambda: RateLimit(600, 600))
    """Sign-ins begun from an address: as many as a whole council behind one on a Monday morning."""
    limits: Limits = field(default_factory=Limits)
    logout_limit: RateLimit = field(default_factory=lambda: RateLimit(300, 300))
    """Logout tokens from an address: the provider's, when a whole council goes home."""
    failure_limit: RateLimit = field(default_factory=lambda: RateLimit(20, 20))
    """Sign-ins that failed, by account and address, and wrong tokens by address: beyond it they are
    answered with less, and who signs in or sends a token that holds is not kept from it."""
    wrong_parts: Callable[[], Awaitable[Mapping[str, bool]]] = _none_examined
    """Of each part of the whole whether anything is wrong with it."""
    readiness: Readiness = field(default_factory=Readiness)
    form_locks: FormLocks = field(default_factory=FormLocks)
    documents_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a document is typeset: it takes a processor for seconds, so one at a time."""
    trial_asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody asks for a comparison of policies."""

    async def send(self, message: OutgoingMessage) -> None:
        """Put one message on the broker; returns once the broker has stored it."""
        await self.send_all([message])

    @property
    def policy(self) -> Policy:
        """The council's policy."""
        return self.rules.policy

    async def lag_in_time(self) -> Lag | None:
        """How far the tracker is behind; None where the broker does not answer in time."""
        try:
            async with asyncio.timeout(_LAG_SECONDS):
                return await self.lag()
        except TimeoutError:
            return None

    @property
    def is_secure(self) -> bool:
        """Whether the pages are served over https, so that cookies can be limited to it."""
        return self.base_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name; over https one that no other host or path can set.

        Source: RFC 6265bis, cookie name prefixes.
        """
        return "__Host-sightline" if self.is_secure else "sightline"
