"""How much is taken at once: bytes of a request, events of a batch, bytes of an event."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.system.ingest.publisher import (
    BATCHED,
    STRUCTURED,
    Publisher,
    assert_says,
    fields,
    ids,
    on_broker,
    publisher,
    taken,
    wrong,
)
from tests.system.web.running_app import RunningApp
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONGEST_BODY = 8 * 1024 * 1024
LONGEST_EVENT = 512 * 1024


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not told: it is sent chunked."""
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


async def test_a_body_of_the_greatest_length_is_taken_and_a_byte_more_is_not(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    event = cms.moved("P1")
    just = json.dumps(event).encode().ljust(LONGEST_BODY)
    before = await on_broker(shared_app)
    assert_says(await cms.send(just + b" "), 413, "8,388,608")
    assert_says(await cms.send(in_parts(just + b" ")), 413, "8,388,608")
    assert_says(await cms.send(in_parts(just * 3)), 413, "8,388,608")
    assert_says(await cms.send(just * 3), 413, "8,388,608")
    assert await on_broker(shared_app) == before
    taken(await cms.send(just))
    taken(await cms.send(in_parts(just)))
    assert await cms.stored() == [(event["id"], "P1")]


async def test_a_body_that_is_only_said_to_be_too_long_is_refused_unread(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    for length in ("8388609", "9" * 15):
        answer = await spoken(cms, {"Content-Length": length}, b"")
        assert answer.startswith(b"HTTP/1.1 413 "), length
        assert b"application/problem+json" in answer
    for length in ("-1", "x", "1e3", "9" * 5_000, "5, 6"):
        answer = await spoken(cms, {"Content-Length": length}, b"")
        assert answer.startswith(b"HTTP/1.1 400 "), length


async def test_a_thousand_events_are_taken_at_once_and_one_more_is_not(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    batch = [cms.moved(f"P{number % 9}") for number in range(1001)]
    before = await on_broker(shared_app)
    assert_says(await cms.batch(*batch), 413, "1,001", "1,000")
    assert_says(await cms.batch(*[0] * 5_000), 413, "5,000", "1,000")
    assert await on_broker(shared_app) == before
    assert len(taken(await cms.batch(*batch[:1000]))) == 1000
    assert [id_ for id_, _ in await cms.stored()] == ids(batch[:1000])


async def test_an_event_of_the_greatest_length_is_taken_and_a_byte_more_is_not(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    just, longer = (padded(cms, length) for length in (LONGEST_EVENT, LONGEST_EVENT + 1))
    before = await on_broker(shared_app)
    for answer in (await cms.one(longer), await cms.binary(longer)):
        error = wrong(answer, answer.status_code)[0]
        assert answer.status_code in (413, 422)
        assert fields(error) == ["event"]
        assert "524,288" in error["faults"][0]["detail"]
        assert error["kept"] is False
    assert await on_broker(shared_app) == before
    assert taken(await cms.one(just)) == [just["id"]]
    small = cms.moved("P2")
    answer = await cms.batch(longer, small)
    assert [item["id"] for item in answer.json()["accepted"]] == [small["id"]]
    assert list(wrong(answer)) == [0]
    assert [id_ for id_, _ in await cms.stored()] == ids([just, small])
    assert await cms.refused() == []


async def test_an_event_that_is_too_long_names_what_else_is_wrong_with_it(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    answer = await cms.one(padded(cms, LONGEST_EVENT + 100) | {"time": "noon"})
    assert fields(wrong(answer, answer.status_code)[0]) == ["event", "time"]


async def test_a_whole_body_of_long_events_is_taken(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    batch = [padded(cms, LONGEST_EVENT - 100) for _ in range(15)]
    assert len(taken(await cms.batch(*batch))) == 15
    assert [id_ for id_, _ in await cms.stored()] == ids(batch)


@pytest.mark.parametrize("field", ["id", "time", "sequence"])
async def test_a_long_attribute_is_a_fault_and_never_a_reason_to_send_again(
    shared_app: RunningApp, field: str
) -> None:
    """It must not stop the others of its batch for ever: the broker's headers hold 64 KB."""
    cms = await publisher(shared_app)
    good, long = cms.moved("P1"), cms.moved("P2", **{field: "9" * 70_000})
    answer = await cms.batch(good, long)
    assert answer.status_code in (202, 422), answer.text
    stored = {id_ for id_, _ in await cms.stored()}
    assert good["id"] in stored
    if answer.status_code == 422:
        (error,) = wrong(answer).values()
        assert (fields(error), error["kept"]) == ([field], True)
        assert len(await cms.refused()) == 1
    else:
        assert long["id"] in stored


async def test_the_content_type_is_asked_about_before_the_body(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    assert_says(await cms.send(b"not json", "text/plain"), 415, STRUCTURED)


async def test_a_client_that_breaks_off_leaves_nothing_behind(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    body = json.dumps([cms.moved("P1"), cms.moved("P2")]).encode()
    before = await on_broker(shared_app)
    answered = await told_of_events(cms)
    await spoken(cms, {"Content-Length": str(len(body))}, body[:-1], breaks_off=True)
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    await spoken(cms, {"Transfer-Encoding": "chunked"}, chunk, breaks_off=True)
    await spoken(cms, {"Content-Length": "9000000"}, b"", breaks_off=True)

    async def noticed() -> bool:
        return await told_of_events(cms) >= answered + 3

    await until(noticed)
    assert await on_broker(shared_app) == before
    taken(await cms.one(cms.moved("P3")))
    assert [subject for _, subject in await cms.stored()] == ["P3"]


async def test_two_clients_at_once_do_not_mix(shared_app: RunningApp) -> None:
    one, two = await publisher(shared_app), await publisher(shared_app)
    mine = [one.moved(f"A{number}") for number in range(400)]
    theirs = [two.moved(f"B{number}") for number in range(400)]
    answers = await asyncio.gather(
        one.batch(*mine), two.batch(*theirs), one.batch(*mine), two.batch(*mine[:50]),
        *(two.one(event) for event in theirs[:40]), *(one.binary(event) for event in mine[:40]),
    )  # fmt: skip
    assert [answer.status_code for answer in answers] == [202] * 3 + [403] + [202] * 80
    assert [id_ for id_, _ in await one.stored()] == ids(mine)
    assert [id_ for id_, _ in await two.stored()] == ids(theirs)


async def test_a_great_many_clients_at_once_are_all_served(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    batches = [[cms.moved(f"P{number}") for number in range(3)] for _ in range(90)]
    answers = await asyncio.gather(*(cms.batch(*batch) for batch in batches))
    assert {answer.status_code for answer in answers} == {202}
    assert [id_ for id_, _ in await cms.stored()] == ids([e for batch in batches for e in batch])


def padded(cms: Publisher, length: int) -> dict[str, object]:
    """An event that is so many bytes long as JSON without spaces."""
    event = cms.moved("P1", id=uuid4().hex)
    event["data"]["note"] = ""
    rest = length - len(json.dumps(event, separators=(",", ":")))
    event["data"]["note"] = "x" * rest
    return event


async def spoken(
    cms: Publisher, headers: dict[str, str], body: bytes, *, breaks_off: bool = False
) -> bytes:
    """What the server answers to a request as it is written here, byte by byte."""
    host, port = cms.app.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = {
        "Host": "localhost", "Authorization": f"Bearer {cms.secret}", "Content-Type": BATCHED,
        "Connection": "close", **headers,
    }  # fmt: skip
    lines = ["POST /events HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    answer = b"" if breaks_off else await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


async def told_of_events(cms: Publisher) -> float:
    """How many requests to /events were answered so far, or would have been."""
    metrics = (await cms.client.get(f"{cms.app.probes}/metrics")).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == "sightline_answers_total" and sample.labels["route"] == "/events"
    )
