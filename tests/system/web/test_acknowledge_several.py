"""Several reds acknowledged at once: a sentence each, or one for all; all of them, or none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from faststream.nats import NatsBroker
from httpx2 import Response

from schemas.events.oversight import OversightAcknowledged
from schemas.policy import Pages, Policy
from services.store import stored_events
from services.store.database import Database
from services.web.forms.several import chosen_field, own_field
from tests.system.web.running_app import (
    ADVISER,
    DIRECTOR,
    MANAGER,
    Browser,
    RunningApp,
    care_leaver,
    in_unregistered_placement,
    running_app,
    text_of,
)

PATH = "/acknowledgements"
UA, UP = "unsuitable_accommodation", "unregulated_placement"


@pytest.fixture
async def several(served: RunningApp) -> RunningApp:
    """An unlawful red, and two homeless young people."""
    await served.receive(
        care_leaver("L1", code="S"), care_leaver("L2", code="S"), in_unregistered_placement("C1")
    )
    return served


async def sent(browser: Browser, *cases: tuple[str, str], **fields: str) -> Response:
    """Choose some cases and send the form."""
    token = await browser.token(PATH)
    chosen = {chosen_field(person, concern): "yes" for person, concern in cases}
    return await browser.client.post(
        PATH, data={"form": token, **chosen, **fields}, headers={"Origin": str(browser.base)}
    )


async def said(served: RunningApp, person: str) -> list[tuple[str, str | None]]:
    """Who acknowledged a case, and what they said."""
    async with served.runtime.database.reading() as connection:
        events = [item.event for item in await stored_events.load(connection, {person})]
    return sorted(
        (event.data.role, event.data.note)
        for event in events
        if isinstance(event.data, OversightAcknowledged)
    )


async def test_the_gravest_comes_first_and_each_has_its_own_sentence_or_that_for_all(
    several: RunningApp,
) -> None:
    manager = await several.browser(MANAGER)
    page = (await manager.get(PATH)).text
    places = [page.index(chosen_field(p, c)) for p, c in (("C1", UP), ("L1", UA), ("L2", UA))]
    assert places == sorted(places)
    assert "Acknowledge several at once" in (await manager.get("/")).text
    answer = await sent(
        manager, ("C1", UP), ("L1", UA), note="I will chair the panel.",
        **{own_field("note", "L1", UA): "A room is found for tonight."},
    )  # fmt: skip
    assert answer.status_code == 303, text_of(answer)
    after = text_of(await manager.get(answer.headers["location"]))
    assert "2 cases are acknowledged." in after
    assert "1 red waits for you" in after
    assert await said(several, "C1") == [("team_manager", "I will chair the panel.")]
    assert await said(several, "L1") == [("team_manager", "A room is found for tonight.")]
    assert await said(several, "L2") == []


async def test_sent_twice_it_counts_once(several: RunningApp) -> None:
    manager = await several.browser(MANAGER)
    token = await manager.token(PATH)
    form = {"form": token, chosen_field("L1", UA): "yes"}
    for _ in range(2):
        answer = await manager.client.post(PATH, data=form, headers={"Origin": str(manager.base)})
        assert answer.status_code == 303
    assert await said(several, "L1") == [("team_manager", None)]


async def test_where_one_sentence_has_a_name_nothing_is_recorded_and_all_is_still_there(
    several: RunningApp,
) -> None:
    manager = await several.browser(MANAGER)
    own = {own_field("note", "L1", UA): "I will ring Jessica about it."}
    answer = await sent(manager, ("C1", UP), ("L1", UA), note="I will chair the panel.", **own)
    assert answer.status_code == 422
    assert "‘Jessica’ may be a name" in text_of(answer)
    assert answer.text.count(" checked>") == 2
    assert "I will chair the panel." in answer.text
    assert await said(several, "C1") == await said(several, "L1") == []
    confirmed = await sent(manager, ("C1", UP), ("L1", UA), no_names="yes", **own)
    assert confirmed.status_code == 303
    assert len(await said(several, "L1")) == 1


async def test_nothing_chosen_is_said_and_what_is_not_theirs_is_passed_over(
    several: RunningApp,
) -> None:
    await several.receive(care_leaver("S1", code="S", team="south", service="safeguarding"))
    manager = await several.browser(MANAGER)
    nothing = await sent(manager)
    assert (nothing.status_code, "Choose at least one case" in nothing.text) == (422, True)
    foreign = await sent(manager, ("S1", UA), ("nobody", UA), ("L1", "no_concern"), ("L1", UA))
    assert "1 case is acknowledged." in text_of(await manager.get(foreign.headers["location"]))
    assert await said(several, "S1") == []
    forged = await manager.get(f"{PATH}?done=7&receipt=x")
    assert "7 cases" not in text_of(forged)


async def test_while_the_broker_does_not_answer_what_was_typed_stays(several: RunningApp) -> None:
    manager = await several.browser(MANAGER)
    several.refuses_after = 1
    answer = await sent(manager, ("C1", UP), ("L1", UA), note="I will chair the panel.")
    assert answer.status_code == 503
    assert "It is not recorded yet" in text_of(answer)
    assert "I will chair the panel." in answer.text


async def test_nobody_to_whom_nothing_climbs_has_the_page(several: RunningApp) -> None:
    assert (await (await several.browser(ADVISER)).get(PATH)).status_code == 404
    director = await several.browser(DIRECTOR)
    assert "1 red waits for you" in text_of(await director.get(PATH)), "what is unlawful"


@pytest.fixture
async def elsewhere(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    policy = Policy(council="Test", pages=Pages(forms={"acknowledgement": "case_system"}))
    async with running_app(sqlite_store, broker, tmp_path, policy) as one:
        yield one


async def test_where_it_is_done_in_the_case_system_it_is_not_here(elsewhere: RunningApp) -> None:
    assert (await (await elsewhere.browser(MANAGER)).get(PATH)).status_code == 404
