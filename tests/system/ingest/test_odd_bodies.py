"""Bodies that nobody would write: each is answered as a fault, and nothing breaks."""

import json
import random
from typing import Any

import pytest

from tests.system.ingest.publisher import (
    BATCHED,
    STRUCTURED,
    assert_says,
    ids,
    on_broker,
    publisher,
    taken,
    wrong,
)
from tests.system.web.api_client import assert_problem
from tests.system.web.running_app import RunningApp

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOT_JSON = [
    b"", b" ", b"\x00", b"{", b"}", b"[", b"nul", b"True", b"'x'", b"{'id': 1}", b'{"id": 1,}',
    b"[1,]", b"{}{}", b"{}\n{}", b"// x\n{}", b'{"id"}', b"NaN", b"Infinity", b"-Infinity",
    b'{"data": NaN}', b'{"data": -Infinity}', b"1e999", b'{"sequence": 1e999}', b"01", b"+1", b".5",
    b'"\xff"', b'{"id": "\xc3"}', b'"\xed\xa0\x80"', b'"\\ud800"', b'{"id": "\\udfff"}', b'"\\x41"',
    b'"a\x00b"', b'"a\nb"', '{"id": "é"}'.encode("utf-16"), '{"id": "é"}'.encode("latin-1"),
    b"\xef\xbb\xbf{}", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"<event/>", b"id=1&source=2",
    b"[" * 1_000_000, b'{"a":' * 200_000, b"[" * 5_000 + b"]" * 5_000,
]  # fmt: skip
"""Lone surrogates, and numbers beyond any, are no JSON that can be exchanged (RFC 8259, 8)."""

NO_EVENT: list[Any] = [
    5, -1, 0.5, 10**30, 2**64, None, True, "x", "", [], {}, [[]], [[[[]]]], [{}], {"": ""},
    {"a": 1}, {"data": {}}, {"specversion": "1.0"}, "\x00", "\ud83d\udca9",
]  # fmt: skip


