"""A case of somebody else and a case that is not there: nobody can tell which is which."""

from typing import Any

import pytest
from sqlalchemy import func, select

from services.access.roles import Role
from services.store.tables import audit, events
from services.web.app import all_routes
from services.web.kit.routing import PageRoute
from tests.system.web.running_app import (
    ADVISER,
    EVERYBODY,
    HEAD,
    MANAGER,
    OTHER_ADVISER,
    RunningApp,
)
from tests.system.web.sample_cases import MISSING, SCOPE, address, case_for, comparable, references

pytestmark = pytest.mark.asyncio(loop_scope="module")
Who = tuple[str, Role]

CASE_ROUTES = [route for route in all_routes() if "{person" in route.path]
FOREIGN = {ADVISER: "KS202", OTHER_ADVISER: "KN101", MANAGER: "KS202", HEAD: "KS202"}
QUERIES = (
    "", "?as_at=2026-10-01", "?known_at=2026-11-19", "?as_at=2026-10-01&known_at=2026-11-19",
    "?as_at=nonsense", "?known_at=31-31-31", "?as_at=0001-01-01", "?known_at=9999-12-31",
    "?digest=2026-W47.director", "?done=review&form=abc", "?late=review&form=abc",
)  # fmt: skip
ANSWERS: dict[str, Any] = {
    "outcome": "All is well.", "suitable": "yes", "rag": "green", "rationale": "All is well.",
    "why": "other", "text": "All is well.", "reason": "All is well.", "note": "All is well.",
    "became": "cancelled", "what": "find a flat", "kind": "find_accommodation", "owner": "w1",
    "date__day": "20", "date__month": "11", "date__year": "2026",
    "due__day": "1", "due__month": "12", "due__year": "2026",
    "expires__day": "1", "expires__month": "12", "expires__year": "2026",
    "until__day": "1", "until__month": "12", "until__year": "2026",
}  # fmt: skip


def both(route: PageRoute, who: Who) -> tuple[str, str]:
    """The same address of a case of somebody else, and of a case that is not there."""
    foreign = case_for(route, FOREIGN[who])
    assert foreign not in SCOPE[who]
    return address(route, foreign), address(route)


async def count(council: RunningApp, table: Any) -> int:
    async with council.runtime.database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_every_page_of_a_foreign_case_is_like_that_of_none(council: RunningApp) -> None:
    for who in FOREIGN:
        browser = await council.browser(who)
        for route in CASE_ROUTES:
            if "GET" not in route.methods:
                continue
            foreign, missing = both(route, who)
            answer = await browser.get(foreign)
            assert answer.status_code == 404, foreign
            assert references(answer.text) == set(), foreign
            assert comparable(answer) == comparable(await browser.get(missing)), foreign


async def test_every_form_sent_to_a_foreign_case_is_like_one_to_none(council: RunningApp) -> None:
    for who in FOREIGN:
        browser, before = await council.browser(who), await count(council, events)
        token = await browser.token("/")
        for route in CASE_ROUTES:
            if "POST" not in route.methods:
                continue
            foreign, missing = both(route, who)
            answer = await browser.send(foreign, token, **ANSWERS)
            assert answer.status_code == 404, foreign
            assert comparable(answer) == comparable(
                await browser.send(missing, token, **ANSWERS)
            ), foreign
            unsigned = await browser.send(foreign, "0" * 64, **ANSWERS)
            assert comparable(unsigned) == comparable(
                await browser.send(missing, "0" * 64, **ANSWERS)
            ), foreign
        assert await count(council, events) == before


async def test_whatever_is_asked_of_a_foreign_case_it_is_like_none(council: RunningApp) -> None:
    browser = await council.browser(ADVISER)
    for query in QUERIES:
        foreign = await browser.get(f"/cases/KS202{query}")
        missing = await browser.get(f"/cases/{MISSING}{query}")
        assert foreign.status_code == 404, query
        assert comparable(foreign) == comparable(missing), query


