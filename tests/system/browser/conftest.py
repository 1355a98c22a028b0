"""A real browser, driven as people drive it, and axe's judgement of what it shows."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from faststream.nats import NatsBroker
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from services.access.roles import Role
from services.store.database import Database
from tests.system.web.running_app import RunningApp, running_app

_RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
SHOTS = os.environ.get("SIGHTLINE_SHOTS", "")


def chromium() -> str:
    """Where Chromium is; `make test` installs it."""
    for name in (os.environ.get("SIGHTLINE_CHROMIUM", ""), "chromium", "chromium-browser"):
        if name and (found := shutil.which(name)):
            return found
    raise FileNotFoundError("Chromium is not installed; make test installs it")


class Visitor:
    """Somebody at a browser."""

    def __init__(self, page: Page, served: RunningApp) -> None:
        self.page = page
        self.served = served
        self.errors: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _hear(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), str(getattr(message, "text", ""))
        if kind == "error" and "Failed to load resource" not in text:
            self.errors.append(text)

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.served.base}{path}")

    async def follow_link(self, name: str) -> None:
        await self.page.get_by_role("link", name=name, exact=True).first.click()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def expect_text(self, text: str) -> None:
        await self.page.get_by_text(text).first.wait_for(timeout=10_000)

    async def fill_in(self, label: str, value: str) -> None:
        await self.page.get_by_label(label, exact=True).first.fill(value)

    async def fill_in_date(self, name: str, day: str, month: str, year: str) -> None:
        for part, value in (("day", day), ("month", month), ("year", year)):
            await self.page.locator(f"#{name}-{part}").fill(value)

    async def text(self) -> str:
        return " ".join((await self.page.locator("body").inner_text()).split())

    async def assert_accessible(self, name: str) -> None:
        """What is seen has no fault that axe finds, and no error was logged; keep a picture."""
        if SHOTS:
            await self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
        found = await Axe().run(self.page, options=_RULES)
        violations = [
            f"{item['id']}: {item['help']}: {item['nodes'][0]['html'][:200]}"
            for item in found.response["violations"]
            if not _is_known(item)
        ]
        assert violations == [], (name, violations)
        assert self.errors == [], (name, self.errors)


def _is_known(violation: dict[str, Any]) -> bool:
    """Whether it is GOV.UK Frontend's own `aria-expanded` on a radio that reveals a question.

    Its team keeps it, since screen readers read it out (govuk-frontend, issue 979).
    """
    return violation["id"] == "aria-allowed-attr" and all(
        "govuk-radios__input" in node["html"] and "aria-expanded" in node["html"]
        for node in violation["nodes"]
    )


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium(), args=list(_QUIET))
        yield launched
        await launched.close()


@pytest.fixture
async def served(
    sqlite_store: Database, broker: NatsBroker, tmp_path: Path
) -> AsyncIterator[RunningApp]:
    async with running_app(sqlite_store, broker, tmp_path) as one:
        yield one


class SignIn:
    """Lets somebody in at a browser of their own."""

    def __init__(self, browser: Browser, served: RunningApp) -> None:
        self.browser = browser
        self.served = served

    async def __call__(
        self, person: tuple[str, Role] | None = None, *, scripts: bool = True,
        width: int = 1280, height: int = 900,
    ) -> Visitor:  # fmt: skip
        context: BrowserContext = await self.browser.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": height},
            locale="en-GB",
        )  # fmt: skip
        if person is not None:
            secret = await self.served.state.sessions.begin(person[0], (person[1],))
            await context.add_cookies(
                [{"name": "sightline", "value": secret, "url": self.served.base}]
            )
        return Visitor(await context.new_page(), self.served)


@pytest.fixture
async def sign_in(browser: Browser, served: RunningApp) -> SignIn:
    return SignIn(browser, served)
