"""Where sign-in leads: to pages of ours alone; and the demo's route, in the demo alone."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from faststream.nats import NatsBroker
from pydantic import SecretStr

from services.access.roles import Role
from services.logs import LogFormat
from services.settings import Settings
from services.store.database import Database
from services.web.assembly import assemble
from services.web.state import DemoUser
from tests.system.web.running_app import ADVISER, DIRECTOR, RunningApp, running_app

ROOT = Path(__file__).resolve().parents[3]
SOMEBODY = DemoUser("d1", (Role.CHIEF_OFFICER,), "The Director")
AWAY = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "https://evil.example", "https:evil.example", "http:/evil.example",
    "javascript:alert(1)", "data:text/html,x", "evil.example", "/\t/evil.example",
    "/\n/evil.example", "\t//evil.example", " //evil.example", "/\r\nLocation: //evil.example",
    "/\r\nSet-Cookie: x=y", "/%0d%0aSet-Cookie:x=y", "/\u2028//evil.example", "\uff0f/evil.example",
    "/\uff0fevil.example", "/\u3002evil.example", "/.//evil.example", "/..//evil.example",
    "/x/..//evil.example", "/@evil.example", "/?//evil.example", "/#//evil.example",
    "/\x00/evil.example", "/%2f/evil.example", "/%5cevil.example", "//%65vil.example",
    "/\u200b/evil.example", "", "?x", "#x", "/sign-out", "/sign-in", "/sign-in/begin",
]  # fmt: skip


def stays(base: str, location: str) -> bool:
    """Whether a browser that follows an address stays on this site."""
    plain = location.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    there = urlsplit(urljoin(base, plain.strip()))
    return f"{there.scheme}://{there.netloc}" == base and not plain.strip().startswith("//")


@pytest.fixture
async def demo(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    async with running_app(
        sqlite_store, broker, tmp_path, demo_users=[SOMEBODY], tracking=False
    ) as one:
        yield one


async def test_whoever_is_signed_in_already_goes_on_to_a_page_of_ours(served: RunningApp) -> None:
    adviser = await served.browser(ADVISER)
    for onward in AWAY:
        answer = await adviser.get(f"/sign-in?onward={quote(onward, safe='')}")
        assert answer.status_code == 303
        assert stays(served.base, answer.headers["location"]), onward
        assert "x" not in answer.cookies, onward
        assert not answer.headers["location"].startswith("/sign-"), onward


async def test_whoever_signs_in_goes_on_to_a_page_of_ours(demo: RunningApp) -> None:
    nobody = await demo.browser()
    for onward in AWAY:
        page = await nobody.get(f"/sign-in?onward={quote(onward, safe='')}")
        assert page.status_code == 200
        nobody.client.cookies.clear()
        answer = await nobody.client.post(
            "/sign-in/as", data={"id": "d1", "onward": onward}, headers={"Origin": demo.base}
        )
        assert answer.status_code == 303
        assert stays(demo.base, answer.headers["location"]), onward
        nobody.client.cookies.clear()


async def test_a_page_that_was_wanted_is_gone_on_to_with_its_query(demo: RunningApp) -> None:
    nobody = await demo.browser()
    wanted = "/cases?concern=unsuitable_accommodation&case=a%2Fb%26c"
    away = await nobody.get(wanted)
    page = await nobody.get(away.headers["location"])
    assert 'name="onward" value="/cases?concern=unsuitable_accommodation&amp;' in page.text
    answer = await nobody.client.post(
        "/sign-in/as", data={"id": "d1", "onward": wanted}, headers={"Origin": demo.base}
    )
    assert answer.headers["location"] == wanted


async def asked(house_: RunningApp, client: tuple[str, int] | None, path: str, **form: str) -> int:
    """Ask the application itself, as if from some other machine."""
    body = urlencode(form).encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": client, "server": ("127.0.0.1", 80),
        "headers": [(b"host", b"localhost"), (b"origin", b"http://localhost"),
                    (b"content-type", b"application/x-www-form-urlencoded"),
                    (b"x-forwarded-for", b"127.0.0.1"), (b"x-real-ip", b"127.0.0.1")],
    }  # fmt: skip
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await house_.app(scope, receive, send)
    return int(messages[0]["status"])


async def test_the_demo_s_people_are_there_for_this_machine_alone(demo: RunningApp) -> None:
    form = {"id": "d1", "onward": "/"}
    for client in (("127.0.0.1", 1), ("::1", 1)):
        assert await asked(demo, client, "/sign-in/as", **form) == 303
    for elsewhere in (("10.0.0.9", 1), ("192.0.2.1", 1), ("2001:db8::1", 1), ("127.0.0.1.x", 1),
                      ("::ffff:10.0.0.9", 1), ("", 1), None):  # fmt: skip
        assert await asked(demo, elsewhere, "/sign-in/as", **form) == 404


async def test_the_demo_s_route_opens_for_made_up_people_alone(demo: RunningApp) -> None:
    for id_ in ("", "w1", "lead", "D1", "d1 x"):
        assert await asked(demo, ("127.0.0.1", 1), "/sign-in/as", id=id_) == 404


async def test_a_foreign_page_cannot_sign_anybody_in(demo: RunningApp) -> None:
    nobody = await demo.browser()
    for headers in ({"Origin": "https://evil.example"}, {}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await nobody.client.post("/sign-in/as", data={"id": "d1"}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_where_nobody_is_made_up_there_is_no_such_route(served: RunningApp) -> None:
    nobody, director = await served.browser(), await served.browser(DIRECTOR)
    for browser in (nobody, director):
        token = await browser.token("/") if browser is director else ""
        answer = await browser.send("/sign-in/as", token, id="d1")
        nowhere = await browser.client.post("/no/such", headers={"Origin": served.base})
        assert answer.status_code == nowhere.status_code == 404
        assert "set-cookie" not in answer.headers
    assert "made-up" not in (await nobody.get("/sign-in")).text


def test_no_setting_makes_anybody_up(arguments: Any) -> None:
    values: dict[str, Any] = {
        name: SecretStr("x") if kind.annotation is SecretStr
        else True if kind.annotation is bool
        else 1 if kind.annotation is int
        else LogFormat.JSON if kind.annotation is LogFormat
        else Path("x") if "Path" in str(kind.annotation)
        else "https://x.example"
        for name, kind in Settings.model_fields.items()
    }  # fmt: skip
    settings = Settings(**values)
    assert all(getattr(settings, name) for name in Settings.model_fields)
    state = assemble(settings, *arguments)
    assert state.demo_users == ()
    assert not any("made" in name or "demo" in name for name in Settings.model_fields)


@pytest.fixture
def arguments(served: RunningApp) -> tuple[Any, ...]:
    state = served.state
    return state.rules, state.mail_context, state.send_all, state.lag, state.clock, state.secret


def test_only_the_demo_makes_people_up() -> None:
    makers = set()
    for file in (ROOT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DemoUser":
                makers.add(file.relative_to(ROOT).as_posix())
    assert makers == {"services/demo/staff.py"}
