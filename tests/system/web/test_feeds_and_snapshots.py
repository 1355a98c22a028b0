"""Feeds: the rhythm of each, silences, and the last snapshot beside what is held."""

from datetime import timedelta

import pytest

from services.store import feed_alarms, snapshots
from services.store.feed_alarms import Alarm
from services.store.snapshots import SnapshotComparison
from tests.system.web.running_app import DIRECTOR, NOW, RunningApp, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_snapshot_that_differs_is_told_on_the_page_and_on_the_overview(
    council: RunningApp,
) -> None:
    compared = SnapshotComparison(
        "/council/extract", "end", NOW - timedelta(hours=8), {"placement": 12, "people": 40},
        {"placement": 11, "people": 40}, NOW,
    )  # fmt: skip
    async with council.state.database.writing() as connection:
        await snapshots.keep(connection, compared)
    browser = await council.browser(DIRECTOR)
    text = text_of(await browser.get("/feeds"))
    assert "/council/extract 20 November 2026, 02:00 Placements 12 11 No: -1" in text
    assert "Young people 40 40 Yes" in text
    overview = text_of(await browser.get("/"))
    assert "/council/extract says that 12 placements are open there" in overview
    assert "11 are held here" in overview


async def test_a_silence_is_listed_until_the_feed_is_heard_again(council: RunningApp) -> None:
    since = NOW - timedelta(days=4)
    alarms = [Alarm("/council/cms", since, NOW - timedelta(days=1), "quiet")]
    async with council.state.database.writing() as connection:
        await feed_alarms.raise_new(connection, alarms, {}, NOW)
    browser = await council.browser(DIRECTOR)
    assert "/council/cms 16 November 2026, 10:00" in text_of(await browser.get("/feeds"))
    assert "Not yet" in text_of(await browser.get("/feeds"))
    async with council.state.database.writing() as connection:
        await feed_alarms.raise_new(connection, [], {"/council/cms": NOW}, NOW)
    assert "Not yet" not in text_of(await browser.get("/feeds"))
