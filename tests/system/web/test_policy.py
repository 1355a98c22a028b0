"""Trying a policy: the form, the comparison that is made beside the pages, and how to adopt it."""

import re
import tomllib
from datetime import timedelta

from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.oversight.derived_by import mark_derived
from services.oversight.policy_trial import make_next
from services.store import policy_comparisons
from services.store.policy_comparisons import SILENT, PolicyChange, PolicyComparison
from services.tracking.erase import Asked, erase
from tests.store.oversight.council import restrict
from tests.system.web.running_app import (
    ADVISER,
    ANALYST,
    DIRECTOR,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    text_of,
)


async def stored(served: RunningApp) -> None:
    begun = TODAY - timedelta(days=60)
    await served.receive(
        care_leaver("L1"),
        event("person.updated", "K9", begun, date_of_birth="2020-05-01", team="t1"),
        event("pre_proceedings.started", "K9", begun, period_id="p"),
    )


async def made(served: RunningApp) -> None:
    state = served.state
    while await make_next(state.database, state.rules, state.clock):
        pass


async def test_a_policy_is_tried_and_says_who_turns_red_and_how_to_adopt_it(
    served: RunningApp,
) -> None:
    await stored(served)
    analyst = await served.browser(ANALYST)
    page = text_of(await analyst.get("/policy"))
    assert "PP1.days Days after which pre-proceedings are red" in page
    answer = await analyst.fill("/policy", **{"name": "At 8 weeks", "PP1.days": "56"})
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert "It is about to begin" in text_of(await analyst.get(address))
    await made(served)
    page = text_of(await analyst.get(address))
    assert "Pre-proceedings 1 1 0 +1" in page
    assert "PP1" in page
    assert "84 days 56 days" in page
    html = (await analyst.get(address)).text
    assert 'href="/cases/K9"' in html
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", html, re.DOTALL)
    assert shown
    adopted = Policy.model_validate(tomllib.loads(shown[1].replace("&#34;", '"')))
    assert adopted.name == "At 8 weeks"
    assert adopted.adopted_on == TODAY + timedelta(days=1)
    assert adopted.parameters["PP1.days"][0].value == 56
    rows = (await analyst.get(f"{address}.csv")).text.splitlines()
    assert rows[1].startswith("K9,pre_proceedings,")
    assert "At 8 weeks" in text_of(await analyst.get("/policy"))


async def test_what_cannot_be_tried_is_said_beside_its_field(served: RunningApp) -> None:
    await stored(served)
    analyst = await served.browser(ANALYST)
    nothing = text_of(await analyst.fill("/policy", name="The same"))
    assert "Enter another value of at least one parameter" in nothing
    same = text_of(await analyst.fill("/policy", **{"name": "The same", "PP1.days": "84"}))
    assert "Enter another value of at least one parameter" in same
    wrong = await analyst.fill("/policy", **{"PP1.days": "soon", "PW1.months": "60"})
    assert wrong.status_code == 422
    page = text_of(wrong)
    assert "Enter what you call this policy" in page
    assert "PP1.days must be a number of days, such as 28" in page
    assert "it is law" in page
    assert 'value="soon"' in wrong.text


async def test_only_who_may_try_a_policy_can_and_nobody_restricted_is_shown(
    served: RunningApp,
) -> None:
    await stored(served)
    assert (await (await served.browser(ADVISER)).get("/policy")).status_code == 404
    director = await served.browser(DIRECTOR)
    answer = await director.fill("/policy", **{"name": "x", "PP1.days": "56"})
    await made(served)
    address = answer.headers["location"]
    assert "K9" in (await director.get(address)).text
    await restrict(served.state.database, "K9", "somebody")
    assert "K9" not in text_of(await director.get(address))
    assert "K9" not in (await director.get(f"{address}.csv")).text
    assert (await director.get("/policy/comparisons/none")).status_code == 404


