"""What a running process works on: database, broker and rules, opened and closed together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from faststream.nats import NatsBroker

from events.broker import connected_broker
from events.embedded import EmbeddedBroker
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.bootstrap.database import open_database
from services.settings import Settings, load_policy
from services.store.database import Database


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a running process works on: an open database and broker, and the rules in force.

    `server` is the embedded broker, where this process started one.
    """

    settings: Settings
    rules: Rules
    database: Database
    broker: NatsBroker
    server: EmbeddedBroker | None = None


@asynccontextmanager
async def open_broker(
    settings: Settings,
) -> AsyncIterator[tuple[NatsBroker, EmbeddedBroker | None]]:
    """Connect to the broker that is set; where none is, start the embedded one."""
    async with AsyncExitStack() as stack:
        server = None
        if not settings.nats_url:
            settings.make_data_dir()
            server = await stack.enter_async_context(EmbeddedBroker(settings.broker_dir))
        broker = await stack.enter_async_context(
            connected_broker(
                server.url if server else settings.nats_url,
                max_bytes=settings.nats_max_bytes,
                replicas=settings.nats_replicas,
                tls=None if server else settings.nats_tls(),
            )
        )
        yield broker, server


@asynccontextmanager
async def open_runtime(settings: Settings, policy: Policy | None = None) -> AsyncIterator[Runtime]:
    """Open the database and the broker, and read the rules; both are closed at the end.

    Args:
        settings: where they are.
        policy: the council's policy; read from the settings where None.
    """
    rules = Rules.of(policy or load_policy(settings.policy))
    async with open_database(settings) as database, open_broker(settings) as (broker, server):
        yield Runtime(settings, rules, database, broker, server)
