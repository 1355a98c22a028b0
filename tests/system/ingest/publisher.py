"""A case management system that publishes over HTTP, and what became of what it sent."""

import json
from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from httpx2 import AsyncClient, Response
from sqlalchemy import select

from events.broker import jetstream_of
from events.stream import STREAM, lag
from schemas.permissions import ALL_PERMISSIONS
from services.store import tokens
from services.store.refused_events import RefusedEvent
from services.store.tables import events
from services.store.tokens import Token
from tests.store.refused import all_refused
from tests.story import Story
from tests.system.web.api_client import assert_problem
from tests.system.web.running_app import NOW, RunningApp
from tests.waiting import until

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
Headers = Mapping[str, str] | Mapping[bytes, bytes]
NONE: Headers = {}


@dataclass
class Publisher:
    """A client with the token of one source."""

    app: RunningApp
    client: AsyncClient
    source: str
    secret: str

    def moved(self, person: str = "P1", **more: Any) -> dict[str, Any]:
        """An event of this source that nothing is wrong with; `more` replaces, ... leaves out."""
        event = Story(person).lives("2026-10-01", "S", suitable=False).raw[0]
        data = without_omitted(event.pop("data") | more.pop("data", {}))
        return without_omitted(
            event | {"source": self.source, "id": uuid4().hex, "data": data} | more
        )

    async def send(
        self, body: bytes | AsyncIterable[bytes], kind: str = STRUCTURED, headers: Headers = NONE
    ) -> Response:
        """A request with this body and content type."""
        sent_headers = {b"Content-Type": kind.encode()}
        for name, value in headers.items():
            key = name if isinstance(name, bytes) else name.encode()
            sent_headers[key] = value if isinstance(value, bytes) else value.encode()
        return await self.client.post("/events", content=body, headers=sent_headers)

    async def one(self, event: Any, kind: str = STRUCTURED) -> Response:
        """One event in structured mode."""
        return await self.send(json.dumps(event).encode(), kind)

    async def batch(self, *batch: Any, kind: str = BATCHED) -> Response:
        """A batch of events."""
        return await self.send(json.dumps(batch).encode(), kind)

    async def binary(
        self, event: Mapping[str, Any], headers: Headers = NONE, kind: str = "application/json"
    ) -> Response:
        """One event in binary mode; `headers` are sent besides."""
        ce_headers = attributes(event)
        ce_headers.update(
            (k if isinstance(k, bytes) else k.encode(), v if isinstance(v, bytes) else v.encode())
            for k, v in headers.items()
        )
        return await self.send(json.dumps(event.get("data")).encode(), kind, ce_headers)

    async def stored(self) -> list[tuple[str, str]]:
        """Id and subject of each event of this source in the store, once all is worked through."""
        await worked_through(self.app)
        wanted = select(events.c.event_id, events.c.subject).where(events.c.source == self.source)
        async with self.app.runtime.database.reading() as connection:
            return sorted((row[0], row[1]) for row in await connection.execute(wanted))

    async def refused(self) -> list[RefusedEvent]:
        """What of this source is kept as refused."""
        await worked_through(self.app)
        async with self.app.runtime.database.reading() as connection:
            kept = await all_refused(connection, state=None)
        return [item for item in kept if item.source == self.source]


async def publisher(served: RunningApp, source: str = "", **limits: Any) -> Publisher:
    """A new token for a source, which is new too unless it is given; it may do everything."""
    limits = {"may": tuple(ALL_PERMISSIONS), **limits}
    source = source or f"/test/{uuid4().hex}"
    secret = f"s3cret-{uuid4().hex}"
    async with served.runtime.database.writing() as connection:
        await tokens.add_token(connection, Token(uuid4().hex, source, NOW, **limits), secret)
    browser = await served.browser()
    browser.client.headers["Authorization"] = f"Bearer {secret}"
    browser.client.timeout = 20
    return Publisher(served, browser.client, source, secret)


def without_omitted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of these is not left out."""
    return {name: value for name, value in fields.items() if value is not ...}


def attributes(event: Mapping[str, Any]) -> dict[bytes, bytes]:
    """The attributes of an event as ce- headers."""
    names = set(event) - {"data", "datacontenttype"}
    return {f"ce-{name}".encode(): str(event[name]).encode() for name in names}


async def on_broker(served: RunningApp) -> int:
    """How many messages the broker has stored so far."""
    return int((await jetstream_of(served.broker).stream_info(STREAM)).state.last_seq)


async def worked_through(served: RunningApp) -> None:
    """Wait until whatever is on the broker now is acknowledged.

    The broker counts what waits a moment after it has stored it; its last place is never late.
    """
    last, jetstream = await on_broker(served), jetstream_of(served.broker)

    async def done() -> bool:
        return (await lag(jetstream)).done >= last

    await until(done)


def taken(answer: Response) -> list[str]:
    """The ids that an answer says were accepted, all of them."""
    assert answer.status_code == 202, answer.text
    assert answer.headers["content-type"] == "application/json"
    content = answer.json()
    assert content["accepted"] == len(content["events"])
    return [item["id"] for item in content["events"]]


def wrong(answer: Response, status: int = 422) -> dict[int, dict[str, Any]]:
    """The errors of a refusal, by position."""
    problem = assert_problem(answer, status)
    return {item["position"]: item for item in problem["errors"]}


def fields(error: Mapping[str, Any]) -> list[str]:
    """The fields that one error names; each in a sentence that names it too."""
    for item in error["faults"]:
        assert set(item) == {"field", "value", "detail"}
        assert f"{item['field']} is " in item["detail"]
    return sorted(item["field"] for item in error["faults"])


def assert_says(answer: Response, status: int, *words: str) -> None:
    """A refusal as a whole, in words that say these."""
    problem = assert_problem(answer, status)
    assert len(problem["detail"]) > 20
    for word in words:
        assert word in problem["detail"], problem["detail"]


def ids(batch: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of events, in order."""
    return sorted(str(event["id"]) for event in batch)