async def test_one_whose_maker_is_gone_is_made_anew(served: RunningApp) -> None:
    await stored(served)
    analyst = await served.browser(ANALYST)
    answer = await analyst.fill("/policy", **{"name": "x", "PP1.days": "56"})
    state, now = served.state, served.state.clock()
    async with state.database.writing() as connection:
        taken = await policy_comparisons.next_to_make(connection, now, "one")
        assert taken
        assert await policy_comparisons.next_to_make(connection, now, "two") is None
        later = now + SILENT + timedelta(seconds=1)
        again = await policy_comparisons.next_to_make(connection, later, "two")
        assert again
        assert again.id == taken.id
        assert not await policy_comparisons.hear(connection, taken.id, "one", later, 1, 2)
        await policy_comparisons.finish(connection, taken.id, "one", [])
    page = text_of(await analyst.get(answer.headers["location"]))
    assert "It is about to begin" in page


async def test_who_is_erased_meanwhile_is_left_out(served: RunningApp) -> None:
    await stored(served)
    analyst = await served.browser(ANALYST)
    answer = await analyst.fill("/policy", **{"name": "x", "PP1.days": "56"})
    state, now = served.state, served.state.clock()
    id_ = answer.headers["location"].rsplit("/", 1)[-1]
    async with state.database.writing() as connection:
        await policy_comparisons.next_to_make(connection, now, "one")
    await erase(state.database, "K9", state.rules, Asked("dpo", "asked", now))
    change = PolicyChange(
        "K9", Concern.PRE_PROCEEDINGS, TODAY, TODAY + timedelta(days=9), Rag.AMBER, Rag.RED,
        "PP1", "Day 60.", "t1",
    )  # fmt: skip
    async with state.database.writing() as connection:
        await policy_comparisons.finish(connection, id_, "one", [change])
    page = text_of(await analyst.get(answer.headers["location"]))
    assert "K9" not in page
    assert f"Nobody has another colour on {TODAY.day} " in page


async def test_a_comparison_stays_as_it_was_made(served: RunningApp) -> None:
    await stored(served)
    analyst = await served.browser(ANALYST)
    address = (await analyst.fill("/policy", **{"name": "At 8 weeks", "PP1.days": "56"})).headers[
        "location"
    ]
    await made(served)
    served.now += timedelta(days=30)
    page = text_of(await (await served.browser(ANALYST)).get(address))
    assert "Pre-proceedings 1 1 0 +1" in page
    assert "84 days 56 days" in page
    assert "Reds, more or fewer" in page


async def test_what_cannot_be_adopted_any_more_is_said(served: RunningApp) -> None:
    await stored(served)
    analyst = await served.browser(ANALYST)
    now = served.state.clock()
    gone = PolicyComparison("c9", "Gone", "u", now, TODAY, {"PP1.weeks": 8}, {"PP1.weeks": 12})
    async with served.state.database.writing() as connection:
        await policy_comparisons.keep(connection, gone)
        await policy_comparisons.next_to_make(connection, now, "one")
        await policy_comparisons.finish(connection, "c9", "one", [])
    page = text_of(await analyst.get("/policy/comparisons/c9"))
    assert "PP1.weeks No longer a parameter 12 8" in page
    assert "It cannot be adopted as it was tried" in page


async def test_charts_show_where_a_policy_began(served: RunningApp) -> None:
    await stored(served)
    stricter = {"parameters": {"PP1.days": [{"from": "2026-11-06", "value": 56}]}}
    named = {"name": "At 8 weeks", "adopted_on": "2026-11-06"}
    async with served.state.database.writing() as connection:
        await mark_derived(connection, Policy(), served.now - timedelta(days=90))
        policy = Policy.model_validate(stricter | named)
        await mark_derived(connection, policy, served.now)
    director = await served.browser(DIRECTOR)
    overview = await director.get("/")
    assert "P1: from 6 November 2026 by the policy “At 8 weeks”" in text_of(overview)
    assert 'class="sl-turn"' in overview.text
    analyst = await served.browser(ANALYST)
    assert "6 November 2026 At 8 weeks" in text_of(await analyst.get("/policy"))
