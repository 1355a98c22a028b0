"""Work on the pages: each form becomes an event and comes back as a status."""

import asyncio
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select

from events.broker import jetstream_of
from services.bootstrap.relay import relay
from services.store.tables import audit, events, outbox
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    MANAGER,
    NOW,
    OTHER_ADVISER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    in_unregistered_placement,
    text_of,
)

DUE = TODAY + timedelta(days=14)
REVIEW = {
    "outcome": "The young person was seen and a plan was made.",
    "action1__what": "view two flats",
    "action1__kind": "find_accommodation",
    "action1__owner": "w1",
    "action1__due__day": str(DUE.day),
    "action1__due__month": str(DUE.month),
    "action1__due__year": str(DUE.year),
    "date__day": "20",
    "date__month": "11",
    "date__year": "2026",
}


async def stored_events(served: RunningApp) -> list[tuple[str, dict[str, Any]]]:
    async with served.runtime.database.reading() as connection:
        rows = await connection.execute(
            select(events.c.name, events.c.content).where(events.c.source == "/sightline/pages")
        )
        return [(row.name, orjson.loads(row.content)) for row in rows]


async def test_an_adviser_clears_a_red_by_a_review_with_an_action(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    before = text_of(await adviser.get("/cases/L1"))
    assert "Unsuitable accommodation Red" in before
    sent = await adviser.fill("/cases/L1/review/unsuitable_accommodation", **REVIEW)
    assert sent.status_code == 303, text_of(sent)
    after = text_of(await adviser.get(sent.headers["location"]))
    assert "The review is recorded." in after
    assert "Unsuitable accommodation is amber now; it was red." in after
    assert "Review of unsuitable accommodation. The young person was seen" in after
    assert "view two flats" in after


async def test_a_form_sent_twice_counts_once(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    path = "/cases/L1/review/unsuitable_accommodation"
    token = await adviser.token(path)
    first, second = await asyncio.gather(
        adviser.send(path, token, **REVIEW), adviser.send(path, token, **REVIEW)
    )
    third = await adviser.send(path, token, **{**REVIEW, "outcome": "Typed anew."})
    assert {first.status_code, second.status_code, third.status_code} == {303}
    assert sorted(name for name, _ in await stored_events(served)) == [
        "action.agreed",
        "review.completed",
    ]


async def test_an_error_keeps_what_was_typed_and_says_what_is_wrong(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    sent = await adviser.fill(
        "/cases/L1/review/unsuitable_accommodation",
        **{**REVIEW, "date__month": "13", "action1__due__year": "2025"},
    )
    text = text_of(sent)
    assert sent.status_code == 422
    assert "There is a problem" in text
    assert "The date of the review must be a real date" in text
    assert "When the action is due must be 20 November 2026 or later" in text
    assert "view two flats" in sent.text
    assert 'href="#date-day"' in sent.text
    assert sent.text.count("<title>Error:") == 1
    assert await stored_events(served) == []


async def test_text_that_looks_like_a_name_is_asked_about_and_may_stand(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    path = "/cases/L1/review/unsuitable_accommodation"
    named = {**REVIEW, "outcome": "Met Jayden Smith at the flat."}
    asked = await adviser.fill(path, **named)
    assert asked.status_code == 422
    assert "‘Jayden Smith’ may be a name" in text_of(asked)
    assert "I have checked" in text_of(asked)
    confirmed = await adviser.fill(path, **named, no_names="yes")
    assert confirmed.status_code == 303


async def test_the_second_of_two_people_is_told_what_the_first_did(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1", code="U"),
        event("action.agreed", "L1", TODAY - timedelta(days=5), action_id="x", owner="w1",
              concern="unsuitable_accommodation", what="find a flat", due="2026-12-01"),
    )  # fmt: skip
    adviser, manager = await served.browser(ADVISER), await served.browser(MANAGER)
    path = "/cases/L1/actions/x"
    page = await manager.get(path)
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    token = await manager.token(path)
    done = await adviser.fill(
        path, became="completed", date__day="20", date__month="11", date__year="2026"
    )
    assert done.status_code == 303
    second = await manager.send(path, token, seen=seen, became="cancelled", reason="not needed")
    assert second.status_code == 409
    assert "Somebody else was here first" in text_of(second)
    assert "It is now completed" in text_of(second)
    assert "not needed" in second.text
    assert [name for name, _ in await stored_events(served)] == ["action.completed"]


async def test_a_judgement_is_the_signed_in_person_s(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    sent = await adviser.fill(
        "/cases/L1/judgement", suitable="yes", outcome="Seen at home; it is safe.",
        date__day="20", date__month="11", date__year="2026", judged_by="w2",
    )  # fmt: skip
    assert "Unsuitable accommodation is green now; it was red." in text_of(
        await adviser.get(sent.headers["location"])
    )
    assert (await stored_events(served))[0][1]["judged_by"] == "w1"


async def test_a_manager_authorises_a_rating_in_their_own_name(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    manager = await served.browser(MANAGER)
    sent = await manager.fill(
        "/cases/L1/rating/unsuitable_accommodation", rag="amber", authorised_by="d1",
        rationale="A safe short stay with a place found.",
        expires__day="4", expires__month="12", expires__year="2026",
    )  # fmt: skip
    after = text_of(await manager.get(sent.headers["location"]))
    assert "Unsuitable accommodation is amber now; it was red." in after
    assert "Rated amber by Manager One (m1) until 4 December 2026" in after
    assert "the rules say red" in after
    assert (await stored_events(served))[0][1]["rating"]["authorised_by"] == "m1"


async def test_an_unlawful_placement_cannot_be_rated_lower(served: RunningApp) -> None:
    await served.receive(in_unregistered_placement("C1"))
    manager = await served.browser(MANAGER)
    sent = await manager.fill(
        "/cases/C1/rating/unregulated_placement", rag="amber", rationale="It is a good home.",
        expires__day="4", expires__month="12", expires__year="2026",
    )  # fmt: skip
    assert sent.status_code == 422
    assert "never let it be lowered" in text_of(sent)
    assert await stored_events(served) == []


async def test_a_red_can_be_lowered_by_one_step_only(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    manager = await served.browser(MANAGER)
    sent = await manager.fill(
        "/cases/L1/rating/unsuitable_accommodation", rag="green", rationale="All is well.",
        expires__day="4", expires__month="12", expires__year="2026",
    )  # fmt: skip
    assert sent.status_code == 422
    assert "one step only" in text_of(sent)


async def test_an_extension_turns_a_late_pre_proceedings_amber(served: RunningApp) -> None:
    begun = TODAY - timedelta(days=90)
    await served.receive(
        event("person.updated", "F1", begun, date_of_birth="2018-01-01", team="north",
              service="leaving", social_worker="w1"),
        event("pre_proceedings.started", "F1", begun, period_id="pp"),
        event("review.completed", "F1", begun, review_id="r", kind="pre_proceedings"),
    )  # fmt: skip
    manager = await served.browser(MANAGER)
    assert "Pre-proceedings Red" in text_of(await manager.get("/cases/F1"))
    sent = await manager.fill(
        "/cases/F1/extension", until__day="5", until__month="12", until__year="2026",
        reason="An expert is to report.",
    )  # fmt: skip
    assert "Pre-proceedings is amber now; it was red." in text_of(
        await manager.get(sent.headers["location"])
    )


async def test_a_director_acknowledges_and_the_red_stays_listed(served: RunningApp) -> None:
    served.now = NOW - timedelta(days=30)
    await served.receive(care_leaver("L1", weeks=10))
    served.now = NOW
    director = await served.browser(DIRECTOR)
    assert "Escalated to you: 1 to acknowledge" in text_of(await director.get("/"))
    sent = await director.fill(
        "/cases/L1/acknowledgement/unsuitable_accommodation", note="I will chair the panel."
    )
    after = text_of(await director.get(sent.headers["location"]))
    assert "Unsuitable accommodation is still red. " in after
    assert "chief officer (Director One (d1)), 20 November 2026" in after
    overview = text_of(await director.get("/"))
    assert "to acknowledge" not in overview
    assert "Red without an open action: 1" in overview


async def test_why_still_red_is_answered_and_changes_no_colour(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"))
    adviser = await served.browser(ADVISER)
    sent = await adviser.fill(
        "/cases/L1/explanation/unsuitable_accommodation", why="no_accommodation_available"
    )
    after = text_of(await adviser.get(sent.headers["location"]))
    assert "Unsuitable accommodation is still red. " in after
    assert "because: no suitable accommodation is available" in after


async def test_each_form_yields_a_case_note_for_the_case_management_system(
    served: RunningApp,
) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    await adviser.fill("/cases/L1/review/unsuitable_accommodation", **REVIEW)
    async with served.runtime.database.reading() as connection:
        rows = await connection.execute(
            select(outbox.c.content).where(outbox.c.subject == "sightline.casenotes")
        )
        notes = [orjson.loads(row.content) for row in rows]
    assert [note["data"]["kind"] for note in notes] == ["review.completed", "action.agreed"]
    assert "The young person was seen" in notes[0]["data"]["text"]
    while await relay(served.runtime, lambda: served.now):
        pass
    stream = await jetstream_of(served.broker).stream_info("SIGHTLINE_OUT", subjects_filter=">")
    assert stream.state.subjects is not None
    assert stream.state.subjects["sightline.casenotes"] == 2


async def test_everything_seen_and_done_is_in_the_audit_log(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser, other = await served.browser(ADVISER), await served.browser(OTHER_ADVISER)
    await adviser.get("/cases/L1")
    await adviser.fill("/cases/L1/review/unsuitable_accommodation", **REVIEW)
    await other.get("/cases/L1")
    async with served.runtime.database.reading() as connection:
        rows = await connection.execute(select(audit.c.who, audit.c.act, audit.c.person))
        entries = [tuple(row) for row in rows]
    assert entries == [
        ("w1", "saw a case", "L1"),
        ("w1", "saw a case", "L1"),  # the form shows it too
        ("w1", "recorded", "L1"),
        ("w2", "was denied", "L1"),
    ]
