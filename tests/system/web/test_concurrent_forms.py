"""Forms that go wrong half-way, and two people at once: nothing counts twice, nothing is lost."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    MANAGER,
    NOW,
    TODAY,
    Browser,
    RunningApp,
    care_leaver,
    event,
    text_of,
)
from tests.system.web.test_forms import REVIEW, stored_events

PATH = "/cases/L1/review/unsuitable_accommodation"
DONE = {"became": "completed", "date__day": "20", "date__month": "11", "date__year": "2026"}


def with_an_action(owner: str = "w1", due: str = "2026-12-01") -> list[dict[str, Any]]:
    return [
        *care_leaver("L1", code="U"),
        event("action.agreed", "L1", TODAY - timedelta(days=5), action_id="x", owner=owner,
              concern="unsuitable_accommodation", what="find a flat", due=due),
    ]  # fmt: skip


async def opened(browser: Browser, path: str) -> tuple[str, str]:
    page = await browser.get(path)
    return await browser.token(path), page.text.split('name="seen" value="')[1].split('"')[0]


async def test_a_form_of_which_half_was_stored_counts_once_when_it_is_sent_again(
    served: RunningApp,
) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    served.refuses_after = 1
    refused = await adviser.send(PATH, await adviser.token(PATH), **REVIEW)
    assert refused.status_code == 503
    assert "Sent twice, it counts once." in text_of(refused)
    served.refuses_after = None
    token = refused.text.split('name="form" value="')[-1].split('"')[0]
    again = await adviser.send(PATH, token, **REVIEW)
    assert again.status_code == 303
    assert sorted(name for name, _ in await stored_events(served)) == [
        "action.agreed",
        "review.completed",
    ]


async def test_of_two_who_close_an_action_at_once_one_is_told_of_the_other(
    served: RunningApp,
) -> None:
    await served.receive(with_an_action())
    adviser, manager = await served.browser(ADVISER), await served.browser(MANAGER)
    path = "/cases/L1/actions/x"
    (one, seen), (other, _) = await opened(adviser, path), await opened(manager, path)
    answers = await asyncio.gather(
        adviser.send(path, one, seen=seen, **DONE),
        manager.send(path, other, seen=seen, became="cancelled", reason="not needed"),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(await stored_events(served)) == 1


async def test_a_fault_does_not_make_one_forget_what_one_had_seen(served: RunningApp) -> None:
    await served.receive(with_an_action())
    adviser, manager = await served.browser(ADVISER), await served.browser(MANAGER)
    path = "/cases/L1/actions/x"
    token, seen = await opened(manager, path)
    await adviser.fill(path, **DONE)
    fault = await manager.send(path, token, seen=seen, became="cancelled", reason="")
    assert fault.status_code == 422
    kept = fault.text.split('name="seen" value="')[1].split('"')[0]
    second = await manager.send(path, token, seen=kept, became="cancelled", reason="not needed")
    assert second.status_code == 409


async def test_no_row_of_an_action_is_dropped_in_silence(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    row = {"action1__what": "", "action1__due__day": "", "action1__due__month": ""}
    sent = await adviser.fill(PATH, **{**REVIEW, **row})
    assert sent.status_code == 422
    assert "Enter what will be done" in text_of(sent)


async def test_what_was_typed_is_shown_when_the_case_is_no_longer_red(served: RunningApp) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser = await served.browser(ADVISER)
    path = "/cases/L1/explanation/unsuitable_accommodation"
    token = await adviser.token(path)
    await served.receive(
        event("accommodation.changed", "L1", TODAY, accommodation_id="a1", suitable=True)
    )
    sent = await adviser.send(path, token, why="other", text="The landlord came round.")
    assert sent.status_code == 409
    assert "The landlord came round." in text_of(sent)
    assert await stored_events(served) == []


async def test_what_was_typed_is_shown_when_the_young_person_was_merged(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"), care_leaver("L0"))
    adviser = await served.browser(ADVISER)
    path = "/cases/L0/explanation/unsuitable_accommodation"
    token = await adviser.token(path)
    merged = event("person.merged", "L0", TODAY)
    merged["data"] = {"into": "L1"}
    await served.receive(merged)
    sent = await adviser.send(path, token, why="other", text="The landlord came round.")
    assert sent.status_code == 409
    assert "The landlord came round." in text_of(sent)
    assert "Look at case L1" in text_of(sent)


async def test_an_owner_whom_the_directory_does_not_know_keeps_an_action(
    served: RunningApp,
) -> None:
    await served.receive(with_an_action(owner="housing-7", due="2026-11-01"))
    adviser = await served.browser(ADVISER)
    path = "/cases/L1/actions/x"
    sent = await adviser.fill(
        path, became="changed", owner="housing-7",
        due__day="1", due__month="11", due__year="2026",
    )  # fmt: skip
    assert sent.status_code == 303


async def test_whoever_stands_on_two_steps_acknowledges_on_both(served: RunningApp) -> None:
    served.now = NOW - timedelta(days=30)
    await served.receive(care_leaver("L1"))
    served.now = NOW
    both = await served.browser(DIRECTOR, MANAGER[1])
    assert "Escalated to you: 1" in text_of(await both.get("/"))
    await both.fill("/cases/L1/acknowledgement/unsuitable_accommodation")
    assert "Escalated to you" not in text_of(await both.get("/"))


async def test_a_banner_is_shown_to_whoever_sent_the_form_and_to_nobody_else(
    served: RunningApp,
) -> None:
    await served.receive(care_leaver("L1", code="U"))
    adviser, manager = await served.browser(ADVISER), await served.browser(MANAGER)
    sent = await adviser.fill(PATH, **REVIEW)
    assert "The review is recorded." in text_of(await adviser.get(sent.headers["location"]))
    assert "is recorded." not in text_of(await manager.get(sent.headers["location"]))
    spoofed = await adviser.get("/cases/L1?done=review&form=0123&events=1&receipt=0123")
    assert "on the message broker" not in text_of(spoofed)


async def test_an_old_content_that_is_sent_again_is_on_every_page_at_once(
    served: RunningApp,
) -> None:
    first, started = care_leaver("L1", code="U")
    good = {
        **started,
        "data": {**started["data"], "suitable": True},
        "time": "2026-11-18T18:00:00Z",
    }
    await served.receive(first, {**started, "time": "2026-11-17T18:00:00Z"}, good)
    adviser = await served.browser(ADVISER)
    assert "Unsuitable accommodation Green" in text_of(await adviser.get("/cases/L1"))
    await served.receive({**started, "time": "2026-11-19T18:00:00Z"})
    assert "Unsuitable accommodation Red" in text_of(await adviser.get("/cases/L1"))
    assert "L1" in text_of(await adviser.get("/cases?colour=red"))


async def test_thirty_forms_at_once_are_all_recorded(served: RunningApp) -> None:
    people = [f"L{number}" for number in range(30)]
    await served.receive(*(care_leaver(person, code="U") for person in people))
    adviser = await served.browser(ADVISER)
    adviser.client.timeout = 30
    paths = [f"/cases/{person}/explanation/unsuitable_accommodation" for person in people]
    tokens = [await adviser.token(path) for path in paths]
    sent = await asyncio.gather(
        *(
            adviser.send(path, token, why="legal_process")
            for path, token in zip(paths, tokens, strict=True)
        )
    )
    assert {answer.status_code for answer in sent} == {303}
    assert len(await stored_events(served)) == 30
