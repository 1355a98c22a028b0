"""Machines that read with a token, and what they read."""

from typing import Any

from httpx2 import Response

from services.store import tokens
from services.store.tokens import Token
from tests.system.web.running_app import NOW, Browser, RunningApp

PROBLEM = "application/problem+json"


async def token_client(served: RunningApp, name: str = "warehouse", **limits: Any) -> Browser:
    """A machine that holds a token."""
    secret = f"s3cret-of-{name}"
    async with served.runtime.database.writing() as connection:
        await tokens.add_token(connection, Token(name, None, NOW, **limits), secret)
    browser = await served.browser()
    browser.client.headers["Authorization"] = f"Bearer {secret}"
    return browser


async def rows(browser: Browser, query: str = "", cursor: str = "") -> list[dict[str, Any]]:
    """Every row, page by page."""
    found = []
    while True:
        answer = await browser.get(f"/api/statuses?cursor={cursor}{query}")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.extend(body["items"])
        if body["next"] is None:
            return found
        assert body["items"], "a page in the middle is empty"
        cursor = body["next"]


def keys(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["person"], row["concern"]) for row in found]


def assert_problem(answer: Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    return problem