async def test_what_is_no_json_is_said_not_to_be(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    before = await on_broker(shared_app)
    for body in NOT_JSON:
        for answer in (
            await cms.send(body),
            await cms.send(body, BATCHED),
            await cms.send(body, "application/json", {"ce-specversion": "1.0"}),
        ):
            assert answer.status_code == 400, (body[:40], answer.text[:300])
            assert_says(answer, 400, "JSON")
            assert len(answer.content) < 1_000
    assert await on_broker(shared_app) == before


async def test_json_that_is_no_event_is_said_to_be_none(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    before = await on_broker(shared_app)
    for value in NO_EVENT:
        answer = await cms.one(value)
        assert answer.status_code in (403, 422), (value, answer.text)
        (error,) = wrong(answer, answer.status_code).values()
        assert error["faults"]
        assert (error["position"], error["id"], error["kept"]) == (0, "", False)
    answer = await cms.batch(*NO_EVENT)
    assert list(wrong(answer)) == list(range(len(NO_EVENT)))
    assert answer.json()["accepted"] == []
    assert await on_broker(shared_app) == before


async def test_a_batch_that_is_no_array_is_said_to_be_none(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    before = await on_broker(shared_app)
    for value in (5, None, True, "x", {}, cms.moved(), {"events": [cms.moved()]}):
        answer = await cms.one(value, BATCHED)
        assert answer.status_code in (400, 422), value
        assert_says(answer, answer.status_code, "array")
    assert await on_broker(shared_app) == before


@pytest.mark.parametrize("depth", [100, 250, 252, 253, 255, 400, 1_024])
async def test_json_is_nested_as_deep_as_it_likes_and_nothing_breaks(
    shared_app: RunningApp, depth: int
) -> None:
    cms = await publisher(shared_app)
    good, deep = cms.moved("P1"), cms.moved("P2")
    nested = "[" * depth + "]" * depth
    event = json.dumps(deep)[:-2] + f', "note": {nested}}}}}'
    for answer in (
        await cms.send(nested.encode()),
        await cms.send(nested.encode(), BATCHED),
        await cms.send(nested.encode(), "application/json", {"ce-specversion": "1.0"}),
        await cms.send(event.encode()),
        await cms.send(f"[{json.dumps(good)}, {event}]".encode(), BATCHED),
    ):
        assert answer.status_code in (202, 400, 403, 422), (depth, answer.text[:200])
        if answer.status_code != 202:
            assert_problem(answer, answer.status_code)
    ids = {item["id"] for item in answer.json().get("events", answer.json().get("accepted", []))}
    assert ids == {id_ for id_, _ in await cms.stored()}


async def test_numbers_beyond_what_a_computer_counts_break_nothing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = json.dumps(cms.moved("P1", sequence=0))
    for number in ("9" * 30, "-" + "9" * 400, "9" * 300, str(2**63), str(-(2**63)), str(2**64),
                   "1e308", "1e-400", "-0", "0." + "3" * 5_000):  # fmt: skip
        answer = await cms.send(event.replace('"sequence": 0', f'"sequence": {number}').encode())
        assert answer.status_code in (202, 400), (number[:40], answer.text)
        answer = await cms.send(event.replace('"a1"', number).encode())
        assert answer.status_code in (202, 400, 422), (number[:40], answer.text)
    assert {subject for _, subject in await cms.stored()} == {"P1"}


async def test_of_a_key_that_comes_twice_the_last_counts_everywhere(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = json.dumps(cms.moved("P1", id="first"))
    answer = await cms.send(event[:-1].encode() + b', "id": "last", "subject": "P2"}')
    assert taken(answer) == ["last"]
    assert await cms.stored() == [("last", "P2")]


async def test_text_of_every_kind_is_stored_as_it_was_sent(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    odd = [
        "Zoë", "💩", "\u202eP", "\ufeffP", "\uffff", "\U0010ffff", "\x7f", "\x85", "'; --", "<b>",
        "{{7*7}}", "%s%n", "a" * 400, "é" * 400, " P ", "\\", '"', "../..", "sightline.events.>",
    ]  # fmt: skip
    named = [cms.moved("P1", id=f"{text[:399]}.") for text in odd]
    taken(await cms.batch(*named))
    assert await cms.stored() == sorted((event["id"], event["subject"]) for event in named)


async def test_a_case_reference_has_a_form_and_any_other_is_refused_and_kept(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    odd = [
        "Zoë", "💩", "\u202eP", "\ufeffP", "'; --", "<b>", "{{7*7}}", "%s%n", "a" * 65, "P 1", "\\",
        '"', "sightline.events.>", "P~1", "P!", "\uff301", "https://evil.example/?q",
    ]  # fmt: skip
    answer = wrong(await cms.batch(*[cms.moved(text) for text in odd]))
    assert len(answer) == len(odd)
    assert all("letters, digits" in str(error) for error in answer.values())
    assert len(await cms.refused()) == len(odd)
    good = ["a" * 64, "../..", ".", "X/judgement", "EL-1_2:3", "P9"]
    taken(await cms.batch(*[cms.moved(text) for text in good]))
    assert sorted(name for _, name in await cms.stored()) == sorted(good)


async def test_control_characters_are_a_fault_and_are_kept(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    batch = [cms.moved(f"P{chr(code)}") for code in range(32)]
    batch += [cms.moved(id=f"i\x00{position}") for position in range(3)]
    answer = await cms.batch(*batch)
    assert len(wrong(answer)) == 35
    assert all(error["kept"] for error in wrong(answer).values())
    assert len(await cms.refused()) == 35
    assert await cms.stored() == []


async def test_bytes_that_are_changed_at_random_break_nothing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    chance = random.Random(5)
    batch = [cms.moved(f"P{position}") for position in range(3)]
    good = json.dumps(batch).encode()
    for _ in range(250):
        body = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            position = chance.randrange(len(body))
            what = chance.randrange(3)
            if what == 0:
                body[position] = chance.randrange(256)
            elif what == 1:
                del body[position : position + chance.randint(1, 9)]
            else:
                body[position:position] = chance.choice(
                    [b'"', b"{", b"]", b",", b"\\u0000", b"null"]
                )
        kind = chance.choice((BATCHED, BATCHED, STRUCTURED, "application/json"))
        headers = {"ce-specversion": "1.0"} if kind == "application/json" else {}
        answer = await cms.send(bytes(body), kind, headers)
        assert answer.status_code in (202, 400, 403, 422), (bytes(body), answer.text)
        if answer.status_code != 202:
            assert_problem(answer, answer.status_code)
    taken(await cms.batch(*batch))
    assert {id_ for id_, _ in await cms.stored()} >= set(ids(batch))
