"""A batch becomes records and colours in one transaction."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store import derived, event_log, feeds, outbox, refused_events
from services.store.database import Database
from services.tracking.handler import Tracker
from services.tracking.publish import notice_today
from services.tracking.rebuild import rebuild
from tests.store.refused import all_refused
from tests.store.tracking.tracker_harness import (
    NOW,
    TODAY,
    TickingClock,
    printed,
    printed_from_log,
    rag,
    rows,
    track,
    track_with,
    tracker,
)
from tests.story import SOURCE, UA, UP, Story


async def waiting(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        return [orjson.loads(item.content) for item in await outbox.waiting(connection, 1000)]


def homeless(person: str = "p1") -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant").lives("2026-10-01", "S")


async def test_an_event_sent_twice_is_stored_once_and_counted_as_a_duplicate(
    database: Database,
) -> None:
    she = homeless()
    await track(database, she.raw + she.raw)
    outcome = await track(database, she.raw)
    assert (outcome.accepted, outcome.duplicates) == (0, 2)
    async with database.reading() as connection:
        assert await event_log.count(connection) == 2
        (feed,) = await feeds.all_feeds(connection)
    assert (feed.source, feed.accepted, feed.duplicates) == (SOURCE, 2, 4)


async def test_one_bad_message_fails_alone_and_is_kept_whole_with_its_reason(
    database: Database,
) -> None:
    good = [Message(orjson.dumps(event)) for event in homeless().raw]
    bad = b'{"specversion": "1.0", "subject": "p1", "source": "/council/cms"'
    outcome = await tracker(database).track([good[0], Message(bad), good[1]])
    assert outcome.refused == {1}
    assert await rag(database, "p1", UA) == "red"
    async with database.reading() as connection:
        (kept,) = await all_refused(connection)
    assert kept.raw == bad
    assert "is not JSON" in kept.reason


async def test_a_refused_event_is_found_by_its_young_person(database: Database) -> None:
    event = homeless().raw[-1] | {"data": {"accommodation_id": "a1", "code": "S"}}
    for _ in range(2):
        await track(database, [event])
    async with database.reading() as connection:
        (kept,) = await refused_events.refused_about(connection, ["p1"])
    assert kept.times == 2
    assert kept.reason == "data.date is missing; it is required."


async def test_a_merge_brings_two_histories_together_and_its_retraction_parts_them(
    database: Database,
) -> None:
    she = Story("p1", born="2007-05-01", eligibility="former_relevant")
    she.lives("2026-08-01", "B", suitable=True)
    other = Story("p2", born="2007-05-01").lives("2026-09-01", "S", id="x")
    await track(database, she.raw + other.raw, 1)
    merge = Story("p2").add("person.merged", id="m", time="2026-10-01T00:00:00Z", into="p1")
    await track(database, merge.raw)
    assert await rag(database, "p1", UA) == "red"
    assert await rag(database, "p2", UA) == "none"
    async with database.reading() as connection:
        assert await derived.known_people(connection) == ["p1"]
    await track(database, Story("p9").retract("m", id="r").raw)
    assert await rag(database, "p1", UA) == "green"
    assert await rag(database, "p2", UA) == "red"


async def test_a_retraction_under_another_subject_reaches_its_target(database: Database) -> None:
    she = homeless()
    await track(database, Story("somebody-else").retract("p1.2", id="r").raw)
    await track(database, she.raw)
    assert await rag(database, "p1", UA) == "amber"
    assert "UA11" in await printed(database, [TODAY])


async def test_a_revision_that_moves_an_event_to_another_subject_moves_its_effect(
    database: Database,
) -> None:
    she = homeless("p1")
    await track(database, she.raw)
    moved = she.raw[-1] | {"subject": "p2", "time": "2026-10-02T12:00:00Z"}
    await track(database, [moved])
    assert await rag(database, "p1", UA) == "amber"
    assert await rag(database, "p2", UA) == "red"


async def test_a_retraction_that_is_revised_gives_back_what_it_took(database: Database) -> None:
    """Tracked one by one, in one batch, or rebuilt: the same."""
    first, second = homeless("p1"), homeless("p2")
    wrong = Story("p3").retract("p1.2", id="r", time="2026-10-02T00:00:00Z").raw
    mended = Story("p3").retract("p2.2", id="r", time="2026-10-03T00:00:00Z").raw
    await track(database, first.raw + second.raw + wrong + mended, 1)
    assert (await rag(database, "p1", UA), await rag(database, "p2", UA)) == ("red", "amber")
    before = await rows(database)
    async for _ in rebuild(database, Rules.of(Policy()), NOW):
        pass
    assert await rows(database) == before


async def test_an_event_revised_into_a_retraction_no_longer_counts(database: Database) -> None:
    she, other = homeless("p1"), homeless("p2")
    await track(database, she.raw + other.raw)
    revised = Story("").retract("p2.2", id="p1.2", time="2026-11-01T00:00:00Z").raw[0]
    del revised["subject"]
    await track(database, [revised])
    assert (await rag(database, "p1", UA), await rag(database, "p2", UA)) == ("amber", "amber")


async def test_what_a_database_cannot_hold_is_no_passing_failure(database: Database) -> None:
    bad = homeless().raw[-1]
    bad = bad | {"data": bad["data"] | {"code": "S\u0000"}}
    outcome = await track(database, [bad])
    assert outcome.refused == {0}
    message = Message(orjson.dumps(homeless().raw[0]))
    await tracker(database).set_aside(message, OverflowError("too far"))
    async with database.reading() as connection:
        kept = await all_refused(connection)
    assert kept[0].reason.startswith("The event could not be worked through")


async def test_a_content_sent_again_later_counts_again(database: Database) -> None:
    """A, then B, then A again: A counts, whatever order they arrive in."""
    suitable = homeless().raw[-1]
    suitable = suitable | {"data": suitable["data"] | {"code": "B", "suitable": True}}
    homeless_ = homeless().raw[-1]
    person = homeless().raw[0]
    first = suitable | {"time": "2026-10-01T12:00:00Z"}
    second = homeless_ | {"time": "2026-10-02T12:00:00Z"}
    third = suitable | {"time": "2026-10-03T12:00:00Z"}
    await track(database, [person, first, third, second], 1)
    assert await rag(database, "p1", UA) == "green"


async def test_what_was_known_at_a_time_is_what_was_stored_by_then(database: Database) -> None:
    one = tracker(database)
    she = Story("p1", born="2007-05-01", eligibility="former_relevant")
    await track_with(one, she.lives("2026-08-01", "B", suitable=True).raw)
    friday = one.clock()
    await track_with(one, Story("p1").lives("2026-09-01", "S", id="later").raw)
    assert await rag(database, "p1", UA) == "red"
    assert '"rag": "green"' in await printed_from_log(database, TODAY, friday)
    assert '"rag": "red"' in await printed_from_log(database, TODAY, one.clock())


async def test_a_colour_that_changes_is_published_once_from_the_same_transaction(
    database: Database,
) -> None:
    she = homeless()
    await track(database, she.raw, 1)
    await track(database, she.raw)
    published = [
        (item["data"]["previous"], item["data"]["rag"])
        for item in await waiting(database)
        if item["data"]["concern"] == UA
    ]
    assert published == [("none", "amber"), ("amber", "red")]


async def test_midnight_publishes_what_begins_today_by_itself(database: Database) -> None:
    he = Story("p1", born="2020-05-01").add(
        "pre_proceedings.started", on="2026-08-28", period_id="x"
    )
    await track(database, he.raw)
    assert [item["data"]["rag"] for item in await waiting(database)] == ["amber"]
    for now in (
        NOW,
        datetime(2026, 11, 20, 23, 59, tzinfo=UTC),
        datetime(2026, 11, 21, 0, 1, tzinfo=UTC),
    ):
        async with database.writing() as connection:
            await notice_today(connection, now)
    told = await waiting(database)
    assert [(item["data"]["rag"], item["data"]["since"]) for item in told][1:] == [
        ("red", "2026-11-21")
    ]


async def test_a_source_with_a_namespace_speaks_of_its_own_children(database: Database) -> None:
    policy = Policy.model_validate(
        {"sources": {"/other/cms": {"namespace": "other"}, SOURCE: {"may_merge": True}}}
    )
    one = tracker(database, policy)
    await track_with(one, homeless("7").raw)
    theirs = [event | {"source": "/other/cms"} for event in homeless("7").raw]
    await track_with(one, theirs)
    async with database.reading() as connection:
        assert await derived.known_people(connection) == ["7", "other/7"]
    merge = Story("other/7").add("person.merged", id="m", into="7")
    await track_with(one, merge.raw)
    async with database.reading() as connection:
        assert await derived.known_people(connection) == ["7"]


async def test_a_new_namespace_takes_effect_by_rebuilding(database: Database) -> None:
    await track(database, homeless("7").raw)
    policy = Policy.model_validate({"sources": {SOURCE: {"namespace": "ours"}}})
    async for _ in rebuild(database, Rules.of(policy), NOW):
        pass
    async with database.reading() as connection:
        assert await derived.known_people(connection) == ["ours/7"]
    assert await rag(database, "ours/7", UA) == "red"


async def test_no_name_of_a_person_has_a_column() -> None:
    from services.store.tables import metadata

    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    assert not columns & {"forename", "surname", "first_name", "last_name", "full_name", "initials"}


async def test_a_transaction_that_fails_stores_nothing(database: Database) -> None:
    one = tracker(database)
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE feeds RENAME TO elsewhere"))
    with pytest.raises(Exception, match="feeds"):
        await track_with(one, homeless().raw)
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO feeds"))
    assert await rows(database, "events", "people") == {"events": [], "people": []}


async def test_two_trackers_racing_a_merge_agree(postgres_url: str) -> None:
    """Each holds half of the story; whoever commits last has seen the other's half."""
    first, second = Database(postgres_url), Database(postgres_url)
    rules = Rules.of(Policy())
    for turn in range(12):
        one = Tracker(first, rules, TickingClock())
        other = Tracker(second, rules, TickingClock())
        a, b = f"a{turn}", f"b{turn}"
        she = Story(a, born="2012-05-01").care("2026-10-01").placed("2026-10-01", "U4")
        merge = Story(b).add("person.merged", id=f"m{turn}", into=a, time="2026-10-01T00:00:00Z")
        merge.placed("2026-10-05", "K2", id="x", registration="unregistered")
        batches = []
        for story, name in ((she, "one"), (merge, "other")):
            for number, event in enumerate(story.raw):
                event["id"] = f"{name}-{turn}-{number}"
            batches.append([Message(orjson.dumps(event)) for event in story.raw])
        if turn % 2:
            batches.reverse()
        await asyncio.gather(one.track(batches[0]), other.track(batches[1]))
        assert await rag(first, a, UP) == "red"
        async with first.reading() as connection:
            assert b not in await derived.known_people(connection)
    await first.close()
    await second.close()


async def test_two_trackers_with_the_same_and_with_each_others_events_agree(
    postgres_url: str, sqlite_store: Database
) -> None:
    from tests.store.tracking.test_properties import several_lives

    events = several_lives(31, 12)
    stores = [Database(postgres_url) for _ in range(3)]
    rules = Rules.of(Policy())
    halves = (events, list(reversed(events)), events[::2] + events[1::2])
    await asyncio.gather(
        *(
            track_with(Tracker(store, rules, TickingClock()), some, 25)
            for store, some in zip(stores, halves, strict=True)
        )
    )
    await track(sqlite_store, events)
    assert await rows(stores[0]) == await rows(sqlite_store)
    for store in stores:
        await store.close()
