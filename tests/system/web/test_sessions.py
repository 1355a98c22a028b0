"""Sessions end: by sign-out, by idleness, and by the length of a working day."""

from datetime import timedelta

from sqlalchemy import func, select

from services.access.sessions import MOST_SESSIONS
from services.store.tables import sessions
from tests.system.web.running_app import ADVISER, DIRECTOR, NOW, Browser, RunningApp, text_of


async def is_in(browser: Browser) -> bool:
    answer = await browser.get("/")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


async def open_sessions(served: RunningApp) -> int:
    async with served.runtime.database.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(sessions))
        return int(found.scalar_one())


async def test_a_session_that_rests_for_half_an_hour_ends(served: RunningApp) -> None:
    adviser = await served.browser(ADVISER)
    served.now = NOW + timedelta(minutes=29)
    assert await is_in(adviser)
    served.now = NOW + timedelta(minutes=58)
    assert await is_in(adviser)
    served.now = NOW + timedelta(minutes=88)
    assert not await is_in(adviser)
    served.now = NOW + timedelta(minutes=60)
    assert await is_in(adviser), "the clock alone ended it"


async def test_a_session_ends_after_twelve_hours_however_it_is_used(served: RunningApp) -> None:
    adviser = await served.browser(ADVISER)
    for minutes in range(20, 12 * 60, 20):
        served.now = NOW + timedelta(minutes=minutes)
        assert await is_in(adviser), minutes
    served.now = NOW + timedelta(hours=12)
    assert not await is_in(adviser)


async def test_the_interface_for_machines_ends_with_the_session(served: RunningApp) -> None:
    adviser = await served.browser(ADVISER)
    assert (await adviser.get("/api/statuses")).status_code == 200
    served.now = NOW + timedelta(minutes=31)
    assert (await adviser.get("/api/statuses")).status_code == 401


async def test_signing_out_ends_the_session_on_the_server(served: RunningApp) -> None:
    adviser, elsewhere = await served.browser(ADVISER), await served.browser(ADVISER)
    secret = adviser.client.cookies[served.state.cookie]
    answer = await adviser.send("/sign-out", await adviser.token("/"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
    assert any("Max-Age=0" in cookie for cookie in answer.headers.get_list("set-cookie"))
    thief = await served.browser()
    thief.client.cookies.set(served.state.cookie, secret)
    assert not await is_in(thief)
    assert (await thief.get("/api/statuses")).status_code == 401
    assert await is_in(elsewhere)
    assert "You are signed out" in text_of(await adviser.get("/signed-out"))


async def test_what_is_no_session_of_ours_is_worth_nothing(served: RunningApp) -> None:
    director = await served.browser(DIRECTOR)
    secret = director.client.cookies[served.state.cookie]
    async with served.runtime.database.reading() as connection:
        digest = (await connection.execute(select(sessions.c.digest))).scalar_one()
    for cookie in (
        digest,
        secret[:-1],
        secret + "A",
        secret.upper(),
        secret.lower(),
        "x",
        "' OR 1=1",
    ):
        thief = await served.browser()
        answer = await thief.get("/", headers={"Cookie": f"{served.state.cookie}={cookie}"})
        assert answer.status_code == 303, cookie


async def test_sessions_that_ended_are_swept_away(served: RunningApp) -> None:
    await served.browser(ADVISER)
    served.now = NOW + timedelta(hours=1)
    await served.browser(DIRECTOR)
    assert await open_sessions(served) == 1


async def test_one_signs_out_everywhere_at_once(served: RunningApp) -> None:
    here, there = await served.browser(ADVISER), await served.browser(ADVISER)
    other = await served.browser(DIRECTOR)
    token = await here.token("/")
    assert (await here.send("/sign-out/everywhere", token)).status_code == 303
    served.now += timedelta(seconds=2)
    for browser in (here, there):
        assert (await browser.get("/")).status_code == 303
    assert (await other.get("/")).status_code == 200


async def test_one_session_too_many_ends_the_one_used_longest_ago(served: RunningApp) -> None:
    browsers = []
    for _ in range(MOST_SESSIONS + 1):
        browsers.append(await served.browser(ADVISER))
        served.now += timedelta(seconds=2)
    answers = [(await browser.get("/")).status_code for browser in browsers]
    assert answers == [303, *[200] * MOST_SESSIONS]
