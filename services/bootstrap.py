"""The one place that knows every concrete part, and puts them together."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from faststream.nats import NatsBroker
from filelock import FileLock, Timeout

from events.broker import BROKER_ERRORS, connected_broker, jetstream_of
from events.embedded import EmbeddedBroker
from events.publish import publish, publish_out, to_message
from events.stream import Lag, lag
from events.subscriber import TryLaterError, subscribe
from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.digests.links import Links
from services.digests.mail import Mailbox, SmtpServer, Transport
from services.digests.schedule import scheduler_for
from services.digests.send import Office
from services.settings import Settings, SettingsError, load_policy, load_recipients
from services.store import outbox
from services.store.database import Database
from services.tracking.handler import PASSING, Tracker, may_pass, now_utc
from services.tracking.publish import notice_today
from services.web.app import make_app
from services.web.assembly import assemble
from services.web.directory_refresh import refresh_directory
from services.web.server import ServerError, served
from services.web.state import DemoUser

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
"""Where the demo serves its pages, and nowhere else."""

_GC_THRESHOLD = 100_000

_RELAY_SECONDS = 0.5

_RELAY_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A database and a broker, open, with the rules that hold here."""

    settings: Settings
    rules: Rules
    database: Database
    broker: NatsBroker
    server: EmbeddedBroker | None = None


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[Database]:
    """The database; an embedded one is brought to this version first."""
    if settings.embedded_database:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.effective_database_url)
    try:
        if settings.embedded_database:
            await _upgrade_alone(settings, database)
        yield database
    finally:
        await database.close()


async def _upgrade_alone(settings: Settings, database: Database) -> None:
    """Upgrade an embedded database; of several processes that start at once, one at a time."""
    lock = FileLock(settings.data_dir / "upgrade.lock", thread_local=False)
    await asyncio.to_thread(lock.acquire)
    try:
        await database.upgrade()
    finally:
        lock.release()


@asynccontextmanager
async def opened_broker(
    settings: Settings,
) -> AsyncIterator[tuple[NatsBroker, EmbeddedBroker | None]]:
    """The broker that is set, or the embedded one and its server."""
    async with AsyncExitStack() as stack:
        server = None
        if not settings.nats_url:
            server = await stack.enter_async_context(EmbeddedBroker(settings.broker_dir))
        broker = await stack.enter_async_context(
            connected_broker(
                server.url if server else settings.nats_url,
                max_bytes=settings.nats_max_bytes,
                replicas=settings.nats_replicas,
            )
        )
        yield broker, server


@asynccontextmanager
async def opened(settings: Settings, policy: Policy | None = None) -> AsyncIterator[Place]:
    """Database, broker and rules, all open."""
    rules = Rules.of(policy or load_policy(settings.policy))
    async with opened_database(settings) as database, opened_broker(settings) as (broker, server):
        yield Place(settings, rules, database, broker, server)


def transport_of(settings: Settings) -> Transport:
    """Where mail goes: the mail server that is set, or the local mailbox.

    Raises:
        SettingsError: the mail server's URL is wrong.
    """
    url = settings.smtp_url.get_secret_value()
    if not url:
        return Mailbox(settings.mailbox)
    try:
        return SmtpServer(url)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def office_of(
    settings: Settings,
    database: Database,
    policy: Policy,
    clock: Callable[[], datetime] = now_utc,
) -> Office:
    """All that sending digests needs."""
    return Office(
        database=database,
        policy=policy,
        recipients=load_recipients(settings.recipients),
        transport=transport_of(settings),
        links=Links(settings.base_url, settings.case_url),
        sender=settings.mail_from,
        clock=clock,
    )


def only_tracker(settings: Settings) -> FileLock | None:
    """On SQLite one tracker, and no more; PostgreSQL serves any number.

    Raises:
        SettingsError: another tracker runs.
    """
    if not settings.effective_database_url.startswith("sqlite"):
        return None
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(settings.data_dir / "tracker.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise SettingsError(
            f"Another tracker works on {settings.data_dir}. SQLite takes one tracker; for more, "
            "set SIGHTLINE_DATABASE_URL to a PostgreSQL database."
        ) from None
    return lock


