"""A source whose clock runs ahead is believed in what it says, and never wins by its clock."""

from typing import Any

from services.store.database import Database
from tests.store.tracking.tracker_harness import asked, rag, track
from tests.story import Story


def she() -> Story:
    return Story("p1", born="2007-05-01", eligibility="former_relevant")


async def test_an_event_from_beyond_tomorrow_does_not_win(database: Database) -> None:
    home: dict[str, Any] = {"accommodation_id": "a1", "code": "K"}
    story = she()
    story.add("accommodation.started", on="2026-10-01", suitable=False, id="now", **home)
    story.add(
        "accommodation.started", on="2026-10-01", suitable=True, id="ahead",
        time="2031-01-01T09:00:00Z", **home,
    )  # fmt: skip
    await track(database, story.raw)
    assert await rag(database) == "red"
    assert any("never counts as the latest" in text for text in await asked(database))


async def test_alone_it_counts_since_doubt_hides_no_risk(database: Database) -> None:
    story = she().add(
        "accommodation.started", on="2026-10-01", accommodation_id="a1", code="K", suitable=False,
        time="2031-01-01T09:00:00Z",
    )  # fmt: skip
    await track(database, story.raw)
    assert await rag(database) == "red"
    assert any("later than it was received" in text for text in await asked(database))


async def test_until_tomorrow_a_clock_may_run_ahead(database: Database) -> None:
    story = she().add(
        "accommodation.started", on="2026-10-01", accommodation_id="a1", code="K", suitable=False,
        time="2026-11-21T23:00:00Z",
    )  # fmt: skip
    await track(database, story.raw)
    assert not any("later than it was received" in text for text in await asked(database))
