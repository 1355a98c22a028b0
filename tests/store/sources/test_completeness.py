"""Whether we hold all that a source holds: its snapshot beside what it has told us."""

from typing import Any

import pytest

from schemas.policy import Policy, SourcePermissions
from services.digests.schedule import tick
from services.store.database import Database
from tests.store.digests.council import DIRECTOR, parts
from tests.store.sources.feed_council import (
    FeedCouncil,
    no_answer,
    nothing_waits,
    placements,
    snapshot,
    something_waits,
)
from tests.story import Story
from tests.unit.sources.feed_times import london

CMS = "/council/cms"


@pytest.fixture
async def council(database: Database) -> FeedCouncil:
    return FeedCouncil(database)


@pytest.fixture
async def small(sqlite_store: Database) -> FeedCouncil:
    return FeedCouncil(sqlite_store)


async def differences_shown(council: FeedCouncil, when: str) -> list[str]:
    """What is said of differences, after the scheduler woke."""
    await council.run_scheduler(when)
    return [sentence for sentence in await council.unknowns(when) if "are held here" in sentence]


async def test_a_difference_is_told_until_the_missing_event_comes(council: FeedCouncil) -> None:
    await council.receive_story("2026-03-01T09:00", placements(2))
    await council.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=3))
    (sentence,) = await differences_shown(council, "2026-03-02T09:00")
    assert sentence == (
        f"{CMS} says that 3 placements are open there, in its snapshot of 2 March 2026; 2 are held "
        "here. Something is missing, or was never ended."
    )
    missing = Story().placed("2026-02-20", "K2", id="missing")
    await council.receive_story("2026-03-02T10:00", missing)
    assert await differences_shown(council, "2026-03-02T10:01") == []


async def test_what_was_never_ended_is_a_difference_too(small: FeedCouncil) -> None:
    await small.receive_story("2026-03-01T09:00", placements(2))
    await small.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=1))
    assert len(await differences_shown(small, "2026-03-02T09:00")) == 1
    end = Story().add("placement.ended", on="2026-02-25", placement_id="1")
    await small.receive_story("2026-03-02T10:00", end)
    assert await differences_shown(small, "2026-03-02T10:01") == []


async def test_only_kinds_that_were_counted_are_compared(small: FeedCouncil) -> None:
    await small.receive_story("2026-03-01T09:00", placements(2).care("2026-02-01"))
    await small.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", care=1))
    assert await differences_shown(small, "2026-03-02T09:00") == []


async def test_each_kind_that_differs_is_told(small: FeedCouncil) -> None:
    story = placements(1).care("2026-02-01").lives("2026-01-01", "U")
    story.add("person.updated", on="2026-01-01", team="north")
    story.add("pre_proceedings.started", on="2026-01-01", period_id="1")
    await small.receive_story("2026-03-01T09:00", story)
    end = snapshot(
        "2026-03-02T02:00:00Z", 2, care=2, placement=2, accommodation=2, pre_proceedings=2
    )
    await small.receive_story("2026-03-02T03:00", end)
    sentences = await differences_shown(small, "2026-03-02T09:00")
    for words in (
        "2 periods of care", "2 placements", "2 accommodation records",
        "2 periods of pre-proceedings", "2 young people",
    ):  # fmt: skip
        assert [one for one in sentences if f"says that {words} are open there" in one], words


async def test_what_is_dated_later_than_the_snapshot_is_not_counted(small: FeedCouncil) -> None:
    await small.receive_story("2026-03-01T09:00", placements(2))
    await small.receive_story("2026-03-01T09:01", Story("p2").placed("2026-06-01", "U6"))
    later = Story("p3").add(
        "placement.started", on="2026-03-02", time="2026-03-02T08:00:00Z", placement_id="9",
        code="U6",
    )  # fmt: skip
    await small.receive_story("2026-03-02T08:00", later)
    await small.receive_story("2026-03-02T08:30", snapshot("2026-03-02T02:00:00Z", placement=2))
    assert await differences_shown(small, "2026-03-02T09:00") == []


async def test_as_at_a_day_is_its_end(small: FeedCouncil) -> None:
    evening = Story().add(
        "placement.started", on="2026-06-01", time="2026-06-01T22:30:00Z", placement_id="1",
        code="U6",
    )  # fmt: skip
    night = Story().add(
        "placement.started", on="2026-06-01", time="2026-06-01T23:30:00Z", placement_id="2",
        code="U6",
    )  # fmt: skip
    await small.receive_story("2026-06-02T08:00", evening)
    await small.receive_story("2026-06-02T08:00", night)
    await small.receive_story("2026-06-02T08:30", snapshot("2026-06-01", placement=1))
    assert await differences_shown(small, "2026-06-02T09:00") == []


async def test_without_as_at_the_events_own_time_counts(small: FeedCouncil) -> None:
    await small.receive_story("2026-03-01T09:00", placements(2))
    await small.receive_story("2026-03-02T03:00", snapshot(None, placement=2))
    assert await differences_shown(small, "2026-03-02T09:00") == []


@pytest.mark.parametrize("lag", [something_waits, no_answer])
async def test_nothing_is_compared_while_events_wait(small: FeedCouncil, lag: Any) -> None:
    await small.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=3))
    await small.run_scheduler("2026-03-02T09:00", lag)
    assert await small.unknowns("2026-03-02T09:00") == []
    assert len(await differences_shown(small, "2026-03-02T09:01")) == 1


