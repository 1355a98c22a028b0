"""The page of one young person: as it is, as it was, as it was known, as it was told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.digests.send import make_week
from services.digests.week import week_of
from services.store import event_log
from services.store.database import Database
from tests.system.web.running_app import (
    ADVISER,
    ANALYST,
    DIRECTOR,
    MANAGER,
    NOW,
    OTHER_ADVISER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    text_of,
)


async def test_why_since_when_and_what_will_change_it(served: RunningApp) -> None:
    await served.receive(
        event("person.updated", "F1", date(2026, 10, 1), date_of_birth="2018-01-01",
              team="north", service="leaving", social_worker="w1"),
        event("pre_proceedings.started", "F1", date(2026, 10, 1), period_id="pp"),
        event("review.completed", "F1", date(2026, 10, 2), review_id="r", kind="pre_proceedings"),
    )  # fmt: skip
    page = text_of(await (await served.browser(ADVISER)).get("/cases/F1"))
    assert "Pre-proceedings Green" in page
    assert "on 27 November 2026, to amber" in page
    served.now = NOW + timedelta(days=8)
    page = text_of(await (await served.browser(ADVISER)).get("/cases/F1"))
    assert "Amber since 27 November 2026" in page
    assert "Rule PP3" in page
    assert "on 25 December 2026, to red" in page


async def test_as_at_a_day_and_as_known_at_a_day_differ_where_news_came_late(
    served: RunningApp,
) -> None:
    served.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    story = care_leaver("L1", code="B", suitable=True, weeks=10)
    await served.receive(story)
    served.now = NOW
    late = event("accommodation.changed", "L1", date(2026, 10, 20), accommodation_id="a1",
                 suitable=False, unsuitable_reason="unsafe")  # fmt: skip
    await served.receive(late)
    director = await served.browser(DIRECTOR)
    known_now = text_of(await director.get("/cases/L1?as_at=2026-11-01"))
    known_then = text_of(await director.get("/cases/L1?as_at=2026-11-01&known_at=2026-11-01"))
    assert "As at 1 November 2026, as known now." in known_now
    assert "Unsuitable accommodation Red" in known_now
    assert "with what was known at the end of 1 November 2026" in known_then
    assert "Unsuitable accommodation Green" in known_then
    nothing = text_of(await director.get("/cases/L1?as_at=2026-11-01&known_at=2026-10-01"))
    assert "Nothing was known of this young person then." in nothing
    assert "Record a review" not in known_then


async def test_what_leaders_were_told_stands_beside_what_is_known_now(served: RunningApp) -> None:
    served.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    await served.receive(care_leaver("L1", code="B", suitable=True, weeks=10))
    week = week_of(date(2026, 11, 9), served.state.policy.digest)
    served.now = week.due_at
    assert await make_week(served.state.mail_context, week)
    served.now = NOW
    await served.receive(
        event("accommodation.changed", "L1", date(2026, 10, 20), accommodation_id="a1",
              suitable=False, unsuitable_reason="unsafe")
    )  # fmt: skip
    page = text_of(await (await served.browser(DIRECTOR)).get("/cases/L1"))
    reported = page.split("What leaders were told")[1].split("What was done")[0]
    assert "9 November 2026 Unsuitable accommodation Green Red" in reported
    assert "Later news or a correction changed it" in reported


async def test_a_refused_event_about_the_young_person_stands_at_the_top(served: RunningApp) -> None:
    bad = event("accommodation.ended", "L1", TODAY, accommodation_id="a1")
    bad["data"]["date"] = "20/11/2026"
    await served.receive(care_leaver("L1"), bad)
    adviser, analyst = await served.browser(ADVISER), await served.browser(ANALYST)
    page = text_of(await adviser.get("/cases/L1"))
    assert "1 event about this young person was refused" in page
    assert page.index("was refused") < page.index("Unsuitable accommodation Red")
    assert "/refused/" not in (await adviser.get("/cases/L1")).text
    token = await analyst.token("/refused/1")
    done = await analyst.send("/refused/1/dismiss", token, why="sent again by the source")
    assert done.status_code == 303
    assert "was refused" not in text_of(await adviser.get("/cases/L1"))


async def test_a_merged_reference_leads_to_whom_the_young_person_became(served: RunningApp) -> None:
    merged = event("person.merged", "L0", TODAY, into="L1")
    merged["data"] = {"into": "L1"}
    await served.receive(care_leaver("L1"), care_leaver("L0"), merged)
    adviser = await served.browser(ADVISER)
    moved = await adviser.get("/cases/L0")
    assert (moved.status_code, moved.headers["location"]) == (303, "/cases/L1")
    mailed = await adviser.get("/cases/L0?digest=2026-W47.director")
    assert (mailed.status_code, mailed.headers["location"]) == (303, "/cases/L1")
    form = await adviser.get("/cases/L0/review/unsuitable_accommodation")
    assert form.status_code == 303


async def test_a_reference_with_a_slash_has_a_page_and_forms(served: RunningApp) -> None:
    await served.receive(care_leaver("second/17", code="U"))
    adviser = await served.browser(ADVISER)
    assert "Case second/17" in text_of(await adviser.get("/cases/second%2F17"))
    sent = await adviser.fill(
        "/cases/second%2F17/explanation/unsuitable_accommodation", why="legal_process"
    )
    assert sent.headers["location"].startswith("/cases/second~17?done=explanation")
    assert "Case second/17" in text_of(await adviser.get("/cases/second~17"))


async def test_a_manager_sees_forms_that_an_adviser_does_not(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"))
    adviser = text_of(await (await served.browser(ADVISER)).get("/cases/L1"))
    manager = text_of(await (await served.browser(MANAGER)).get("/cases/L1"))
    analyst = text_of(await (await served.browser(ANALYST)).get("/cases/L1"))
    assert "Record a review" in adviser
    assert "Rate it until a date" not in adviser
    assert "Acknowledge" not in adviser.replace("Acknowledged", "")
    assert "Rate it until a date" in manager
    assert "Record a review" not in analyst


async def test_who_looked_is_said_and_the_newest_is_the_one_who_looks(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"))
    await (await served.browser(ADVISER)).get("/cases/L1")
    page = text_of(await (await served.browser(DIRECTOR)).get("/cases/L1"))
    looked = page.split("Who looked at this page", 1)[1]
    assert looked.index("Director One (d1)") < looked.index("Adviser One (w1)")


async def test_nothing_is_shown_that_could_not_be_recorded(
    served: RunningApp, sqlite_store: Database
) -> None:
    await served.receive(care_leaver("L1"))
    adviser = await served.browser(ADVISER)
    await adviser.get("/cases/L1")
    async with sqlite_store.writing() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO audit_gone")
    broken = await adviser.get("/cases/L1")
    assert broken.status_code == 500
    assert "L1" not in broken.text


async def test_as_at_an_earlier_day_nothing_is_shown_that_came_later(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1", weeks=10),
        event("action.agreed", "L1", TODAY - timedelta(days=2), action_id="x", owner="w1",
              concern="unsuitable_accommodation", what="find a flat", due="2026-12-20"),
        event("action.agreed", "L1", TODAY + timedelta(days=3), action_id="y", owner="w1",
              concern="unsuitable_accommodation", what="view a flat", due="2026-12-20"),
    )  # fmt: skip
    director = await served.browser(DIRECTOR)
    then = text_of(await director.get("/cases/L1?as_at=2026-10-20"))
    assert "find a flat" not in then.split("The events behind it")[0]
    assert "No action is open for this red." in then
    assert "Known here since" not in then
    assert "Escalated to" not in then
    now = text_of(await director.get("/cases/L1"))
    assert "view a flat" not in now.split("Colours over time")[0]
    assert "Planned, from 23 November 2026" in now


async def test_a_merge_hides_nothing_that_was_told_or_refused(served: RunningApp) -> None:
    served.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    bad = event("accommodation.ended", "L0", TODAY, accommodation_id="a1")
    bad["data"]["date"] = "20/11/2026"
    await served.receive(care_leaver("L1", code="B", suitable=True), care_leaver("L0"), bad)
    await (await served.browser(MANAGER)).get("/cases/L0")
    week = week_of(date(2026, 11, 9), served.state.policy.digest)
    served.now = week.due_at
    assert await make_week(served.state.mail_context, week)
    served.now = NOW
    merged = event("person.merged", "L0", TODAY)
    merged["data"] = {"into": "L1"}
    await served.receive(merged)
    page = text_of(await (await served.browser(DIRECTOR)).get("/cases/L1"))
    assert "1 event about this young person was refused" in page
    assert "9 November 2026 Unsuitable accommodation Red" in page
    assert "Manager One (m1)" in page.split("Who looked at this page", 1)[1]


async def test_a_concern_that_is_not_tracked_says_so_and_climbs_to_nobody(
    served: RunningApp,
) -> None:
    served.now = NOW - timedelta(days=30)
    begun = TODAY - timedelta(days=200)
    await served.receive(
        event("person.updated", "C1", begun, date_of_birth="2018-01-01", team="north",
              service="leaving", social_worker="w1"),
        event("care.started", "C1", begun, care_id="c", legal_status="C2"),
        event("placement.started", "C1", begun, placement_id="p", code="U6"),
    )  # fmt: skip
    served.now = NOW
    page = text_of(await (await served.browser(DIRECTOR)).get("/cases/C1"))
    assert "Permanence Red" in page
    assert "Not tracked left out of counts, digests and escalations" in page
    assert "Escalated to" not in page


async def test_an_event_that_was_taken_back_is_listed_as_such(served: RunningApp) -> None:
    wrong = event("accommodation.changed", "L1", TODAY, accommodation_id="a1", suitable=True)
    back = event("event.retracted", "L1", TODAY)
    back["data"] = {"id": wrong["id"]}
    await served.receive(care_leaver("L1"), wrong, back)
    page = text_of(await (await served.browser(DIRECTOR)).get("/cases/L1"))
    assert "Accommodation changed Does not count: taken back" in page


async def test_a_reference_of_too_many_events_is_said_and_holds_nobody_up(
    served: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 200,000 events of one child a page would take hours, and every other page with it."""
    await served.receive(care_leaver("L1"), care_leaver("L2"))
    monkeypatch.setattr(event_log, "MOST_EVENTS", 1)
    for who in (ADVISER, DIRECTOR):
        browser = await served.browser(who)
        shown = await browser.get("/cases/L1")
        assert (shown.status_code, "is set aside" in shown.text) == (503, True), who
        assert (await browser.get("/api/cases/L1")).status_code == 503
    other = await served.browser(OTHER_ADVISER)
    assert (await other.get("/cases/L1")).status_code == 404
    assert (await other.get("/api/cases/L1")).status_code == 404


async def test_what_would_change_it_is_said_of_today_and_of_no_other_day(
    served: RunningApp,
) -> None:
    await served.receive(care_leaver("L1", code="U", weeks=2))
    adviser = await served.browser(ADVISER)
    text = text_of(await adviser.get("/cases/L1"))
    assert "What would change it" in text
    assert "Amber , by today’s rules: an action due within 28 days and a review of it." in text
    assert "Green , by today’s rules: judged suitable; or a move to somewhere suitable." in text
    assert "It climbs to the team manager on 24 November 2026, if nothing happens." in text
    assert "What would change it" not in text_of(await adviser.get("/cases/L1?as_at=2026-11-19"))
