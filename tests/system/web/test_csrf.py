"""Forms that did not come from a page of this session change nothing, and lose nothing typed."""

from collections.abc import Mapping
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from services.store.tables import audit, events, sessions
from services.web.app import all_routes
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    DIRECTOR,
    MANAGER,
    Browser,
    RunningApp,
    text_of,
)
from tests.system.web.sample_cases import address, case_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "/cases/KN101/judgement"
KEPT = "Seen at home; it is safe."
TYPED = {
    "suitable": "yes", "outcome": KEPT,
    "date-day": "20", "date-month": "11", "date-year": "2026",
}  # fmt: skip


async def sent(browser: Browser, token: str | None, headers: Mapping[str, str]) -> Response:
    fields = TYPED if token is None else {"form": token, **TYPED}
    return await browser.client.post(FORM, data=fields, headers=dict(headers))


async def recorded(council: RunningApp) -> int:
    async with council.runtime.database.reading() as connection:
        wanted = select(func.count()).where(events.c.source == "/sightline/pages")
        return int((await connection.execute(wanted)).scalar_one())


async def assert_refused(
    council: RunningApp, browser: Browser, token: str | None, headers: Mapping[str, str]
) -> Response:
    before = await recorded(council)
    answer = await sent(browser, token, headers)
    assert answer.status_code == 403, (token, headers)
    assert "The form was not sent" in text_of(answer)
    assert await recorded(council) == before
    return answer


async def test_a_form_without_a_token_is_refused(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    page = await assert_refused(council, adviser, None, {"Origin": council.base})
    assert KEPT in text_of(page)


async def test_a_form_with_a_made_up_token_is_refused(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    good = await adviser.token(FORM)
    for token in ("", "0" * 64, good[:32], good[:-1], good + "0", good[32:], good.upper(), "é" * 64,
                  "\x00" * 64, good[1:] + good[0]):  # fmt: skip
        page = await assert_refused(council, adviser, token, {"Origin": council.base})
        assert KEPT in text_of(page)


async def test_a_form_with_another_session_s_token_is_refused(council: RunningApp) -> None:
    adviser, again = await council.browser(ADVISER), await council.browser(ADVISER)
    manager = await council.browser(MANAGER)
    for other in (again, manager):
        token = await other.token(FORM)
        page = await assert_refused(council, adviser, token, {"Origin": council.base})
        assert KEPT in text_of(page)


ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "{base}"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "{base}.evil.example"},
    {"Origin": "{base}@evil.example"},
    {"Origin": "https://localhost:8000"},
    {"Origin": "http://127.0.0.1:1"},
    {"Referer": "{base}/"},
    {},
]


def headers_of(council: RunningApp, headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value.replace("{base}", council.base) for name, value in headers.items()}


async def test_a_form_with_a_token_from_anywhere_else_is_refused(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    for headers in ELSEWHERE:
        token = await adviser.token(FORM)
        await assert_refused(council, adviser, token, headers_of(council, headers))


async def test_a_form_whose_browser_does_not_say_where_it_comes_from_keeps_what_was_typed(
    council: RunningApp,
) -> None:
    adviser = await council.browser(ADVISER)
    page = await assert_refused(council, adviser, await adviser.token(FORM), {})
    assert KEPT in text_of(page)


async def test_a_form_from_here_with_a_token_is_taken(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    before = await recorded(council)
    told_by_browsers = ({"Origin": "{base}"}, {"Sec-Fetch-Site": "same-origin"})
    for count, headers in enumerate(told_by_browsers, before + 1):
        answer = await sent(adviser, await adviser.token(FORM), headers_of(council, headers))
        assert answer.status_code == 303, text_of(answer)
        assert await recorded(council) == count


async def test_a_session_that_ended_meanwhile_keeps_what_was_typed(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    token, before = await adviser.token(FORM), await recorded(council)
    await council.state.sessions.end(adviser.client.cookies[council.state.cookie])
    answer = await sent(adviser, token, {"Origin": council.base})
    assert answer.status_code == 401
    assert "You were signed out before the form was sent" in text_of(answer)
    assert KEPT in text_of(answer)
    assert await recorded(council) == before


async def test_a_single_word_that_was_typed_is_kept_too(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    for ended in (False, True):
        if ended:
            await council.state.sessions.end(adviser.client.cookies[council.state.cookie])
        answer = await adviser.send(FORM, "0" * 64, outcome="Suitable.")
        assert answer.status_code in (401, 403)
        assert "Suitable." in text_of(answer)


async def test_what_was_typed_is_shown_as_text_and_never_as_a_page(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    answer = await adviser.send(FORM, "0" * 64, outcome="<script>alert(1)</script> and <b>more</b>")
    assert "<script>alert" not in answer.text
    assert "<b>more" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


async def test_signing_out_needs_a_token_too(council: RunningApp) -> None:
    adviser = await council.browser(ADVISER)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": council.base}):
        assert (await adviser.client.post("/sign-out", headers=headers)).status_code == 403
        assert (await adviser.get("/cases/KN101")).status_code == 200


async def test_looking_at_every_page_changes_nothing_but_the_audit_log(council: RunningApp) -> None:
    before = await everything(council)
    for who in (DIRECTOR, ANALYST, ADMINISTRATOR):
        browser = await council.browser(who)
        for route in all_routes():
            if "GET" in route.methods:
                there = address(route, case_for(route, "KN101"))
                mark = "&" if "?" in there else "?"
                query = "form=x&outcome=y&became=completed&why=none%20of%20it&raw=%7B%7D"
                await browser.get(f"{there}{mark}{query}")
        assert (await browser.get("/sign-out")).status_code == 404
        assert (await browser.get("/")).status_code == 200
    assert await everything(council) == before


async def everything(council: RunningApp) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    async with council.runtime.database.reading() as connection:
        for table in events.metadata.sorted_tables:
            if table not in (audit, sessions):
                found[table.name] = sorted(map(repr, await connection.execute(select(table))))
    return found
