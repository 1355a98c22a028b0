"""The demo: three years of a made-up council through the broker, and five Mondays' digests.

The clock is set by the demo: each week's events are tracked before that week's digest is made, as
if the weeks had passed.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from events.channel import BY_COMMAND
from events.publish import OutgoingMessage, publish, to_message
from schemas.days import LONDON
from schemas.policy import Policy
from schemas.status import Concern
from services.bootstrap.lag import lag_of
from services.bootstrap.pages import LOOPBACK, serving_pages
from services.bootstrap.relay import relay, relay_for_ever
from services.bootstrap.runtime import Runtime, open_runtime
from services.bootstrap.schedule import scheduling
from services.bootstrap.tracking import start_tracking
from services.clock import now_utc
from services.demo.council import broken_messages, make_council
from services.demo.staff import MADE_UP, demo_recipients
from services.digests.links import Links
from services.digests.mail import Mailbox
from services.digests.mailbox_index import write_index
from services.digests.send import MailContext, make_week, send_due
from services.digests.week import latest_due, week_of
from services.oversight.cases import view_of
from services.settings import Settings, SettingsError
from services.store import case_counts, case_measures, derived, event_log, feeds, refused_events
from services.store.scope import EVERYTHING
from services.tracking.publish import notice_today
from services.web.server import free_port

WEEKS = 5
_POLL_SECONDS = 0.5
_USUAL_PORT = 8000
_MARKER = "made-by-the-demo"


@dataclass(slots=True)
class DemoSummary:
    """What the demo did, for the lines that it prints at the end."""

    people: int = 0
    events: int = 0
    refused: int = 0
    digests: int = 0
    red: dict[str, int] = field(default_factory=dict)
    quiet: list[str] = field(default_factory=list)
    week: str = ""
    mailbox: Path = Path()
    index: Path = Path()


class Clock:
    """A clock that gives `now` while that is set, and the real time once it is None."""

    def __init__(self, now: datetime) -> None:
        self.now: datetime | None = now

    def __call__(self) -> datetime:
        """The time (UTC)."""
        return self.now or now_utc()


Ready = Callable[[DemoSummary, str], Awaitable[None]]
"""Called with the summary and the address of the pages; they are served until it returns."""

Progress = Callable[[str, int, int], None]
"""Called with the name of the work, how much is done, and how much there is."""


async def run_demo(
    folder: Path, now: datetime, show: Progress, *, serve: Ready | None = None, one_in: int = 1
) -> DemoSummary:
    """Make the council; week by week, publish its events, track them and send Monday's mail.

    With `one_in` above 1 it has only one young person in so many, evenly over all kinds. With
    `serve`, the pages are served after that: it is called with the summary and their address, and
    they are served until it returns.
    """
    lock = _emptied(folder)
    port = free_port(LOOPBACK, _USUAL_PORT)
    settings = Settings(
        data_dir=folder, nats_url="", database_url="", policy=None, recipients=None, oidc_issuer="",
        base_url=f"http://localhost:{port}", pages_port=port,
    )  # fmt: skip
    today = now.astimezone(LONDON).date()
    policy = Policy(council="Made-up County Council", baseline=today - timedelta(days=280))
    council = _one_in(one_in, make_council(today))
    last = latest_due(now, policy.digest)
    mondays = [last.day - timedelta(days=7 * back) for back in reversed(range(WEEKS))]
    clock = Clock(now)
    done = 0
    async with open_runtime(settings, policy) as runtime:
        mail_context = MailContext(
            runtime.database, policy, demo_recipients(), Mailbox(settings.mailbox),
            Links(settings.base_url), "sightline@council.example", clock,
        )  # fmt: skip
        deriving = start_tracking(runtime, clock)
        await runtime.broker.start()
        before = datetime.min.replace(tzinfo=UTC)
        for monday in mondays:
            week = week_of(monday, policy.digest)
            clock.now = week.due_at - timedelta(hours=1)
            some = _between(council, before, clock.now)
            done = await _publish(
                runtime, (_message(event) for event in some), done, len(council), show
            )
            await _tracked(runtime, show, len(some))
            clock.now = week.due_at
            await make_week(mail_context, week)
            await send_due(mail_context)
            before = week.due_at - timedelta(hours=1)
        clock.now = now
        rest = [_message(event) for event in _between(council, before, now)]
        rest += [to_message(raw, BY_COMMAND) for raw in broken_messages(today)]
        await _publish(runtime, rest, done, len(council), show)
        await _tracked(runtime, show, len(rest))
        async with runtime.database.writing() as connection:
            await notice_today(connection, now)
        while await relay(runtime, clock):
            pass
        summary = await _summarise(runtime, settings, policy, now)
        clock.now = None
        if serve is not None:
            await _serve(runtime, mail_context, summary, serve)
        deriving.cancel()
        await asyncio.gather(deriving, return_exceptions=True)
    lock.release()
    return summary


def _one_in(many: int, council: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of one young person in so many."""
    some = set(sorted({event["subject"] for event in council})[::many])
    return [event for event in council if event["subject"] in some]