async def test_whatever_is_asked_of_an_own_case_it_is_answered(council: RunningApp) -> None:
    browser = await council.browser(ADVISER)
    for query in QUERIES:
        answer = await browser.get(f"/cases/KN101{query}")
        expected = 303 if "digest=" in query else 200
        assert answer.status_code == expected, (query, answer.text[:200])


async def test_the_interface_for_machines_tells_foreign_and_missing_apart_for_nobody(
    council: RunningApp,
) -> None:
    for who in EVERYBODY:
        browser = await council.browser(who)
        for foreign in ("KN101", "KS202", "KX112"):
            if foreign in SCOPE[who] or (foreign == "KX112" and "KS202" in SCOPE[who]):
                continue
            for query in ("", "?as_of=2026-10-01", "?as_of=nonsense", "?as_of=0001-01-01"):
                answer = await browser.get(f"/api/cases/{foreign}{query}")
                missing = await browser.get(f"/api/cases/{MISSING}{query}")
                assert answer.status_code in (404, 422), (who, query)
                assert comparable(answer) == comparable(missing), (who, foreign, query)


async def test_an_own_case_is_answered_to_machines_for_any_day(council: RunningApp) -> None:
    browser = await council.browser(ADVISER)
    for day in ("2026-11-20", "2026-10-01", "1999-12-31", "0001-01-01", "9999-12-31"):
        answer = await browser.get(f"/api/cases/KN101?as_of={day}")
        assert answer.status_code == 200, day
        assert answer.json()["as_of"] == day


async def test_a_case_merged_into_a_foreign_one_is_like_none(council: RunningApp) -> None:
    adviser, other = await council.browser(ADVISER), await council.browser(OTHER_ADVISER)
    for path in ("/cases/{}", "/cases/{}/judgement"):
        missing = comparable(await adviser.get(path.format(MISSING)))
        assert comparable(await adviser.get(path.format("KX112"))) == missing
    moved = await other.get("/cases/KX112")
    assert (moved.status_code, moved.headers["location"]) == (303, "/cases/KS202")
    assert (await adviser.get("/cases/KM111")).headers["location"] == "/cases/KN101"


async def test_a_reference_written_another_way_opens_nothing(council: RunningApp) -> None:
    browser = await council.browser(ADVISER)
    for reference in ("KS202/", "./KS202", "x/../KS202", "ks202", "KS202%20", "%20KS202",
                      "KS202%00", "KN101%2F..%2FKS202", "%4BS202", "KS202%3Fx", "KS202;x",
                      "K%C5%9B202", "A" * 3000):  # fmt: skip
        answer = await browser.get(f"/cases/{reference}")
        assert answer.status_code == 404, reference
        assert references(answer.text) == set(), reference


async def test_an_action_of_a_foreign_case_is_not_reached_through_an_own_one(
    council: RunningApp,
) -> None:
    browser = await council.browser(ADVISER)
    for path in ("/cases/KN101/actions/KS202%2Fx", "/cases/KN101/review/KS202",
                 "/cases/KS202/actions/x", "/cases/KN101/actions/y"):  # fmt: skip
        assert (await browser.get(path)).status_code == 404, path


async def test_whoever_tries_a_foreign_case_is_in_the_audit_log_and_leaves_no_trace_for_others(
    council: RunningApp,
) -> None:
    other, manager = await council.browser(OTHER_ADVISER), await council.browser(MANAGER)
    await other.get("/cases/KN808")
    await other.get("/api/cases/KN808")
    async with council.runtime.database.reading() as connection:
        wanted = select(audit.c.act).where(audit.c.person == "KN808", audit.c.who == "w2")
        assert list((await connection.execute(wanted)).scalars()) == ["was denied"] * 2
    page = await manager.get("/cases/KN808")
    assert page.status_code == 200
    assert "w2" not in page.text