async def test_the_next_snapshot_counts_instead_of_the_last(small: FeedCouncil) -> None:
    await small.receive_story("2026-03-01T09:00", placements(2))
    await small.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=3))
    assert len(await differences_shown(small, "2026-03-02T09:00")) == 1
    await small.receive_story("2026-03-03T03:00", snapshot("2026-03-03T02:00:00Z", placement=2))
    assert await differences_shown(small, "2026-03-03T09:00") == []


async def test_a_snapshot_that_was_sent_in_error_tells_nothing(small: FeedCouncil) -> None:
    end = snapshot("2026-03-02T02:00:00Z", placement=3)
    await small.receive_story("2026-03-02T03:00", end)
    assert len(await differences_shown(small, "2026-03-02T09:00")) == 1
    await small.receive_story("2026-03-02T10:00", Story().retract(end.raw[0]["id"]))
    assert await differences_shown(small, "2026-03-02T10:01") == []


async def test_a_start_that_was_corrected_is_one_spell(council: FeedCouncil) -> None:
    await council.receive_story("2026-03-01T09:00", placements(1))
    await council.receive_story("2026-03-01T10:00", Story().placed("2026-02-03", "U6", id="0"))
    await council.receive_story("2026-03-01T11:00", Story().placed("2026-02-04", "U6", id="0"))
    await council.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=1))
    assert await differences_shown(council, "2026-03-02T09:00") == []


async def test_each_source_is_compared_with_its_own(small: FeedCouncil) -> None:
    await small.receive_story("2026-03-01T09:00", placements(2))
    other = Story().add(
        "placement.started", on="2026-02-01", placement_id="1", code="U6", source="/other"
    )
    await small.receive_story("2026-03-01T09:00", other)
    await small.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=2))
    assert await differences_shown(small, "2026-03-02T09:00") == []


# Snapshots that a policy expects

DAILY = Policy(sources={CMS: SourcePermissions(snapshot="daily")})


async def test_a_snapshot_that_is_late_is_told(sqlite_store: Database) -> None:
    council = FeedCouncil(sqlite_store, DAILY)
    assert await council.unknowns("2026-03-02T09:00") == [
        f"The daily snapshot of {CMS} has never come."
    ]
    await council.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z"))
    assert await council.unknowns("2026-03-03T07:59") == []
    assert await council.unknowns("2026-03-03T08:01") == [
        f"The daily snapshot of {CMS} has not come: the last is as at 2 March 2026."
    ]


# The digest waits

MONDAY = "2026-W10"  # 2 March 2026, 07:30 to 09:00


@pytest.fixture
async def waiting(database: Database) -> FeedCouncil:
    council = FeedCouncil(database, DAILY)
    await council.go_live("2026-02-25T00:00")
    await council.receive_story("2026-02-28T03:00", snapshot("2026-02-28T02:00:00Z"))
    return council


async def test_the_digest_waits_for_the_snapshot_and_goes_once_it_has_come(
    waiting: FeedCouncil,
) -> None:
    await waiting.run_scheduler("2026-03-02T07:30")
    await waiting.run_scheduler("2026-03-02T08:10")
    assert await waiting.reported_missing(MONDAY) is None
    await waiting.receive_story("2026-03-02T08:20", snapshot("2026-03-02T02:00:00Z"))
    await waiting.run_scheduler("2026-03-02T08:21", something_waits)
    assert await waiting.reported_missing(MONDAY) is None
    await waiting.run_scheduler("2026-03-02T08:22")
    assert await waiting.reported_missing(MONDAY) == []
    assert len(waiting.mails_to(DIRECTOR.address)) == 1


async def test_it_goes_at_its_deadline_and_says_what_was_missing(waiting: FeedCouncil) -> None:
    await waiting.run_scheduler("2026-03-02T08:59")
    assert await waiting.reported_missing(MONDAY) is None
    await waiting.run_scheduler("2026-03-02T09:00")
    sentence = f"The daily snapshot of {CMS} has not come: the last is as at 28 February 2026."
    assert await waiting.reported_missing(MONDAY) == [sentence]
    (mail,) = waiting.mails_to(DIRECTOR.address)
    assert all(sentence in " ".join(text.split()) for text in parts(mail))


async def test_it_does_not_wait_where_the_snapshot_is_there(waiting: FeedCouncil) -> None:
    await waiting.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z"))
    await waiting.run_scheduler("2026-03-02T07:30")
    assert await waiting.reported_missing(MONDAY) == []


async def test_a_snapshot_that_differs_stops_no_digest_and_is_in_it(waiting: FeedCouncil) -> None:
    await waiting.receive_story("2026-03-02T03:00", snapshot("2026-03-02T02:00:00Z", placement=4))
    await waiting.run_scheduler("2026-03-02T07:30")
    (mail,) = waiting.mails_to(DIRECTOR.address)
    assert "says that 4 placements are open there" in " ".join(parts(mail)[1].split())


async def test_after_a_start_it_waits_as_long_as_ever(waiting: FeedCouncil) -> None:
    waiting.now = london("2026-03-02T12:00")
    await tick(waiting.mail_context, nothing_waits, begun=london("2026-03-02T11:00"))
    assert await waiting.reported_missing(MONDAY) is None
    waiting.now = london("2026-03-02T12:30")
    await tick(waiting.mail_context, nothing_waits, begun=london("2026-03-02T11:00"))
    assert await waiting.reported_missing(MONDAY) is not None


async def test_sources_of_which_none_is_expected_are_not_waited_for(sqlite_store: Database) -> None:
    council = FeedCouncil(sqlite_store)
    await council.go_live("2026-02-25T00:00")
    await council.run_scheduler("2026-03-02T07:30")
    assert await council.reported_missing(MONDAY) == []
