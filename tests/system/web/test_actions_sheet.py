"""The weekly meeting: what was promised and not done; and a late action that no form excuses."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from tests.system.web.running_app import (
    ADVISER,
    ANALYST,
    DIRECTOR,
    LEAD_MEMBER,
    MANAGER,
    OTHER_ADVISER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    text_of,
)
from tests.system.web.test_forms import stored_events

CONCERN = "unsuitable_accommodation"


def promised(id_: str, due: date, *, agreed: date = TODAY - timedelta(days=20)) -> dict[str, Any]:
    return event("action.agreed", "L1", agreed, action_id=id_, concern=CONCERN, owner="w1",
                 what=f"what {id_} is to do", kind="find_accommodation",
                 due=due.isoformat())  # fmt: skip


async def stored(served: RunningApp) -> None:
    await served.receive(
        care_leaver("L1", code="U", weeks=12),
        promised("late", TODAY - timedelta(days=3)),
        promised("soon", TODAY + timedelta(days=6)),
        promised("later", TODAY + timedelta(days=7)),
        promised("kept", TODAY - timedelta(days=1)),
        event("action.completed", "L1", TODAY - timedelta(days=1), action_id="kept"),
        promised("slipped", TODAY - timedelta(days=9)),
        event("action.completed", "L1", TODAY - timedelta(days=2), action_id="slipped"),
        care_leaver("L2", code="U", team="south", worker="w2"),
    )


def fields(due: date, **more: str) -> dict[str, str]:
    parts = {"due__day": str(due.day), "due__month": str(due.month), "due__year": str(due.year)}
    return {"became": "changed", "owner": "w1", **parts, **more}


async def test_the_meeting_sees_what_is_late_due_and_done(served: RunningApp) -> None:
    await stored(served)
    manager = await served.browser(MANAGER)
    text = text_of(await manager.get("/actions"))
    assert "1 action late and open" in text
    assert "1 due by 26 November 2026" in text
    assert "Done since 14 November 2026: 1 in time, 1 late" in text
    assert "Late and open: 1" in text
    assert "what late is to do" in text
    assert "what soon is to do" in text
    assert "what later is to do" not in text
    assert "The plan of each red: 1" in text
    assert "Find accommodation, Adviser One (w1), due 17 November 2026 late" in text


async def test_each_sees_their_own_and_the_lead_member_none(served: RunningApp) -> None:
    await stored(served)
    for who, late in ((ADVISER, "1 action"), (DIRECTOR, "1 action"), (ANALYST, "1 action"),
                      (OTHER_ADVISER, "0 actions")):  # fmt: skip
        browser = await served.browser(who)
        assert f"{late} late and open" in text_of(await browser.get("/actions")), who
    lead = await served.browser(LEAD_MEMBER)
    assert (await lead.get("/actions")).status_code == 404
    assert (await lead.get("/actions.xlsx")).status_code == 404


async def test_the_sheet_is_had_as_at_another_day(served: RunningApp) -> None:
    await stored(served)
    manager = await served.browser(MANAGER)
    then = text_of(await manager.get("/actions?as_at=2026-11-17"))
    assert "As at 17 November 2026" in then
    assert "1 action late and open" in then  # the one that slipped; the other was due that day
    assert "what slipped is to do" in then
    wrong = text_of(await manager.get("/actions?as_at=2026-02-31"))
    assert "no real date" in wrong
    assert (await manager.get("/actions.xlsx?as_at=2026-02-31")).status_code == 422


async def test_a_number_opens_its_actions(served: RunningApp) -> None:
    await stored(served)
    director = await served.browser(DIRECTOR)
    page = await director.get("/actions")
    assert "/actions?team=north&amp;owner=w1#late" in page.text
    text = text_of(await director.get("/actions?team=south&owner=w2"))
    assert "Only team south, Adviser Two (w2)." in text
    assert "what late is to do" not in text


async def test_the_workbook_has_all_of_it(served: RunningApp) -> None:
    await stored(served)
    manager = await served.browser(MANAGER)
    answer = await manager.get("/actions.xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Actions", "By owner", "Done in time", "Plan of each red"]
    rows = list(book["Actions"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[3]) for row in rows] == [
        ("Late and open", "what late is to do"),
        ("Due in the next 7 days", "what soon is to do"),
        ("Done late in the last 7 days", "what slipped is to do"),
        ("Done in time in the last 7 days", "what kept is to do"),
    ]
    assert book["By owner"]["C2"].value == 1
    assert "(late)" in book["Plan of each red"]["F2"].value


async def test_an_adviser_cannot_excuse_a_late_action(served: RunningApp) -> None:
    await stored(served)
    adviser = await served.browser(ADVISER)
    sent = await adviser.fill(
        "/cases/L1/actions/late", **fields(TODAY + timedelta(days=5), why="the panel is later")
    )
    assert sent.status_code == 422
    assert (
        "This action is late, so only a manager can give it a later date. Until one does, it "
        "stays due on 17 November 2026" in text_of(sent)
    )
    assert "the panel is later" in sent.text
    assert await stored_events(served) == []


async def test_a_manager_s_later_date_counts_and_what_it_was_is_shown(served: RunningApp) -> None:
    await stored(served)
    manager = await served.browser(MANAGER)
    path = "/cases/L1/actions/late"
    assert "A later date has your authority" in text_of(await manager.get(path))
    later = TODAY + timedelta(days=5)
    unexplained = await manager.fill(path, **fields(later))
    assert "Enter why it is due later" in text_of(unexplained)
    sent = await manager.fill(path, **fields(later, why="the panel meets a week later"))
    assert sent.status_code == 303, text_of(sent)
    (_, data), *_ = await stored_events(served)
    assert (data["authorised_by"], data["changed_by"]) == ("m1", "m1")
    text = text_of(await manager.get("/actions"))
    assert "0 actions late and open" in text
    assert "2 due by" in text
    assert "moved once; first due 17 November 2026" in text
    assert "to 25 November 2026 by Manager One (m1), authorised by Manager One (m1) " in text
    assert "(the panel meets a week later)" in text


async def test_a_first_later_date_in_time_needs_no_manager_and_a_second_does(
    served: RunningApp,
) -> None:
    await stored(served)
    adviser = await served.browser(ADVISER)
    path = "/cases/L1/actions/soon"
    first = await adviser.fill(path, **fields(TODAY + timedelta(days=9), why="no viewing before"))
    assert first.status_code == 303, text_of(first)
    second = await adviser.fill(path, **fields(TODAY + timedelta(days=12), why="none again"))
    assert second.status_code == 422
    assert "This action was given a later date before, so only a manager" in text_of(second)
    earlier = await adviser.fill(path, **fields(TODAY + timedelta(days=2)))
    assert earlier.status_code == 303


async def test_a_second_action_alike_is_asked_about_and_may_be_meant(served: RunningApp) -> None:
    await stored(served)
    adviser = await served.browser(ADVISER)
    path = f"/cases/L1/actions/{CONCERN}/new"
    action = {"what": "view another flat", "kind": "find_accommodation", "owner": "w1",
              "due__day": "1", "due__month": "Dec", "due__year": "26"}  # fmt: skip
    asked = await adviser.fill(path, **action)
    assert asked.status_code == 422
    assert "An action of this kind is open already: Find accommodation, due 17 November" in text_of(
        asked
    )
    assert "view another flat" in asked.text
    assert (await adviser.fill(path, **{**action, "kind": "panel"})).status_code == 303
    assert (await adviser.fill(path, **action, again="yes")).status_code == 303


async def test_nor_can_an_adviser_cancel_what_is_late(served: RunningApp) -> None:
    await stored(served)
    adviser, manager = await served.browser(ADVISER), await served.browser(MANAGER)
    cancelled = {"became": "cancelled", "reason": "it will not be needed"}
    refused = await adviser.fill("/cases/L1/actions/late", **cancelled)
    assert refused.status_code == 422
    assert "This action is late, so only a manager can cancel it" in text_of(refused)
    assert (await adviser.fill("/cases/L1/actions/soon", **cancelled)).status_code == 303
    assert (await manager.fill("/cases/L1/actions/late", **cancelled)).status_code == 303