async def lag_of(broker: NatsBroker) -> Lag | None:
    """How far the tracker is behind; None where the broker does not answer."""
    try:
        return await lag(jetstream_of(broker))
    except BROKER_ERRORS:
        return None


def start_tracking(place: Place, clock: Callable[[], datetime] = now_utc) -> None:
    """Register the tracker on the broker; it runs once the broker is started."""
    _look_for_cycles_seldom()
    tracker = Tracker(place.database, place.rules, clock)

    async def handle(messages: Sequence[Message]) -> set[int]:
        try:
            return (await tracker.track(messages)).refused
        except Exception as error:
            if may_pass(error):
                raise TryLaterError(type(error).__name__) from error
            raise

    subscribe(place.broker, handle, tracker.set_aside)


def _look_for_cycles_seldom() -> None:
    """A batch, and a page, make many objects that all go at its end.

    Looking for cycles among them at Python's usual rate took a third of the time.
    """
    gc.set_threshold(_GC_THRESHOLD, 20, 50)


async def relay(place: Place, clock: Callable[[], datetime] = now_utc) -> int:
    """Send what waits in the outbox; at least once, with an id that says it is the same."""
    async with place.database.reading() as connection:
        waiting = await outbox.waiting(connection, _RELAY_AT_A_TIME)
    sent: list[int] = []
    try:
        for item in waiting:
            await publish_out(place.broker, item.subject, item.content, item.message_id)
            sent.append(item.number)
    finally:
        if sent:
            async with place.database.writing() as connection:
                await outbox.mark_sent(connection, sent, clock())
    return len(sent)


async def relay_for_ever(place: Place) -> None:
    """Keep sending what waits in the outbox; what fails is tried again."""
    while True:
        try:
            sent = await relay(place)
        except (*PASSING, *BROKER_ERRORS) as error:
            log.warning("The outbox could not be emptied: %s", type(error).__name__)
            sent = 0
        if sent < _RELAY_AT_A_TIME:
            await asyncio.sleep(_RELAY_SECONDS)


@asynccontextmanager
async def serving_pages(
    place: Place,
    office: Office | None = None,
    clock: Callable[[], datetime] = now_utc,
    demo_users: Sequence[DemoUser] = (),
) -> AsyncIterator[int]:
    """Serve the pages beside whatever else this process does; yields the port.

    Raises:
        SettingsError: nothing can be served where the settings say.
    """
    settings = place.settings
    _look_for_cycles_seldom()

    async def send_all(raw: Sequence[bytes]) -> None:
        async for _ in publish(place.broker, map(to_message, raw)):
            pass

    if not settings.oidc_issuer and not demo_users:
        log.warning("SIGHTLINE_OIDC_ISSUER is not set: nobody can sign in to the pages")
    state = assemble(
        settings,
        place.rules,
        office or office_of(settings, place.database, place.rules.policy),
        send_all,
        lambda: lag_of(place.broker),
        clock,
        demo_users,
    )
    host = LOOPBACK if demo_users else settings.pages_host
    renewing = asyncio.create_task(refresh_directory(state))
    try:
        async with served(
            make_app(state), host, settings.pages_port, proxies=settings.trusted_proxies
        ) as port:
            yield port
    except ServerError as error:
        raise SettingsError(str(error)) from error
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


@asynccontextmanager
async def scheduling(place: Place, office: Office | None = None) -> AsyncIterator[None]:
    """Digests and midnights; a job that runs at the end is waited for: no mail goes twice."""
    office = office or office_of(place.settings, place.database, place.rules.policy)
    if not office.recipients.recipient:
        log.warning("SIGHTLINE_RECIPIENTS names nobody: no digest will be sent")
    busy = asyncio.Lock()

    async def notice() -> None:
        async with busy, place.database.writing() as connection:
            await notice_today(connection, office.clock())

    scheduler = scheduler_for(office, lambda: lag_of(place.broker), busy, notice)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        async with busy:
            scheduler.shutdown(wait=False)
