"""A young person restricted to named people is on no page, in no file and no count of others."""

from datetime import timedelta

import pytest
import pytest_asyncio

from services.access.roles import Role
from services.digests.unlawful_notice import notify
from services.store import mail_queue, restrictions
from services.web.app import all_routes
from tests.share import by_turn
from tests.store.oversight.council import restrict
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    DIRECTOR,
    EVERYBODY,
    HEAD,
    LEAD_MEMBER,
    MANAGER,
    TODAY,
    RunningApp,
    care_leaver,
    event,
    in_unregistered_placement,
)
from tests.system.web.sample_cases import MISSING, address, case_for, references

pytestmark = pytest.mark.asyncio(loop_scope="module")

RESTRICTED = {"KN101", "KM111"}
"""Somebody of the adviser's, and the reference that was merged into theirs."""

NAMED = ("w1", "recipient:head", "h1")


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def restricted(council: RunningApp) -> None:
    await restrict(council.state.database, "KN101", *NAMED)


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in (ADVISER, HEAD)])
async def test_nobody_else_finds_them_anywhere(council: RunningApp, who: tuple[str, Role]) -> None:
    browser = await council.browser(who)
    for place, route in enumerate(all_routes(), EVERYBODY.index(who)):
        if "GET" not in route.methods:
            continue
        for person in by_turn(("KN101", "KM111"), place):
            there = address(route, case_for(route, person))
            answer = await browser.get(there)
            shown = references(answer.text)
            if person not in there:
                is_own = who is MANAGER and there.endswith("/manager/message")
                assert is_own or not RESTRICTED & shown, (who, there)
            elif answer.status_code != 303:
                as_missing = await browser.get(there.replace(person, MISSING))
                assert answer.status_code == as_missing.status_code == 404, (who, there)
                assert not RESTRICTED & shown, (who, there)


async def test_a_machine_is_told_nothing_of_them(council: RunningApp) -> None:
    browser = await council.browser(ANALYST)
    listed = (await browser.get("/api/statuses")).json()["items"]
    assert {item["person"] for item in listed}.isdisjoint(RESTRICTED)
    assert (await browser.get("/api/cases/KN101")).status_code == 404


@pytest.mark.parametrize("who", [ADVISER, HEAD])
async def test_whoever_is_named_sees_them_as_before(
    council: RunningApp, who: tuple[str, Role]
) -> None:
    browser = await council.browser(who)
    assert (await browser.get("/cases/KN101")).status_code == 200
    assert "KN101" in references((await browser.get("/cases")).text)
    overview = (await browser.get("/")).text
    assert "restricted to named people" not in overview


@pytest.mark.parametrize("who", [MANAGER, DIRECTOR, ANALYST])
async def test_others_are_told_how_many_are_left_out(
    council: RunningApp, who: tuple[str, Role]
) -> None:
    overview = (await (await council.browser(who)).get("/")).text
    said = "1 young person is restricted to named people: they are neither shown nor counted here."
    assert said in overview


@pytest.mark.parametrize("who", [LEAD_MEMBER, ADMINISTRATOR])
async def test_the_totals_of_whoever_sees_no_case_say_so_too(
    council: RunningApp, who: tuple[str, Role]
) -> None:
    overview = (await (await council.browser(who)).get("/")).text
    assert ("restricted to named people" in overview) == (who is LEAD_MEMBER)


async def test_the_manager_s_own_digest_was_sent_before_and_nobody_else_reads_it_in_it(
    council: RunningApp,
) -> None:
    sent = "/digests/2026-W47/manager/message"
    assert "KN101" in references((await (await council.browser(MANAGER)).get(sent)).text)
    shown = (await (await council.browser(DIRECTOR)).get(sent)).text
    assert not RESTRICTED & references(shown)
    assert "(restricted to named people)" in shown
    assert "KN808" in references(shown)


async def test_what_somebody_asked_for_names_them_to_nobody_in_the_audit_log(
    council: RunningApp,
) -> None:
    assert (await (await council.browser(ADVISER)).get("/cases?case=KN101")).status_code == 200
    for who in (DIRECTOR, ADMINISTRATOR):
        page = (await (await council.browser(who)).get("/audit")).text
        assert "case=(restricted to named people)" in page
        assert not RESTRICTED & references(page)


async def test_teams_and_workers_of_the_restricted_alone_are_no_choice(
    council: RunningApp,
) -> None:
    await restrict(council.state.database, "KL909", *NAMED)
    for who, is_offered in ((HEAD, True), (ANALYST, False)):
        page = (await (await council.browser(who)).get("/cases")).text
        assert ('value="west"' in page) == is_offered, who
    async with council.state.database.writing() as connection:
        await restrictions.lift(connection, "KL909")


async def test_a_preview_has_neither_what_is_hidden_from_the_reader_nor_from_the_recipient(
    council: RunningApp,
) -> None:
    await restrict(council.state.database, "KN808", "d1")
    preview = "/digests/preview/message?recipient=manager&day=2026-11-20"
    shown = references((await (await council.browser(DIRECTOR)).get(preview)).text)
    assert "FN404" in shown
    assert not shown & {"KN808", *RESTRICTED}
    async with council.state.database.writing() as connection:
        await restrictions.lift(connection, "KN808")


async def test_as_it_was_known_once_nobody_is_shown_who_was_taken_for_another(
    council: RunningApp,
) -> None:
    """Two records were merged by mistake, told apart again, and one of them is restricted."""
    merging = event("person.merged", "KS901", TODAY - timedelta(days=1), into="KS902")
    theirs = care_leaver("KS901")
    await council.receive(theirs, care_leaver("KS902"), merging)
    then = council.now.date()
    council.now += timedelta(days=1)
    back = event("event.retracted", "KS901", TODAY)
    back["data"] = {"id": merging["id"]}
    await council.receive(back)
    await restrict(council.state.database, "KS901", *NAMED)
    for who, shows in ((HEAD, True), (MANAGER, False)):
        browser = await council.browser(who)
        asked = f"/cases/KS902?known_at-day={then.day}&known_at-month={then.month}"
        page = (await browser.get(f"{asked}&known_at-year={then.year}")).text
        assert (theirs[0]["id"] in page) == shows, who
        answer = await browser.get(f"/api/cases/KS902?known_at={then}T23:00:00Z")
        assert answer.status_code == (200 if shows else 404), who


async def test_a_notice_of_what_is_unlawful_goes_to_the_named_alone(council: RunningApp) -> None:
    await restrict(council.state.database, "KX900", *NAMED)
    await council.receive(in_unregistered_placement("KX900"))

    async def none_waits() -> None:
        return None

    council.now += timedelta(minutes=5)
    assert await notify(council.state.mail_context, none_waits) > 0
    async with council.state.database.reading() as connection:
        rows = await mail_queue.deliveries(connection, states=[mail_queue.DUE])
        raw = {item.recipient: await mail_queue.message_of(connection, item) for item in rows}
    named = {recipient for recipient, message in raw.items() if b"KX900" in (message or b"")}
    assert named == {"head"}
