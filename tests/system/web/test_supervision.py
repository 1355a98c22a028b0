"""A manager finds what nobody has reviewed, goes through it with the worker, and records it."""

from datetime import timedelta

import pytest
from httpx2 import Response

from schemas.policy import Pages, Policy
from services.store import audit_log
from services.store.audit_log import Wanted
from services.web.forms.several import chosen_field, own_field
from tests.system.web.running_app import (
    ADVISER,
    ANALYST,
    MANAGER,
    OTHER_ADVISER,
    TODAY,
    Browser,
    RunningApp,
    care_leaver,
    event,
    text_of,
)
from tests.system.web.test_forms import stored_events

CONCERN = "unsuitable_accommodation"
SHEET = "/supervision?worker=w1"
HELD = {"date-day": "19", "date-month": "11", "date-year": "2026"}


@pytest.fixture
async def council(served: RunningApp) -> RunningApp:
    """Three red young people of one adviser, of whom one was reviewed; one of another team."""
    await served.receive(
        care_leaver("L1", code="U"),
        event("review.completed", "L1", TODAY - timedelta(days=40), review_id="r", kind="oversight",
              concern=CONCERN),
        event("oversight.explained", "L1", TODAY - timedelta(days=2), explanation_id="e",
              concern=CONCERN, why="waiting_for_panel"),
        event("action.agreed", "L1", TODAY - timedelta(days=30), action_id="a", concern=CONCERN,
              what="find a flat", owner="w1", due="2026-11-10", kind="find_accommodation"),
        care_leaver("L2", code="U"),
        care_leaver("L3", code="S"),
        care_leaver("L4", code="U", worker="w2", team="south"),
    )  # fmt: skip
    return served


async def sent(browser: Browser, *people: str, **fields: str) -> Response:
    token = await browser.token(SHEET)
    boxes = {chosen_field(person): "yes" for person in people}
    return await browser.client.post(
        SHEET, data={"form": token, **boxes, **fields}, headers={"Origin": str(browser.base)}
    )


async def test_which_of_my_advisers_cases_nobody_reviewed_is_two_clicks_away(
    council: RunningApp,
) -> None:
    manager = await council.browser(MANAGER)
    page = await manager.get("/work")
    assert "Adviser One (w1)" in text_of(page)
    assert "/cases?worker=w1&amp;never_reviewed=yes" in page.text
    listed = text_of(await manager.get("/cases?worker=w1&never_reviewed=yes"))
    assert "2 cases" in listed
    assert "Red or amber, and nobody has reviewed it" in listed
    assert " L1 " not in listed
    assert " L4 " not in text_of(page)


async def test_the_sheet_says_what_there_is_to_speak_of(council: RunningApp) -> None:
    manager = await council.browser(MANAGER)
    text = text_of(await manager.get(SHEET))
    assert "Supervision sheet, 20 November 2026 Adviser One (w1)" in text
    assert "3 young people" in text
    assert text.index("L3") < text.index("L1"), "who is homeless comes first"
    assert "11 October 2026" in text
    assert "Find accommodation, due 10 November 2026 late" in text
    assert "Waiting for a panel" in text
    assert "Nothing said" in text


async def test_an_adviser_sees_their_own_sheet_and_records_none(council: RunningApp) -> None:
    adviser, other = await council.browser(ADVISER), await council.browser(OTHER_ADVISER)
    text = text_of(await adviser.get(SHEET))
    assert "3 young people" in text
    assert "Record this supervision" not in text
    token = await adviser.token("/cases/L1/review/unsuitable_accommodation")
    refused = await adviser.client.post(
        SHEET, data={"form": token, chosen_field("L1"): "yes", "outcome": "x", **HELD},
        headers={"Origin": str(adviser.base)},
    )  # fmt: skip
    assert refused.status_code == 404
    assert "No case of theirs is yours to see" in text_of(await other.get(SHEET))
    analyst = await council.browser(ANALYST)
    assert "Record this supervision" not in text_of(await analyst.get(SHEET))


async def test_one_form_records_all_of_them_each_with_a_sentence_of_its_own_or_that_for_all(
    council: RunningApp,
) -> None:
    manager = await council.browser(MANAGER)
    own = {own_field("outcome", "L3"): "A place in a hostel is to be found tonight."}
    answer = await sent(manager, "L1", "L3", outcome="Went through the plan.", **own, **HELD)
    assert answer.status_code == 303, text_of(answer)
    after = text_of(await manager.get(answer.headers["location"]))
    assert "Supervision of 2 young people is recorded." in after
    assert after.count("Last supervision: 19 November 2026.") == 2
    assert after.count("Last supervision: none recorded.") == 1
    work = text_of(await manager.get("/work"))
    assert "19 November 2026" in work
    before = text_of(await manager.get("/work?as_at=2026-11-18"))
    assert "19 November 2026" not in before
    recorded = {data["outcome"]: data for _, data in await stored_events(council)}
    assert set(recorded) == {
        "Went through the plan.", "A place in a hostel is to be found tonight.",
    }  # fmt: skip
    for data in recorded.values():
        assert (data["kind"], data["held_by"], data["date"]) == ("oversight", "m1", "2026-11-19")
    listed = text_of(await manager.get("/cases?worker=w1&never_reviewed=yes"))
    assert "1 case" in listed
    assert " L2 " in listed


