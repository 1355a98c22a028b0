"""The id of what a form records: made by the server, for one session, one case and one form."""

import re

import orjson
import pytest
from sqlalchemy import select

from events.channel import FROM_PAGES
from events.publish import publish, to_message
from services.store.tables import events
from tests.store.refused import all_refused
from tests.system.web.running_app import ADVISER, DIRECTOR, TODAY, RunningApp, care_leaver, event

ACKNOWLEDGED = "oversight.acknowledged"


async def of_the_pages(served: RunningApp, name: str) -> dict[str, dict[str, str]]:
    async with served.runtime.database.reading() as connection:
        wanted = select(events.c.event_id, events.c.content).where(
            events.c.source == "/sightline/pages", events.c.name == name
        )
        return {row.event_id: orjson.loads(row.content) for row in await connection.execute(wanted)}


async def test_one_token_in_two_cases_records_two_things(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"), care_leaver("L2"))
    director = await served.browser(DIRECTOR)
    form = "/cases/{}/acknowledgement/unsuitable_accommodation"
    token = await director.token(form.format("L1"))
    for case in ("L1", "L2", "L1"):
        answer = await director.send(form.format(case), token, note=f"seen in {case}")
        assert answer.status_code == 303
    recorded = await of_the_pages(served, ACKNOWLEDGED)
    assert sorted(item["note"] for item in recorded.values()) == ["seen in L1", "seen in L2"]
    assert not any(id_.startswith(token[:32]) for id_ in recorded)


async def test_two_sessions_choose_no_common_id(served: RunningApp) -> None:
    await served.receive(care_leaver("L1"))
    form = "/cases/L1/acknowledgement/unsuitable_accommodation"
    first, second = await served.browser(DIRECTOR), await served.browser(DIRECTOR)
    await first.send(form, await first.token(form), note="first")
    await second.send(form, await second.token(form), note="second")
    assert len(await of_the_pages(served, ACKNOWLEDGED)) == 2


async def test_what_was_recorded_is_never_overwritten(served: RunningApp) -> None:
    """Even by whoever could publish as the pages and knows the id."""
    await served.receive(care_leaver("L1"))
    director = await served.browser(DIRECTOR)
    form = "/cases/L1/acknowledgement/unsuitable_accommodation"
    await director.send(form, await director.token(form), note="mine")
    ((id_, content),) = (await of_the_pages(served, ACKNOWLEDGED)).items()
    forged = event(ACKNOWLEDGED, "L1", TODAY, **{**content, "note": "theirs"})
    forged |= {"id": id_, "source": "/sightline/pages"}
    async for _ in publish(served.broker, [to_message(orjson.dumps(forged), FROM_PAGES)]):
        pass
    await served.worked_through()
    assert (await of_the_pages(served, ACKNOWLEDGED))[id_]["note"] == "mine"
    async with served.runtime.database.reading() as connection:
        (refused,) = await all_refused(connection)
    assert "is never replaced" in refused.reason
    assert refused.event_id == id_


@pytest.mark.parametrize("reference", [".", "..", "X/judgement", "a/../b", "EL-1_2:3"])
async def test_links_and_forms_hold_for_every_reference(served: RunningApp, reference: str) -> None:
    await served.receive(care_leaver(reference))
    adviser = await served.browser(ADVISER)
    listed = (await adviser.get("/cases")).text
    (link,) = set(re.findall(r'href="(/cases/[^"?]+)"', listed))
    page = await adviser.get(link)
    assert page.status_code == 200
    assert f"{reference}</h1>" in re.sub(r"\s+", "", page.text) or reference in page.text
    answer = await adviser.fill(
        f"{link}/judgement", suitable="yes", outcome="it is safe", date__day="20",
        date__month="11", date__year="2026",
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{link}?done=judgement")
    assert len(await of_the_pages(served, "review.completed")) == 1
