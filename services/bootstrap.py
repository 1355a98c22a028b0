"""Builds each role of the program out of database, broker, mail and pages, from the settings."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
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
from services.digests.send import MailContext
from services.settings import Settings, SettingsError, load_policy, load_recipients
from services.store import outbox, underived
from services.store.database import Database
from services.tracking.deriving import Deriving
from services.tracking.handler import BEHIND, Tracker, now_utc
from services.tracking.publish import notice_today
from services.tracking.transaction import may_pass
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
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database; an embedded one is migrated to this version first."""
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
async def open_broker(
    settings: Settings,
) -> AsyncIterator[tuple[NatsBroker, EmbeddedBroker | None]]:
    """Connect to the broker that is set; where none is, start the embedded one."""
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
async def open_runtime(settings: Settings, policy: Policy | None = None) -> AsyncIterator[Runtime]:
    """Open the database and the broker, and read the rules; both are closed at the end.

    Args:
        settings: where they are.
        policy: the council's policy; read from the settings where None.
    """
    rules = Rules.of(policy or load_policy(settings.policy))
    async with open_database(settings) as database, open_broker(settings) as (broker, server):
        yield Runtime(settings, rules, database, broker, server)


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


def mail_context_of(
    settings: Settings,
    database: Database,
    policy: Policy,
    clock: Callable[[], datetime] = now_utc,
) -> MailContext:
    """What making and sending mail needs, from the settings."""
    return MailContext(
        database=database,
        policy=policy,
        recipients=load_recipients(settings.recipients),
        transport=transport_of(settings),
        links=Links(settings.base_url, settings.case_url),
        sender=settings.mail_from,
        clock=clock,
    )


def only_tracker(settings: Settings) -> FileLock | None:
    """Lock the data directory for this tracker: SQLite takes one, PostgreSQL any number.

    Returns the lock to release at the end; None on PostgreSQL.

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


async def lag_of(broker: NatsBroker, database: Database) -> Lag | None:
    """How far the tracker is behind; None where the broker does not answer.

    Events that are stored and from which nothing is derived yet count as waiting, one for each
    young person.
    """
    try:
        on_broker = await lag(jetstream_of(broker))
    except BROKER_ERRORS:
        return None
    async with database.reading() as connection:
        marked = await underived.count(connection)
    return replace(on_broker, waiting=on_broker.waiting + marked)


def start_tracking(runtime: Runtime, clock: Callable[[], datetime] = now_utc) -> asyncio.Task[None]:
    """Register the tracker on the broker; it runs once the broker is started.

    Returns the task, begun at once, that derives whoever was only stored while it was behind; it
    runs until it is cancelled.
    """
    _collect_garbage_seldom()
    tracker = Tracker(runtime.database, runtime.rules, clock)
    deriving = Deriving(runtime.database, runtime.rules, clock)

    async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
        deriving.behind = waiting + len(messages) > BEHIND
        try:
            refused = (await tracker.track(messages, waiting)).refused
        except Exception as error:
            if may_pass(error):
                raise TryLaterError(type(error).__name__) from error
            raise
        deriving.behind = waiting > BEHIND
        return refused

    subscribe(runtime.broker, handle, tracker.set_aside)
    return asyncio.create_task(deriving.run())


def _collect_garbage_seldom() -> None:
    """Collect garbage less often: a batch or a page frees its many objects at its end anyway.

    At Python's usual thresholds the collector took a third of the time.
    """
    gc.set_threshold(_GC_THRESHOLD, 20, 50)


async def relay(runtime: Runtime, clock: Callable[[], datetime] = now_utc) -> int:
    """Publish what waits in the outbox, at least once each; the message id shows a repetition.

    Returns how many were published.
    """
    async with runtime.database.reading() as connection:
        waiting = await outbox.waiting(connection, _RELAY_AT_A_TIME)
    sent: list[int] = []
    try:
        for item in waiting:
            await publish_out(runtime.broker, item.subject, item.content, item.message_id)
            sent.append(item.number)
    finally:
        if sent:
            async with runtime.database.writing() as connection:
                await outbox.mark_sent(connection, sent, clock())
    return len(sent)


async def relay_for_ever(runtime: Runtime) -> None:
    """Publish what waits in the outbox until cancelled; what fails is tried again."""
    while True:
        try:
            sent = await relay(runtime)
        except Exception as error:
            if not (isinstance(error, BROKER_ERRORS) or may_pass(error)):
                raise
            log.warning("The outbox could not be emptied: %s", type(error).__name__)
            sent = 0
        if sent < _RELAY_AT_A_TIME:
            await asyncio.sleep(_RELAY_SECONDS)


@asynccontextmanager
async def serving_pages(
    runtime: Runtime,
    mail_context: MailContext | None = None,
    clock: Callable[[], datetime] = now_utc,
    demo_users: Sequence[DemoUser] = (),
) -> AsyncIterator[int]:
    """Serve the pages beside whatever else this process does; yields the port.

    Raises:
        SettingsError: nothing can be served where the settings say.
    """
    settings = runtime.settings
    _collect_garbage_seldom()

    async def send_all(raw: Sequence[bytes]) -> None:
        async for _ in publish(runtime.broker, map(to_message, raw)):
            pass

    if not settings.oidc_issuer and not demo_users:
        log.warning("SIGHTLINE_OIDC_ISSUER is not set: nobody can sign in to the pages")
    state = assemble(
        settings,
        runtime.rules,
        mail_context or mail_context_of(settings, runtime.database, runtime.rules.policy),
        send_all,
        lambda: lag_of(runtime.broker, runtime.database),
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
async def scheduling(
    runtime: Runtime, mail_context: MailContext | None = None
) -> AsyncIterator[None]:
    """Run the scheduled jobs: digests, notices and the changes of colour at midnight.

    At the end a job that runs is waited for, so that no mail is sent twice.
    """
    mail_context = mail_context or mail_context_of(
        runtime.settings, runtime.database, runtime.rules.policy
    )
    if not mail_context.recipients.recipient:
        log.warning("SIGHTLINE_RECIPIENTS names nobody: no digest will be sent")
    busy = asyncio.Lock()

    async def notice() -> None:
        async with busy, runtime.database.writing() as connection:
            await notice_today(connection, mail_context.clock())

    scheduler = scheduler_for(
        mail_context, lambda: lag_of(runtime.broker, runtime.database), busy, notice
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        async with busy:
            scheduler.shutdown(wait=False)
