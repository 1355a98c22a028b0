"""A request that does not come is given up, and those who are served go on being served."""

import asyncio
from urllib.parse import urlsplit

import pytest

from services.web import server
from services.web.ingest import endpoint
from tests.system.ingest.publisher import publisher
from tests.system.web.running_app import RunningApp


async def opened(served: RunningApp) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    url = urlsplit(served.base)
    return await asyncio.open_connection(url.hostname, url.port)


async def test_a_head_that_does_not_come_is_given_up(
    served: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    slow = [await opened(served) for _ in range(30)]
    for _, writer in slow:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    browser = await served.browser()
    assert (await browser.get("/healthz")).status_code == 200
    async with asyncio.timeout(10):
        for reader, _ in slow:
            assert await reader.read() == b""


async def test_the_second_request_of_a_connection_is_waited_for_no_longer(
    served: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    reader, writer = await opened(served)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(10):
        assert b"200" in await reader.readline()
        while await reader.readline() != b"ok\n":
            pass
        writer.write(b"GET /he")
        assert await reader.read() == b""


async def test_a_body_that_does_not_come_is_answered_and_nothing_is_stored(
    served: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "BODY_SECONDS", 0.3)
    cms = await publisher(served)
    reader, writer = await opened(served)
    writer.write(
        b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        b"Content-Type: application/cloudevents+json\r\n"
        b"Authorization: Bearer " + cms.secret.encode() + b"\r\n\r\n{"
    )
    async with asyncio.timeout(10):
        assert b" 408 " in await reader.readline()
    assert await cms.stored() == []
