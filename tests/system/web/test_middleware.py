"""What every answer carries: headers, cookies that are held tight, and nothing inline."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from faststream.nats import NatsBroker
from httpx2 import Response
from sqlalchemy import text

from services.access.roles import Role
from services.store.database import Database
from services.web.app import all_routes
from services.web.state import DemoUser
from tests.system.web.running_app import (
    ADMINISTRATOR,
    ADVISER,
    ANALYST,
    DIRECTOR,
    RunningApp,
    running_app,
)
from tests.system.web.sample_cases import add_sample_cases, address, case_for, references

LOOKING = pytest.mark.asyncio(loop_scope="module")
SOMEBODY = DemoUser("d1", (Role.CHIEF_OFFICER,), "The Director")
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
    "frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'self'",
}  # fmt: skip


def assert_guarded(answer: Response) -> None:
    there = str(answer.request.url)
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (there, name)
    policy = answer.headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for name, value in POLICY.items():
        assert directives.get(name) == value, (there, name)
    assert "unsafe" not in policy, there
    assert "permissions-policy" in answer.headers, there
    assert "server" not in answer.headers, there


class Inline(HTMLParser):
    """Finds what a strict content security policy would not run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "style" or (tag == "script" and not attributes.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            runs = (value or "").strip().lower().startswith(("javascript:", "data:"))
            elsewhere = tag in ("script", "link", "img", "iframe") and "//" in (value or "")
            if name == "style" or name.startswith("on") or runs or elsewhere:
                self.found.append(f"<{tag} {name}={value}>")


@LOOKING
async def test_every_page_has_the_headers_and_nothing_inline(council: RunningApp) -> None:
    for who in (ADVISER, DIRECTOR, ANALYST, ADMINISTRATOR):
        browser = await council.browser(who)
        for route in all_routes():
            if "GET" not in route.methods or route.path.endswith("/message"):
                continue
            answer = await browser.get(address(route, case_for(route, "KN101")))
            if answer.status_code == 500:
                continue  # that pages break is told by other tests; what they carry, below
            assert_guarded(answer)
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert Inline(answer.text).found == [], route.path


@LOOKING
async def test_errors_files_and_refusals_have_the_headers_too(council: RunningApp) -> None:
    nobody, adviser = await council.browser(), await council.browser(ADVISER)
    here = {"Origin": council.base}
    for answer, status in (
        (await nobody.get("/no/such/page"), 404),
        (await adviser.get("/cases/none"), 404),
        (await nobody.get("/cases/none"), 303),
        (await nobody.get("/static/no-such-file.css"), 404),
        (await nobody.get("/static/../../pyproject.toml"), 404),
        (await nobody.get("/static/%2e%2e/app.py"), 404),
        (await nobody.get("/static/sightline.css"), 200),
        (await nobody.client.post("/cases/none/judgement", headers=here), 401),
        (await adviser.client.post("/cases/none/judgement", headers=here), 403),
        (await nobody.get("/api/statuses"), 401),
        (await nobody.get("/api/no/such"), 404),
        (await nobody.get("/api/openapi.json"), 200),
        (await adviser.get("/api/statuses?limit=no"), 422),
        (await nobody.get("/", headers={"Host": "evil.example"}), 421),
        (await nobody.get("/healthz"), 200),
    ):
        assert answer.status_code == status, answer.request.url
        assert_guarded(answer)


async def test_a_page_that_breaks_has_the_headers_and_tells_nothing(served: RunningApp) -> None:
    adviser = await served.browser(ADVISER)
    async with served.runtime.database.writing() as connection:
        await connection.execute(text("DROP TABLE sessions"))
    answer = await adviser.get("/cases/KN101")
    assert answer.status_code == 500
    assert "sessions" not in answer.text
    assert "Traceback" not in answer.text
    assert_guarded(answer)


async def test_no_case_is_shown_that_cannot_be_recorded_as_seen(served: RunningApp) -> None:
    await add_sample_cases(served)
    adviser, director = await served.browser(ADVISER), await served.browser(DIRECTOR)
    async with served.runtime.database.writing() as connection:
        await connection.execute(text("DROP TABLE audit"))
    for browser in (adviser, director):
        for there in ("/cases/KN101", "/cases", "/cases.csv", "/cases.xlsx", "/api/statuses",
                      "/api/cases/KN101", "/digests/2026-W47/director/message",
                      "/digests/preview/message?recipient=director"):  # fmt: skip
            answer = await browser.get(there)
            assert answer.status_code in (404, 500), there
            assert references(answer.text) == set(), there


@LOOKING
async def test_a_mail_is_shown_in_a_frame_that_can_run_nothing(council: RunningApp) -> None:
    director = await council.browser(DIRECTOR)
    for there in (
        "/digests/2026-W47/manager/message",
        "/digests/preview/message?recipient=manager",
    ):
        answer = await director.get(there)
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "script" not in policy
        assert "frame-ancestors 'self'" in policy
        for name in set(HEADERS) - {"x-frame-options"}:
            assert answer.headers[name] == HEADERS[name]
        assert "<script" not in answer.text


@LOOKING
async def test_a_file_with_its_hash_may_be_kept_and_a_page_never(council: RunningApp) -> None:
    nobody = await council.browser()
    page = await nobody.get("/sign-in")
    address_of = next(part for part in page.text.split('"') if part.startswith("/static/"))
    assert "immutable" in (await nobody.get(address_of)).headers["cache-control"]
    missing = await nobody.get("/static/no-such-file.css?0123456789ab")
    assert missing.headers["cache-control"] == "no-store"


OTHER_HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example",
    "evil.example:8000",
    "evil.example#127.0.0.1", "127.0.0.1@evil.example", "localhost:80@evil.example",
    "localhost:8000/evil", "192.0.2.1", "127.0.0.2", "[::]",
]  # fmt: skip


