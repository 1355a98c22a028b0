"""Who may say what: by which way a source speaks, and what it may do beyond telling facts."""

from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from events.channel import FROM_PAGES, Channel, Origin, received
from events.publish import to_message
from events.wire import Message
from schemas.permissions import ALL_PERMISSIONS, SourcePermission
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store import stored_events
from services.store.database import Database
from services.store.derived import known_people
from services.tracking.rebuild import rebuild
from tests.store.refused import all_refused
from tests.store.tracking.tracker_harness import NOW, asked, rag, rows, tracker
from tests.story import SOURCE, Story

PUBLISHERS = Origin(Channel.PUBLISHERS)


def messages(events: Iterable[dict[str, Any]], origin: Origin, subject: str = "") -> list[Message]:
    sent = [to_message(orjson.dumps(event), origin) for event in events]
    return [Message(it.message.body, it.message.headers, subject or it.subject) for it in sent]


async def reasons(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [item.reason for item in await all_refused(connection)]


def unsuitable(person: str = "p1") -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant").lives(
        "2026-10-01", "K", suitable=False
    )


def rated(person: str = "p1") -> dict[str, Any]:
    rating = {
        "rag": "amber", "rationale": "a safety plan", "authorised_by": "hos-1",
        "expires": "2026-11-30",
    }  # fmt: skip
    return (
        Story(person)
        .add("review.completed", on="2026-11-10", review_id="r1", kind="oversight",
             concern="unsuitable_accommodation", rating=rating, id="rating")
        .raw[0]
    )  # fmt: skip


@pytest.mark.parametrize(
    "source", ["/sightline/pages", "/Sightline/Pages", "/sightline/pages/", "sightline//pages"]
)
@pytest.mark.parametrize("origin", [PUBLISHERS, received(ALL_PERMISSIONS)])
async def test_nobody_speaks_as_the_pages(database: Database, source: str, origin: Origin) -> None:
    forged = [event | {"source": source} for event in unsuitable().raw]
    outcome = await tracker(database).track(messages(forged, origin))
    assert (outcome.accepted, outcome.refused) == (0, {0, 1})
    assert all(source in reason and "pages" in reason for reason in await reasons(database))


async def test_the_pages_speak_as_themselves_and_as_nobody_else(database: Database) -> None:
    own = [event | {"source": "/sightline/pages"} for event in unsuitable().raw]
    assert (await tracker(database).track(messages(own, FROM_PAGES))).accepted == 2
    assert (await tracker(database).track(messages(unsuitable("p2").raw, FROM_PAGES))).accepted == 0
    async with database.reading() as connection:
        assert await known_people(connection) == ["p1"]


async def test_a_user_of_the_broker_speaks_for_its_own_sources(database: Database) -> None:
    policy = Policy.model_validate(
        {"sources": {SOURCE: {"broker_user": "cms"}, "/council/other": {"broker_user": "other"}}}
    )
    one, events = tracker(database, policy), unsuitable().raw
    refused = {}
    for subject in (
        "sightline.events.care.started",
        "sightline.events.other.care.started",
        "sightline.events.nobody.care.started",
    ):
        refused[subject] = await one.track(messages(events, PUBLISHERS, subject))
    assert [item.accepted for item in refused.values()] == [0, 0, 0]
    assert await rag(database) == "none"
    stranger = [event | {"source": "/council/new"} for event in events]
    own = "sightline.events.cms.care.started"
    assert (await one.track(messages(stranger, PUBLISHERS, own))).accepted == 0
    assert (await one.track(messages(events, PUBLISHERS, own))).accepted == 2
    assert await rag(database) == "red"


