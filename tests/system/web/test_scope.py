"""Whose cases somebody sees: the same in the list, both files, the interface and the overview."""

import csv
import re
from html import unescape
from io import BytesIO, StringIO
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from openpyxl import load_workbook

from services.access.roles import Role
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    EVERYBODY,
    LEAD_MEMBER,
    Browser,
    RunningApp,
    text_of,
)
from tests.system.web.sample_cases import (
    EVERY_REFERENCE,
    RED_BY_ACCOMMODATION,
    SCOPE,
    references,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
READING = [who for who in EVERYBODY if who not in (LEAD_MEMBER, ADMINISTRATOR)]
ROW = re.compile(r'<th scope="row"[^>]*>Unsuitable accommodation\b.*?</tr>', re.DOTALL)
WIDE = "?worker=w2&team=south&service=safeguarding"


async def in_csv(browser: Browser, query: str = "") -> set[str]:
    answer = await browser.get(f"/cases.csv{query}")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    return {row["Case"] for row in rows}


async def in_workbook(browser: Browser, query: str = "") -> set[str]:
    answer = await browser.get(f"/cases.xlsx{query}")
    sheet = load_workbook(BytesIO(answer.content), read_only=True).worksheets[0]
    return {str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]}


async def in_api(browser: Browser, query: str = "") -> set[str]:
    answer = await browser.get(f"/api/statuses{query}")
    return {item["person"] for item in answer.json()["items"]}


async def reds_on_overview(browser: Browser) -> int:
    row = ROW.search((await browser.get("/")).text)
    assert row is not None
    found = re.search(r'class="[^"]*sl-figure[^"]*"[^>]*>(\d+)', row[0])
    assert found is not None
    return int(found[1])


async def test_list_files_and_interface_hold_exactly_what_is_theirs(council: RunningApp) -> None:
    for who in READING:
        browser = await council.browser(who)
        theirs = SCOPE[who]
        assert references((await browser.get("/cases")).text) == theirs
        assert await in_csv(browser) == theirs
        assert await in_workbook(browser) == theirs
        assert await in_api(browser) == theirs
        assert references((await browser.get("/questions")).text) <= theirs


async def test_a_filter_narrows_and_never_widens(council: RunningApp) -> None:
    for who in READING:
        browser = await council.browser(who)
        foreign = {"KS202"} & SCOPE[who]
        assert references((await browser.get(f"/cases{WIDE}&case=KS202")).text) <= {"KS202"}
        assert f"/cases/{'KS202'}" in (await browser.get("/cases?case=KS202")).text or not foreign
        assert await in_csv(browser, "?case=KS202") == foreign
        assert await in_workbook(browser, f"{WIDE}&case=KS202") == foreign
        assert await in_api(browser, "?concern=unsuitable_accommodation&rag=red") == (
            RED_BY_ACCOMMODATION & SCOPE[who]
        )


async def test_the_overview_counts_what_is_theirs_and_links_to_nothing_else(
    council: RunningApp,
) -> None:
    for who in EVERYBODY:
        browser = await council.browser(who)
        everything = who == LEAD_MEMBER
        counted = RED_BY_ACCOMMODATION if everything else RED_BY_ACCOMMODATION & SCOPE[who]
        assert await reds_on_overview(browser) == len(counted)
        assert references((await browser.get("/")).text) <= SCOPE[who]


async def test_a_filter_offers_no_team_service_or_worker_of_somebody_else(
    council: RunningApp,
) -> None:
    adviser = await council.browser(ADVISER)
    page = (await adviser.get("/cases")).text
    for foreign in ("south", "safeguarding", "west", "w2", "w9"):
        assert f'value="{foreign}"' not in page, foreign


async def everything_linked(browser: Browser) -> dict[str, str]:
    """Every page that links lead to, by address; one for each set of the query's names."""
    waiting, seen, pages = ["/"], set(), {}
    while waiting:
        there = waiting.pop()
        split = urlsplit(there)
        kind = (split.path, frozenset(parse_qs(split.query)))
        if kind in seen or split.path.startswith(("/static/", "/cases.")):
            continue
        seen.add(kind)
        answer = await browser.get(there)
        if answer.status_code == 303:
            waiting.append(urljoin(there, answer.headers["location"]))
            continue
        assert answer.status_code == 200, (there, answer.status_code)
        pages[there] = answer.text
        for target in re.findall(r'(?:href|src)="([^"#]+)', answer.text):
            link = urljoin(there, unescape(target))
            if link.startswith(browser.base):
                link = link.removeprefix(browser.base)
            if link.startswith("/") and not (link.startswith("/cases?") and "&" in link):
                waiting.append(link)
    return pages


