"""Who may publish: a token of a source, and nobody else; and a publisher reads nothing."""

import pytest

from services.store import sessions, tokens
from tests.system.ingest.publisher import assert_says, on_broker, publisher, taken, wrong
from tests.system.web.api_client import assert_problem, token_client
from tests.system.web.running_app import DIRECTOR, NOW, RunningApp

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_nobody_publishes_without_a_token_that_holds(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    good, before = cms.secret, await on_broker(shared_app)
    del cms.client.headers["Authorization"]
    for authorization in (
        None, "", "Bearer", "Bearer wrong", f"Bearer {good[:-1]}", f"Bearer {good}x",
        f"Bearer {good.upper()}", f"Bearer {sessions.hashed(good)}", f"Basic {good}", good,
        f"Token {good}", f"Bearer:{good}", f"Bearer\t{good}", f"Bearer {good} {good}",
        f"Bearer {good},{good}", f'Bearer "{good}"', f"Bearer {cms.source}", "Bearer é",
        "Bearer " + "x" * 20_000,
    ):  # fmt: skip
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = await cms.binary(cms.moved(), headers)
        assert_says(answer, 401, "Bearer", "sightline token make")
        assert answer.headers["www-authenticate"] == "Bearer", authorization
        assert good not in answer.text
    assert await on_broker(shared_app) == before


async def test_the_scheme_is_read_in_any_case(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    for scheme in ("bearer", "BEARER", "Bearer  "):
        cms.client.headers["Authorization"] = f"{scheme} {cms.secret}"
        taken(await cms.one(cms.moved()))


async def test_a_token_elsewhere_is_no_token_and_a_session_is_none_either(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    director = await shared_app.browser(DIRECTOR)
    del cms.client.headers["Authorization"]
    cms.client.cookies.update(director.client.cookies)
    assert_says(await cms.one(cms.moved()), 401)
    for name in ("token", "access_token"):
        answer = await cms.client.post(f"/events?{name}={cms.secret}", json=cms.moved())
        assert_says(answer, 401)
    answer = await cms.client.post("/events", data={"access_token": cms.secret})
    assert_says(answer, 401)


async def test_a_revoked_token_publishes_nothing_from_then_on(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    taken(await cms.one(cms.moved("P1")))
    async with shared_app.runtime.database.writing() as connection:
        token = await tokens.token_of(connection, cms.secret, NOW)
        assert token is not None
        assert token.source == cms.source
        assert await tokens.revoke_token(connection, token.name, NOW)
    answer = await cms.one(cms.moved("P2"))
    assert_says(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert [subject for _, subject in await cms.stored()] == ["P1"]


async def test_a_token_that_reads_does_not_publish(shared_app: RunningApp) -> None:
    cms, reader = await publisher(shared_app), await token_client(shared_app)
    before = await on_broker(shared_app)
    cms.client.headers["Authorization"] = reader.client.headers["Authorization"]
    assert_says(await cms.one(cms.moved()), 403, "reads", "--source")
    assert await on_broker(shared_app) == before
    assert (await reader.get("/api/statuses")).status_code == 200


async def test_a_token_that_publishes_reads_nothing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    taken(await cms.one(cms.moved("READ1")))
    await cms.stored()
    for path in ("/api/statuses", "/api/cases/READ1"):
        answer = await cms.client.get(path)
        assert answer.status_code in (401, 403)
        assert_problem(answer, answer.status_code)
        assert "READ1" not in answer.text
    for path in ("/cases", "/cases/READ1", "/refused", "/feeds", "/audit", "/"):
        answer = await cms.client.get(path)
        assert answer.status_code == 303, path


async def test_two_tokens_of_one_source_speak_for_the_same(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    again = await publisher(shared_app, cms.source)
    event = cms.moved("P1")
    taken(await cms.one(event))
    taken(await again.one(event))
    assert await cms.stored() == [(event["id"], "P1")]


async def test_the_token_is_asked_for_before_anything_is_read(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    cms.client.headers["Authorization"] = "Bearer wrong"
    for body in (b"", b"not json", b"x" * (8 * 1024 * 1024 + 1)):
        assert_says(await cms.send(body, "text/plain"), 401)


async def test_another_method_is_told_which_is_right(shared_app: RunningApp) -> None:
    """RFC 9110, 15.5.6: 405, and Allow MUST say which. A machine cannot read a page."""
    cms = await publisher(shared_app)
    for method in ("PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS"):
        answer = await cms.client.request(method, "/events")
        assert (method, answer.status_code) == (method, 405)
        assert answer.headers["allow"] == "POST"


async def test_another_method_stores_nothing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    before = await on_broker(shared_app)
    for method in ("PUT", "PATCH", "DELETE"):
        answer = await cms.client.request(method, "/events", json=cms.moved())
        assert answer.status_code in (404, 405)
    for path in ("/events/", "/events/x", "/Events", "//events"):
        assert (await cms.client.post(path, json=cms.moved())).status_code == 404, path
    assert await on_broker(shared_app) == before


async def test_another_host_s_name_is_refused_here_too(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    answer = await cms.client.post("/events", json=cms.moved(), headers={"Host": "evil.example"})
    assert answer.status_code == 421


async def test_a_faulty_event_shows_no_token_in_the_answer(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    answer = await cms.batch(cms.moved(time="x"), cms.moved(source="/o"))
    wrong(answer)
    assert cms.secret not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