async def test_a_publisher_tells_facts_and_does_nothing_else(database: Database) -> None:
    one = tracker(database)
    she = unsuitable().add("person.updated", on="2026-10-02", team="north", id="team")
    await one.track(messages([*she.raw, rated()], PUBLISHERS))
    assert await rag(database) == "red"
    known = (await rows(database, "assignments"))["assignments"]
    assert {row[3:] for row in known} == {(None,) * 6}
    taking_back = Story("p1").add("event.retracted", id="back")
    taking_back.raw[0]["data"] = {"id": she.raw[1]["id"]}
    merging = Story("p1").add("person.merged", id="merge", into="p9").raw
    await one.track(messages([*taking_back.raw, *merging], PUBLISHERS))
    assert await rag(database) == "red"
    told = await asked(database)
    for did in ("sent a rating", "says whose case it is", "event.retracted", "person.merged"):
        assert any(did in text and SOURCE in text and "not permitted" in text for text in told), did


async def test_what_its_token_permits_counts_and_nothing_more(database: Database) -> None:
    one = tracker(database)
    await one.track(messages([*unsuitable().raw, rated()], received(["rate"])))
    assert await rag(database) == "amber"
    gone = {**Story("p1").add("event.retracted", id="x").raw[0], "data": {"id": "rating"}}
    await one.track(messages([gone], received(["rate"])))
    assert await rag(database) == "amber"
    await one.track(messages([gone], received(["retract"])))
    assert await rag(database) == "red"


async def test_the_same_event_by_a_better_way_counts_from_then_on(database: Database) -> None:
    one = tracker(database)
    await one.track(messages([*unsuitable().raw, rated()], PUBLISHERS))
    assert await rag(database) == "red"
    outcome = await one.track(messages([rated()], received(["rate"])))
    assert outcome.duplicates == 1
    assert await rag(database) == "amber"
    before = await rows(database)
    async for _ in rebuild(database, Rules.of(Policy()), NOW):
        pass
    assert await rows(database) == before


async def test_a_forged_header_of_a_publisher_is_no_leave(database: Database) -> None:
    forged = messages([*unsuitable().raw, rated()], received(ALL_PERMISSIONS))
    plain = [Message(it.body, it.headers, "sightline.events.review.completed") for it in forged]
    await tracker(database).track(plain)
    assert await rag(database) == "red"


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ({"may_rate": True}, "amber"),
        ({"may_rate": False}, "red"),
        ({"may_rate": True, "concerns": ["permanence"]}, "red"),
        ({"may_rate": True, "concerns": ["unsuitable_accommodation"]}, "amber"),
    ],
)
@pytest.mark.parametrize("may", [(), ("rate",)])
async def test_what_the_policy_says_holds_by_whichever_way(
    database: Database,
    said: dict[str, Any],
    colour: str,
    may: tuple[SourcePermission, ...],
) -> None:
    policy = Policy.model_validate({"sources": {SOURCE: said}})
    await tracker(database, policy).track(messages([*unsuitable().raw, rated()], received(may)))
    assert await rag(database) == colour


async def test_a_source_of_some_cases_says_nothing_of_others(database: Database) -> None:
    policy = Policy.model_validate({"sources": {SOURCE: {"subjects": "EL-"}}})
    both = [*unsuitable("EL-1").raw, *unsuitable("XX-1").raw]
    await tracker(database, policy).track(messages(both, received(ALL_PERMISSIONS)))
    assert [await rag(database, name) for name in ("EL-1", "XX-1")] == ["red", "none"]
    assert any("begin with EL-" in text for text in await asked(database))


async def test_what_was_known_before_the_leave_stays_as_it_was_known(database: Database) -> None:
    one = tracker(database)
    await one.track(messages([*unsuitable().raw, rated()], PUBLISHERS))
    async with database.reading() as connection:
        moment = max(at for _, at in await stored_events.load_dated(connection))
    await one.track(messages([rated()], received(["rate"])))
    async with database.reading() as connection:
        then = await stored_events.load(connection, ["p1"], moment)
        now = await stored_events.load(connection, ["p1"])
    assert {item.event.id: item.granted for item in then}["rating"] == frozenset()
    assert {item.event.id: item.granted for item in now}["rating"] == {"rate"}
