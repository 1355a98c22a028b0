"""Every route with every role: what each may do is written out here, and nowhere read off."""

import re
from typing import Any

import pytest

from services.access.roles import Role
from services.store import audit_log
from services.store.audit_log import Wanted
from services.web.app import all_routes, make_app
from services.web.ingest.endpoint import EventsEndpoint, method_not_allowed
from services.web.kit.routing import PageRoute
from tests.share import SHARE
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    DIRECTOR,
    EVERYBODY,
    HEAD,
    LEAD_MEMBER,
    MANAGER,
    OFFICER,
    OTHER_ADVISER,
    Browser,
    RunningApp,
)
from tests.system.web.sample_cases import (
    EVERY_REFERENCE,
    MISSING,
    SCOPE,
    address,
    browser_of_no_role,
    case_for,
    references,
    without_form_tokens,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
Who = tuple[str, Role]

ANYBODY = frozenset(EVERYBODY)
SENIOR = frozenset({MANAGER, HEAD, DIRECTOR})
TRYING = frozenset({ANALYST, DIRECTOR})
CAMPAIGNING = frozenset({HEAD, DIRECTOR})
WORKING = frozenset({ADVISER, OTHER_ADVISER}) | SENIOR
READING = WORKING | {ANALYST, OFFICER}
MENDING = frozenset({ANALYST, ADMINISTRATOR})
DIGESTED = WORKING | {LEAD_MEMBER, ADMINISTRATOR, OFFICER}

FORMS = {
    "/review/{about}": WORKING,
    "/judgement": WORKING,
    "/actions/{about}/new": WORKING,
    "/actions/{about:path}": WORKING,
    "/explanation/{about}": WORKING,
    "/extension": SENIOR,
    "/rating/{about}": SENIOR,
    "/acknowledgement/{about}": SENIOR,
    "/escalations/new": frozenset({OFFICER}),
    "/escalations/{about:path}": frozenset({OFFICER}),
}
PERMITTED: dict[tuple[str, str], frozenset[Who]] = {
    ("GET", "/"): ANYBODY,
    ("GET", "/cases"): READING,
    ("GET", "/cases.csv"): READING,
    ("GET", "/cases.xlsx"): READING,
    ("GET", "/actions"): READING,
    ("GET", "/actions.xlsx"): READING,
    ("GET", "/work"): READING,
    ("GET", "/visits"): READING,
    ("GET", "/measures"): ANYBODY,
    ("GET", "/measures.csv"): ANYBODY,
    ("GET", "/measures.xlsx"): ANYBODY,
    ("GET", "/measures/{id}"): ANYBODY,
    ("GET", "/analysis"): READING,
    ("GET", "/analysis.xlsx"): READING,
    ("GET", "/analysis.pdf"): READING,
    ("GET", "/analysis/{week}.xlsx"): TRYING,
    ("GET", "/analysis/{week}.pdf"): TRYING,
    ("GET", "/return"): READING,
    ("GET", "/return/placements"): READING,
    ("GET", "/return/oc3.csv"): READING,
    ("GET", "/return/episodes.csv"): READING,
    ("GET", "/return/faults.csv"): READING,
    ("GET", "/policy"): TRYING,
    ("POST", "/policy"): TRYING,
    ("GET", "/policy/comparisons/{id}"): TRYING,
    ("GET", "/policy/comparisons/{id}.csv"): TRYING,
    ("GET", "/evidence"): READING,
    ("GET", "/evidence.zip"): READING,
    ("GET", "/campaigns"): READING,
    ("GET", "/campaigns/{id}"): READING,
    ("GET", "/campaigns/{id}.xlsx"): READING,
    ("GET", "/campaigns/new"): CAMPAIGNING,
    ("POST", "/campaigns/new"): CAMPAIGNING,
    ("POST", "/campaigns/{id}/end"): CAMPAIGNING,
    ("GET", "/reviewing-officers"): READING,
    ("GET", "/reviewing-officers.xlsx"): READING,
    ("GET", "/supervision"): READING,
    ("POST", "/supervision"): SENIOR,
    ("GET", "/explanations"): WORKING,
    ("POST", "/explanations"): WORKING,
    ("GET", "/cases/{person:path}"): READING,
    ("GET", "/cases/{person}/history"): READING,
    ("GET", "/acknowledgements"): SENIOR,
    ("POST", "/acknowledgements"): SENIOR,
    ("GET", "/feeds"): READING | {ADMINISTRATOR},
    ("GET", "/questions"): READING,
    ("GET", "/quality"): READING,
    ("GET", "/refused"): MENDING,
    ("GET", "/refused/{number:int}"): MENDING,
    ("POST", "/refused/{number:int}/send"): MENDING,
    ("POST", "/refused/{number:int}/dismiss"): MENDING,
    ("GET", "/digests"): DIGESTED,
    ("GET", "/digests/preview"): DIGESTED,
    ("GET", "/digests/preview/message"): DIGESTED,
    ("GET", "/digests/{week}/{recipient}"): DIGESTED,
    ("GET", "/digests/{week}/{recipient}/message"): DIGESTED,
    ("GET", "/reported/{week}"): READING,
    ("GET", "/audit"): frozenset({DIRECTOR, ADMINISTRATOR}),
} | {
    (method, f"/cases/{{person}}{path}"): roles
    for path, roles in FORMS.items()
    for method in ("GET", "POST")
}
READS_THE_MANAGERS_DIGEST = frozenset({MANAGER, DIRECTOR})
"""The digest of somebody else is no page; an administrator sees that it went, and no more."""

PUBLIC = {
    ("GET", "/healthz"): 200,
    ("GET", "/readyz"): 200,
    ("GET", "/sign-in"): 200,
    ("GET", "/sign-in/begin"): 404,  # no identity provider is set here
    ("GET", "/sign-in/return"): 404,
    ("POST", "/sign-in/as"): 404,  # nobody here is made up
    ("POST", "/sign-out"): 303,
    ("POST", "/sign-out/everywhere"): 303,
    ("GET", "/signed-out"): 200,
    ("GET", "/accessibility"): 200,
    ("GET", "/contract"): 200,
    ("GET", "/contract/{file}.json"): 200,
}
OWN = {ADVISER: "KN101", OTHER_ADVISER: "KS202", MANAGER: "KN101", HEAD: "KN101",
       DIRECTOR: "KS202", ANALYST: "KN101", OFFICER: "CN606"}  # fmt: skip


def named(route: PageRoute) -> list[tuple[str, str]]:
    return [(method, route.path) for method in route.methods]


async def test_every_route_is_a_page_route_but_for_the_machines_and_the_static_files(
    council: RunningApp,
) -> None:
    routes = make_app(council.state).routes
    without: list[Any] = [
        route for route in routes if not isinstance(getattr(route, "page_route", None), PageRoute)
    ]
    assert sorted(route.path for route in without) == [
        "/api", "/events", "/events", "/sign-out/back-channel", "/static",
    ]  # fmt: skip
    events, others = (route for route in without if route.path == "/events")
    assert isinstance(events.endpoint.__self__, EventsEndpoint)
    assert events.methods == {"POST"}
    assert others.endpoint is method_not_allowed
    api = next(route for route in without if route.path == "/api")
    assert sorted(route.path for route in api.routes) == [
        "/actions",
        "/cases/{person:path}",
        "/measures",
        "/openapi.json",
        "/statuses",
        "/summary",
    ]


def test_the_table_of_this_test_names_every_route_once() -> None:
    routes = sorted(name for route in all_routes() for name in named(route))
    assert routes == sorted([*PERMITTED, *PUBLIC])


async def test_each_role_opens_what_the_table_gives_it_and_nothing_else(
    council: RunningApp,
) -> None:
    assert [fault for who in EVERYBODY for fault in await faults_of(council, who)] == []


async def faults_of(council: RunningApp, who: Who) -> list[tuple[str, str, str, object]]:
    """Every route that answers somebody otherwise than the table says."""
    browser = await council.browser(who)
    wrong: list[tuple[str, str, str, object]] = []
    for route in all_routes():
        for method, path in named(route):
            if (method, path) in PUBLIC:
                continue
            there = address(route, case_for(route, OWN.get(who, "KN101")))
            may = who in PERMITTED[method, path]
            if "{recipient}" in path or "/preview" in path:
                may = may and who in READS_THE_MANAGERS_DIGEST
            if method == "GET":
                answer = await browser.get(there)
                expected = 200 if may else 404
            else:  # without a token: who may is refused for that, who may not is told nothing
                answer = await browser.client.post(there, headers={"Origin": council.base})
                expected = 403 if may else 404
            if answer.status_code != expected:
                wrong.append((who[1].value, method, there, answer.status_code))
            if answer.status_code == 404:
                nowhere = await browser.get(f"/{there.split('/')[1]}/no/such/page")
                if without_form_tokens(answer) != without_form_tokens(nowhere):
                    wrong.append((who[1].value, method, there, "unlike a page that is not there"))
    return wrong


async def test_every_view_of_a_page_that_names_a_case_is_recorded(council: RunningApp) -> None:
    seen = set()
    for who in EVERYBODY if SHARE >= 1 else (DIRECTOR, ANALYST, ADVISER):
        browser = await council.browser(who)
        for route in all_routes():
            if "GET" not in route.methods or ("GET", route.path) in PUBLIC:
                continue
            if route.path == "/evidence.zip":
                continue  # no page; that it is recorded is in test_evidence.py
            there = address(route, case_for(route, OWN.get(who, "KN101")))
            before = await entries_of(council, who)
            answer = await browser.get(there)
            if answer.status_code == 200 and references(answer.text):
                seen.add(route.path)
                assert await entries_of(council, who) == before + 1, (who, there)
    assert {
        "/",
        "/cases",
        "/audit",
        "/refused",
        "/acknowledgements",
        "/digests/{week}/{recipient}/message",
    } <= seen


async def entries_of(council: RunningApp, who: Who) -> int:
    async with council.state.database.reading() as connection:
        _, total = await audit_log.entries(connection, Wanted(who=who[0]), most=1)
    return total


async def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_shown_nothing(
    council: RunningApp,
) -> None:
    for browser in (await council.browser(), await browser_of_no_role(council)):
        assert await shown_to_nobody(council, browser) == []


async def shown_to_nobody(council: RunningApp, browser: Browser) -> list[tuple[str, str, object]]:
    """Every route that answers whoever is not signed in otherwise than it should."""
    wrong: list[tuple[str, str, object]] = []
    for route in all_routes():
        for method, path in named(route):
            there = address(route, "KN101")
            if method == "GET":
                answer = await browser.get(there)
                expected = PUBLIC.get((method, path), 303)
            else:
                answer = await browser.client.post(there, headers={"Origin": council.base})
                expected = PUBLIC.get((method, path), 401)
            onward = answer.headers.get("location", "")
            guarded = (method, path) not in PUBLIC and method == "GET"
            if answer.status_code != expected or references(answer.text):
                wrong.append((method, there, answer.status_code))
            if guarded and not re.match(r"^/sign-in\?onward=%2F", onward):
                wrong.append((method, there, onward))
            if guarded and answer.text:
                wrong.append((method, there, answer.text))
    return wrong


async def test_the_api_answers_nobody_who_is_not_signed_in(council: RunningApp) -> None:
    for browser in (await council.browser(), await browser_of_no_role(council)):
        for path in ("/api/statuses", "/api/cases/KN101", f"/api/cases/{MISSING}"):
            answer = await browser.get(path)
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
            assert references(answer.text) == set()


async def test_the_api_tells_a_role_without_cases_nothing_at_all(council: RunningApp) -> None:
    for who in (LEAD_MEMBER, ADMINISTRATOR):
        browser = await council.browser(who)
        nothing = await browser.get(f"/api/cases/{MISSING}")
        assert nothing.status_code == 404
        for path in ("/api/statuses", "/api/statuses?limit=0", "/api/cases/KN101",
                     "/api/cases/KN101?as_of=nonsense"):  # fmt: skip
            answer = await browser.get(path)
            assert (answer.status_code, answer.json()) == (404, nothing.json()), path


async def test_a_head_request_tells_no_more_than_a_page(council: RunningApp) -> None:
    browser = await council.browser(ADVISER)
    foreign = await browser.client.head("/cases/KS202")
    missing = await browser.client.head(f"/cases/{MISSING}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.headers["content-length"] == missing.headers["content-length"]


async def test_other_methods_than_get_and_post_are_no_pages(council: RunningApp) -> None:
    browser = await council.browser(DIRECTOR)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        answer = await browser.client.request(method, "/cases/KN101")
        assert answer.status_code == 404, method
        assert references(answer.text) == set()


def test_every_role_has_a_scope_and_every_reference_a_case() -> None:
    assert set(SCOPE) == set(EVERYBODY)
    assert {who[1] for who in EVERYBODY} == set(Role)
    assert set().union(*SCOPE.values()) <= EVERY_REFERENCE