async def test_sent_twice_it_counts_once_and_what_is_wrong_is_said(council: RunningApp) -> None:
    manager = await council.browser(MANAGER)
    nobody = await sent(manager, outcome="x", **HELD)
    assert nobody.status_code == 422
    assert "Choose at least one case" in text_of(nobody)
    undated = await sent(manager, "L1", outcome="Went through it.")
    assert "Enter the date of the supervision" in text_of(undated)
    assert 'href="#date-day"' in undated.text
    tomorrow = {"date-day": "21", "date-month": "11", "date-year": "2026"}
    assert "must be 20 November 2026 or earlier" in text_of(
        await sent(manager, "L1", outcome="Went through it.", **tomorrow)
    )
    token = await manager.token(SHEET)
    data = {"form": token, chosen_field("L1"): "yes", "outcome": "Went through it.", **HELD}
    for _ in range(2):
        answer = await manager.client.post(SHEET, data=data, headers={"Origin": str(manager.base)})
        assert answer.status_code == 303
    assert len(await stored_events(council)) == 1


async def test_the_policy_says_who_supervises_and_where(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    chief = Policy(pages=Pages(may_supervise=("chief_officer",)))
    assert "Record this supervision" in text_of(await (await served.browser(MANAGER)).get(SHEET))
    served.state.directory.policy = chief
    served.state.directory.renew(served.state.directory.recipients)
    manager = await served.browser(MANAGER)
    assert "Record this supervision" not in text_of(await manager.get(SHEET))


async def test_why_several_are_still_red_is_said_at_once(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    page = await adviser.get("/explanations")
    assert "3 cases of yours are red" in text_of(page)
    token = await adviser.token("/explanations")
    boxes = {chosen_field(person, CONCERN): "yes" for person in ("L2", "L3")}
    fields = {"form": token, **boxes, "why": "no_accommodation_available",
              own_field("why", "L3", CONCERN): "young_person_declines"}  # fmt: skip
    answer = await adviser.client.post(
        "/explanations", data=fields, headers={"Origin": str(adviser.base)}
    )
    assert answer.status_code == 303, text_of(answer)
    after = text_of(await adviser.get(answer.headers["location"]))
    assert "2 answers are recorded." in after
    assert sorted(data["why"] for _, data in await stored_events(council)) == [
        "no_accommodation_available", "young_person_declines",
    ]  # fmt: skip
    nothing = await adviser.client.post(
        "/explanations", data={"form": token, **boxes}, headers={"Origin": str(adviser.base)}
    )
    assert nothing.status_code == 422
    assert "Choose the main reason" in text_of(nothing)


async def test_a_reason_of_one_s_own_takes_no_sentence_meant_for_the_others(
    council: RunningApp,
) -> None:
    adviser = await council.browser(ADVISER)
    token = await adviser.token("/explanations")
    fields = {
        "form": token, "why": "waiting_for_panel", "text": "The panel meets on Tuesday.",
        **{chosen_field(person, CONCERN): "yes" for person in ("L1", "L2")},
        own_field("why", "L2", CONCERN): "young_person_declines",
    }  # fmt: skip
    headers = {"Origin": str(adviser.base)}
    answer = await adviser.client.post("/explanations", data=fields, headers=headers)
    assert answer.status_code == 303, text_of(answer)
    said = {data["why"]: data.get("text") for _, data in await stored_events(council)}
    assert said == {
        "waiting_for_panel": "The panel meets on Tuesday.", "young_person_declines": None,
    }  # fmt: skip


async def test_who_is_another_team_s_is_neither_recorded_nor_passed_over_in_silence(
    council: RunningApp,
) -> None:
    manager = await council.browser(MANAGER)
    answer = await sent(manager, "L4", outcome="Went through it.", **HELD)
    assert "Supervision of 0 young people" in text_of(await manager.get(answer.headers["location"]))
    assert await stored_events(council) == []
    async with council.state.database.reading() as connection:
        found, _ = await audit_log.entries(connection, Wanted(who="m1"), most=50)
    assert ("was denied", "L4") in {(item.act, item.person) for item in found}
