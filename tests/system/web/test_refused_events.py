"""Mending refused events: what was refused is mended, and nothing else is written that way."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from httpx2 import Response
from sqlalchemy import select

from schemas.events.catalogue import type_of
from services.store import refused_events
from services.store.tables import audit, events, refused
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ANALYST,
    DIRECTOR,
    Browser,
    RunningApp,
    text_of,
)
from tests.system.web.sample_cases import add_sample_cases


async def mended(served: RunningApp, browser: Browser, **changes: Any) -> Response:
    """Send the first refused event again, well-formed, and changed."""
    async with served.runtime.database.reading() as connection:
        found = await refused_events.refused_event(connection, 1)
    assert found is not None
    document = orjson.loads(found.raw)
    document["data"] = {**document["data"], "date": "2026-11-20"}
    raw = orjson.dumps({**document, **changes}).decode()
    token = await browser.token("/")
    return await browser.send("/refused/1/send", token, raw=raw)


async def refused_state(served: RunningApp) -> str:
    async with served.runtime.database.reading() as connection:
        wanted = select(refused.c.state).where(refused.c.number == 1)
        return str((await connection.execute(wanted)).scalar_one())


async def test_a_refused_event_that_was_mended_is_sent_again(served: RunningApp) -> None:
    await add_sample_cases(served)
    answer = await mended(served, await served.browser(ADMINISTRATOR))
    assert answer.status_code == 303, text_of(answer)
    assert await refused_state(served) == "sent_again"


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "/sightline/pages"},
        {"source": "/other/cms"},
        {
            "type": type_of("review.completed"),
            "subject": "KU303",
            "data": {"date": "2026-11-20", "review_id": "r9", "kind": "oversight",
                     "concern": "unsuitable_accommodation",
                     "rating": {"rag": "amber", "rationale": "None.", "authorised_by": "d1",
                                "expires": "2026-12-01"}},
        },
    ],
    ids=["the-pages-own-source", "another-source", "a-rating-of-another-case"],
)  # fmt: skip
async def test_mending_a_refused_event_is_no_way_to_write_another(
    served: RunningApp, changes: Mapping[str, Any]
) -> None:
    await add_sample_cases(served)
    answer = await mended(served, await served.browser(ADMINISTRATOR), **changes)
    assert answer.status_code == 422
    assert await refused_state(served) == "open"


async def test_the_audit_log_names_the_case_that_a_mended_event_is_about(
    served: RunningApp,
) -> None:
    await add_sample_cases(served)
    administrator = await served.browser(ADMINISTRATOR)
    answer = await mended(served, administrator, subject="KU303")
    async with served.runtime.database.reading() as connection:
        wanted = select(audit.c.person).where(audit.c.act == "sent a refused event again")
        people = set((await connection.execute(wanted)).scalars())
        came = select(events.c.subject).where(events.c.name == "accommodation.started")
        stored = list((await connection.execute(came)).scalars())
    assert answer.status_code == 422 or "KU303" in people, (answer.status_code, people, stored)


async def test_a_refused_event_is_shown_whole_with_what_is_wrong(served: RunningApp) -> None:
    await add_sample_cases(served)
    for who in (ADMINISTRATOR, ANALYST):
        answer = await (await served.browser(who)).get("/refused/1")
        assert answer.status_code == 200
        assert "no day at all" in text_of(answer)


async def test_a_refused_event_is_dismissed_with_a_reason_and_not_without(
    served: RunningApp,
) -> None:
    await add_sample_cases(served)
    administrator = await served.browser(ADMINISTRATOR)
    token = await administrator.token("/")
    without = await administrator.send("/refused/1/dismiss", token, why="")
    assert without.status_code == 422
    assert await refused_state(served) == "open"
    with_ = await administrator.send("/refused/1/dismiss", token, why="It was told twice.")
    assert with_.status_code == 303
    assert await refused_state(served) == "dismissed"


async def test_nobody_else_mends_or_dismisses(served: RunningApp) -> None:
    await add_sample_cases(served)
    director = await served.browser(DIRECTOR)
    assert (await mended(served, director)).status_code == 404
    token = await director.token("/")
    dismissed = await director.send("/refused/1/dismiss", token, why="It was told twice.")
    assert dismissed.status_code == 404
    assert await refused_state(served) == "open"
