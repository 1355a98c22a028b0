"""A source whose clock runs ahead is believed in what it says, and never wins by its clock."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from services.store.database import Database
from tests.store.tracking.tracker_harness import NOW, asked, rag, rows, track, track_with, tracker
from tests.story import Story


def she(person: str = "p1") -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant")


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


def sent(day: str, *, suitable: bool, of: str = "p1") -> dict[str, Any]:
    """The same stay, said to be suitable or not, as sent on a day under one id."""
    story = Story(of).add(
        "accommodation.started", on="2026-03-01", id=f"of {of}", accommodation_id="a1", code="K",
        suitable=suitable, time=f"{day}T09:00:00Z",
    )  # fmt: skip
    return dict(story.raw[-1])


async def test_a_wrong_clock_hides_nothing_that_is_sent_again(database: Database) -> None:
    """A nightly source says again in June what it said in May; its clock was once a year ahead."""
    for number, order in enumerate(permutations(range(4))):
        person = f"p{number}"
        again = (
            sent("2026-05-01", suitable=False, of=person),
            sent("2027-05-01", suitable=False, of=person),
            sent("2026-05-15", suitable=True, of=person),
            sent("2026-06-01", suitable=False, of=person),
        )
        await track(database, she(person).raw)
        await track(database, [again[place] for place in order], size=1)
        assert await rag(database, person) == "red", order


async def test_the_span_of_what_was_sent_again_is_the_same_in_any_order_and_batch(
    database: Database,
) -> None:
    days = ("2026-05-01", "2027-05-01", "2026-06-01", "2026-04-01", "2027-06-01")
    for number, order in enumerate(list(permutations(range(5)))[::7]):
        person = f"p{number}"
        events = [sent(days[place], suitable=False, of=person) for place in order]
        events.insert(number % 6, sent("2026-05-20", suitable=True, of=person))
        await track(database, she(person).raw)
        await track(database, events, size=1 + number % 3)
        assert await rag(database, person) == "red", order


async def test_a_moment_that_could_not_be_and_comes_again_when_it_can_counts(
    database: Database,
) -> None:
    one = tracker(database)
    ahead = sent("2027-05-01", suitable=False)
    await track_with(one, [*she().raw, sent("2026-05-01", suitable=False), ahead])
    await track_with(one, [sent("2026-05-15", suitable=True)])
    assert await rag(database) != "red"
    one.clock = lambda: NOW + timedelta(days=170)  # 9 May 2027
    await track_with(one, [ahead])
    before = await rows(database)
    assert await rag(database) == "red"
    await track_with(one, [ahead])
    assert await rows(database) == before
