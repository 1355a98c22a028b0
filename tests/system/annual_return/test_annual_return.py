"""An annual return made by others, as events: published, tracked, asked about and previewed."""

import asyncio
import gzip
import json
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from faststream.nats import NatsBroker

from events.channel import BY_COMMAND
from events.publish import publish, to_message
from events.wire import Message, read_message
from schemas.envelope import Event
from schemas.policy import Policy
from schemas.recipients import Recipients
from schemas.status import Concern
from services.assessment.derivation import Rules
from services.bootstrap.runtime import Runtime
from services.bootstrap.tracking import start_tracking
from services.digests.links import Links
from services.digests.render import render_html, render_text
from services.digests.send import MailContext, preview
from services.digests.week import week_of
from services.oversight.cases import view_of
from services.settings import Settings
from services.store import event_log, refused_events, timelines
from services.store.database import Database
from services.store.scope import EVERYTHING
from tests.store.digests.council import DIRECTOR, Outbox
from tests.unit.independent.reading import read_all
from tests.waiting import drained

DAY = date(2018, 3, 31)
NOW = datetime(2018, 3, 31, 9, tzinfo=UTC)
PART = Path(__file__).with_name("return-events.jsonl.gz")


async def publish_and_track(broker: NatsBroker, database: Database, raw: list[bytes]) -> None:
    start_tracking(Runtime(Settings(), Rules.of(Policy()), database, broker))
    await broker.start()
    async for _ in publish(broker, (to_message(line, BY_COMMAND) for line in raw)):
        pass
    await drained(broker, 600, database)


async def check(broker: NatsBroker, database: Database, file: Path) -> None:
    raw = gzip.decompress(await asyncio.to_thread(file.read_bytes)).splitlines()
    await publish_and_track(broker, database, raw)
    async with database.reading() as connection:
        assert await event_log.count(connection) == len(raw)
        assert await refused_events.count_open(connection, view_of(EVERYTHING, DAY)) == 0
        found = {
            (person, str(period.concern)): period
            for person, period in await timelines.periods_on(connection, DAY)
        }
    expected = {}
    for person, life in read_all([json.loads(line) for line in raw]).items():
        for concern in Concern:
            verdict = life.verdict(str(concern), DAY)
            if verdict is not None:
                expected[person, str(concern)] = (
                    verdict.rag,
                    verdict.statutory,
                    list(verdict.rules),
                )
    shown = {
        case: (str(item.rag), item.statutory, [reason.rule for reason in item.reasons])
        for case, item in found.items()
    }
    assert shown == expected
    counts = Counter(concern for _, concern in shown)
    assert counts[Concern.UNREGULATED_PLACEMENT] > 50
    await previewed(database, counts)


async def previewed(database: Database, counts: Counter[str]) -> None:
    """A digest of that day: an annual return knows no plans, and floods nobody with reds."""
    mail_context = MailContext(
        database, Policy(), Recipients(recipient=(DIRECTOR,)), Outbox(),
        Links("https://sightline.example"), "s@council.example", lambda: NOW,
    )  # fmt: skip
    digest = await preview(mail_context, week_of(DAY, Policy().digest), DIRECTOR)
    by_concern = {item.concern: item for item in digest.concerns}
    assert not by_concern[Concern.PERMANENCE].tracked
    placements = by_concern[Concern.UNREGULATED_PLACEMENT]
    assert placements.red + placements.amber + placements.green == counts["unregulated_placement"]
    assert "Permanence is not tracked" in render_text(digest)
    assert "31 March 2018" in render_html(digest)


async def test_a_part_of_the_return_gives_what_an_independent_reading_gives(
    broker: NatsBroker, sqlite_store: Database
) -> None:
    await check(broker, sqlite_store, PART)


@pytest.mark.slow
async def test_the_whole_return_gives_what_an_independent_reading_gives(
    broker: NatsBroker, sqlite_store: Database
) -> None:
    file = os.environ.get("SIGHTLINE_RETURN")
    assert file, "make test-real RETURN=path/to/return-events.jsonl.gz"
    await check(broker, sqlite_store, Path(file))


def test_every_event_of_the_part_is_read() -> None:
    lines_ = gzip.decompress(PART.read_bytes()).splitlines()
    assert all(isinstance(read_message(Message(line)), Event) for line in lines_)