@LOOKING
async def test_another_host_s_name_is_refused(council: RunningApp) -> None:
    director = await council.browser(DIRECTOR)
    answered = []
    for host in OTHER_HOSTS:
        for there in ("/", "/api/statuses", "/static/sightline.css", "/sign-in"):
            answer = await director.get(there, headers={"Host": host})
            if answer.status_code not in (400, 421):
                answered.append((host, there, answer.status_code))
    assert answered == []


async def test_cookies_are_for_the_server_alone_and_for_this_site(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    async with running_app(
        sqlite_store, broker, tmp_path, demo_users=[SOMEBODY], tracking=False
    ) as one:
        nobody = await one.browser()
        answer = await nobody.client.post(
            "/sign-in/as", data={"id": "d1"}, headers={"Origin": one.base}
        )
        kept = [
            cookie for cookie in answer.headers.get_list("set-cookie") if "Max-Age=0" not in cookie
        ]
        assert len(kept) == 1
        assert kept[0].startswith("sightline=")
        for wanted in ("HttpOnly", "SameSite=lax", "Path=/"):
            assert wanted in kept[0]
        assert "Domain" not in kept[0]
        assert "strict-transport-security" not in answer.headers


async def test_over_https_cookies_are_secure_and_belong_to_this_host_alone(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> None:
    base = "https://sightline.example"
    async with running_app(
        sqlite_store, broker, tmp_path, demo_users=[SOMEBODY], tracking=False, base_url=base
    ) as one:
        nobody = await one.browser()
        answer = await nobody.client.post(
            "/sign-in/as",
            data={"id": "d1"},
            headers={"Origin": base, "Host": "sightline.example"},
        )
        assert answer.status_code == 303
        cookies = answer.headers.get_list("set-cookie")
        assert any(
            item.startswith("__Host-sightline=") and "Max-Age=0" not in item for item in cookies
        )
        for item in cookies:
            assert item.startswith("__Host-")
            for wanted in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
                assert wanted in item, item
            assert "Domain" not in item
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