async def _serve(
    runtime: Runtime, mail_context: MailContext, summary: DemoSummary, serve: Ready
) -> None:
    """Serve the pages and go on tracking, so that what is entered on a page becomes a status."""
    relaying = asyncio.create_task(relay_for_ever(runtime))
    try:
        async with (
            scheduling(runtime, mail_context),
            serving_pages(runtime, mail_context, mail_context.clock, MADE_UP),
        ):
            await serve(summary, runtime.settings.base_url)
    finally:
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)


def _emptied(folder: Path) -> FileLock:
    """Empty the demo's folder and lock it; a folder that no demo made is left alone.

    Raises:
        SettingsError: the folder holds something else, or a demo runs there.
    """
    lock = FileLock(folder / _MARKER)
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise SettingsError(
                f"{folder} is there and was not made by the demo; choose another --folder."
            )
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise SettingsError(
                f"A demo is running on {folder}: stop it, or choose another --folder."
            ) from None
        lock.release()
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _MARKER).touch()
    lock.acquire(blocking=False)
    return lock


def _between(
    council: Sequence[dict[str, Any]], after: datetime, through: datetime
) -> list[dict[str, Any]]:
    return [event for event in council if after < datetime.fromisoformat(event["time"]) <= through]


def _message(event: dict[str, Any]) -> OutgoingMessage:
    return to_message(orjson.dumps(event), BY_COMMAND)


async def _publish(
    runtime: Runtime, messages: Iterable[OutgoingMessage], done: int, total: int, show: Progress
) -> int:
    stored = 0
    async for stored in publish(runtime.broker, messages):
        show("Publishing events", min(done + stored, total), total)
    return done + stored


async def _tracked(runtime: Runtime, show: Progress, total: int) -> None:
    """Wait until everything on the broker is in the store."""
    while True:
        lag = await lag_of(runtime.broker, runtime.database)
        if lag is not None:
            show("Tracking them", max(total - lag.total, 0), total)
            if not lag.total:
                return
        await asyncio.sleep(_POLL_SECONDS)


async def _summarise(
    runtime: Runtime, settings: Settings, policy: Policy, now: datetime
) -> DemoSummary:
    today = now.astimezone(LONDON).date()
    async with runtime.database.reading() as connection:
        view = view_of(EVERYTHING, today)
        counts = await case_counts.counts(connection, view)
        summary = DemoSummary(
            people=len(await derived.known_people(connection)),
            events=await event_log.count(connection),
            refused=await refused_events.count_open(connection, view),
            red={
                concern.heading: counts.get((concern, case_measures.RED), 0)
                for concern in Concern
                if counts.get((concern, case_measures.RED))
            },
            quiet=[
                feed.source
                for feed in await feeds.all_feeds(connection)
                if feed.last_heard < now - timedelta(days=policy.digest.quiet_days)
            ],
            week=latest_due(now, policy.digest).name,
            mailbox=settings.mailbox,
        )
        summary.index, summary.digests = await write_index(connection, settings.mailbox)
    return summary