async def test_a_lead_member_meets_no_case_reference_wherever_a_link_leads(
    council: RunningApp,
) -> None:
    lead = await council.browser(LEAD_MEMBER)
    pages = await everything_linked(lead)
    assert {urlsplit(there).path for there in pages} >= {"/", "/digests", "/accessibility"}
    assert any(there.endswith("/message") for there in pages)
    for there, text in pages.items():
        assert references(text) == set(), there


async def test_a_lead_member_finds_no_reference_by_asking_for_one(council: RunningApp) -> None:
    lead = await council.browser(LEAD_MEMBER)
    for there in (
        "/?digest=2026-W47.lead", "/digests/preview?recipient=lead&day=2026-11-20",
        "/digests/preview/message?recipient=lead&day=2026-11-20",
        "/digests/preview/message?recipient=director&day=2026-11-20",
        "/digests/2026-W47/lead/message", "/digests/2026-W47/director/message",
        "/cases.csv", "/cases.xlsx", "/api/statuses", "/api/cases/KN101", "/feeds", "/questions",
        "/refused", "/refused/1", "/audit", "/readyz", "/signed-out",
    ):  # fmt: skip
        answer = await lead.get(there)
        assert references(answer.text) == set(), there
        assert references(str(answer.headers)) == set(), there


async def test_an_adviser_meets_only_their_own_cases_wherever_a_link_leads(
    council: RunningApp,
) -> None:
    adviser = await council.browser(ADVISER)
    pages = await everything_linked(adviser)
    assert sum(there.startswith("/cases/") for there in pages) > 5
    for there, text in pages.items():
        # A merged reference is its survivor's: the case page tells of the merging.
        assert references(text) <= SCOPE[ADVISER] | {"KM111"}, there


async def test_an_administrator_meets_references_in_refused_events_and_the_audit_log_alone(
    council: RunningApp,
) -> None:
    await (await council.browser(ADVISER)).get("/cases/KN101")
    administrator = await council.browser(ADMINISTRATOR)
    for there in ("/", "/feeds", "/digests", "/accessibility"):
        answer = await administrator.get(there)
        assert answer.status_code == 200
        assert references(answer.text) == set(), there
    assert "KN101" in references((await administrator.get("/audit")).text)
    listed = text_of(await administrator.get("/digests"))
    assert "Digest of the week of 16 November 2026" in listed
    assert "the Director" in listed
    for there in ("/digests/2026-W47/director", "/digests/2026-W47/director/message"):
        assert (await administrator.get(there)).status_code == 404


async def test_whoever_is_lead_member_and_adviser_reads_and_works_own_cases_alone(
    council: RunningApp,
) -> None:
    browser = await council.browser(ADVISER, Role.LEAD_MEMBER)
    assert await in_csv(browser) == SCOPE[ADVISER]
    assert await in_api(browser) == SCOPE[ADVISER]
    assert references((await browser.get("/")).text) <= SCOPE[ADVISER]
    assert (await browser.get("/cases/KS202")).status_code == 404


async def test_whoever_is_analyst_and_adviser_reads_all_and_works_own_cases_alone(
    council: RunningApp,
) -> None:
    browser = await council.browser(ADVISER, Role.ANALYST)
    assert await in_csv(browser) == SCOPE[ANALYST]
    assert (await browser.get("/cases/KN101/judgement")).status_code == 200
    assert (await browser.get("/cases/KS202")).status_code == 200
    for form in ("judgement", "review/unsuitable_accommodation", "actions/x"):
        assert (await browser.get(f"/cases/KS202/{form}")).status_code == 404, form


async def test_a_manager_who_is_an_adviser_too_authorises_for_their_team_alone(
    council: RunningApp,
) -> None:
    """KS202 is theirs as its adviser; its team has a manager of its own."""
    browser = await council.browser(("w2", Role.PERSONAL_ADVISER), Role.TEAM_MANAGER)
    assert (await browser.get("/cases/KS202/judgement")).status_code == 200
    assert (await browser.get("/cases/KS202/rating/unsuitable_accommodation")).status_code == 404


def test_the_references_that_are_looked_for_are_all_of_them() -> None:
    assert references(" ".join(sorted(EVERY_REFERENCE))) == EVERY_REFERENCE
