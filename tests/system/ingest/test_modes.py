"""One event, however it is sent: structured, binary or batched, it is in the store once."""

import gzip
import json

import pytest

from services.web.ingest.body import LONGEST_BODY
from tests.system.ingest.publisher import (
    BATCHED,
    STRUCTURED,
    assert_says,
    attributes,
    ids,
    on_broker,
    publisher,
    taken,
    wrong,
)
from tests.system.web.running_app import RunningApp

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_event_in_structured_mode_is_accepted_and_stored(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = cms.moved("P1")
    answer = await cms.one(event)
    assert answer.json() == {"accepted": 1, "events": [{"position": 0, "id": event["id"]}]}
    assert answer.status_code == 202
    assert await cms.stored() == [(event["id"], "P1")]
    assert await cms.refused() == []


async def test_an_event_in_binary_mode_is_accepted_and_stored(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = cms.moved("P1", sequence=7)
    assert taken(await cms.binary(event)) == [event["id"]]
    assert await cms.stored() == [(event["id"], "P1")]


async def test_a_batch_is_accepted_and_stored(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    batch = [cms.moved(f"P{number}") for number in range(1, 8)]
    answer = await cms.batch(*batch)
    assert taken(answer) == [event["id"] for event in batch]
    assert [item["position"] for item in answer.json()["events"]] == list(range(7))
    assert [id_ for id_, _ in await cms.stored()] == ids(batch)


async def test_one_event_in_every_mode_is_one_event(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = cms.moved("P1", sequence=3)
    for answer in (await cms.one(event), await cms.binary(event), await cms.batch(event, event)):
        assert set(taken(answer)) == {event["id"]}
    assert await cms.stored() == [(event["id"], "P1")]


async def test_an_empty_batch_is_accepted_and_is_nothing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    before = await on_broker(shared_app)
    assert taken(await cms.batch()) == []
    assert await on_broker(shared_app) == before


async def test_parameters_and_capitals_in_the_content_type_change_nothing(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    sent = []
    for kind in (
        "application/cloudevents+json; charset=utf-8", "application/cloudevents+json;charset=UTF-8",
        'Application/CloudEvents+JSON; charset="utf-8"', "application/cloudevents+json ;x=y",
    ):  # fmt: skip
        sent.append(cms.moved("Zoe-1", note="Zoë"))
        taken(await cms.send(json.dumps(sent[-1], ensure_ascii=False).encode(), kind))
    for kind in ("application/cloudevents-batch+json; charset=UTF-8", BATCHED.upper()):
        sent.append(cms.moved("Zoe-1", note="Zoë"))
        taken(await cms.batch(sent[-1], kind=kind))
    for kind in ("application/json; charset=utf-8", "Application/JSON", "application/x+json;a=b"):
        sent.append(cms.moved("Zoe"))
        taken(await cms.binary(sent[-1], kind=kind))
    assert [id_ for id_, _ in await cms.stored()] == ids(sent)
    assert {subject for _, subject in await cms.stored()} == {"Zoe-1", "Zoe"}


async def test_headers_are_percent_decoded_once(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    wanted = []
    for header, id_ in (
        ("Zo%C3%AB", "Zoë"), ("P%201", "P 1"), ("100%25", "100%"), ("A%2541", "A%41"),
        ("%E2%82%AC%20%F0%9F%8F%A0", "€ 🏠"), ("a%22b", 'a"b'), ("A%2fB", "A/B"), ("%31", "1"),
    ):  # fmt: skip
        taken(await cms.binary(cms.moved(), {"ce-id": header}))
        wanted.append(id_)
    assert [id_ for id_, _ in await cms.stored()] == sorted(wanted)


async def test_a_header_in_quotes_is_unquoted(shared_app: RunningApp) -> None:
    """CloudEvents 1.0.2, HTTP 3.1.3.2: unescaping of double-quoted values MUST be supported."""
    cms = await publisher(shared_app)
    taken(await cms.binary(cms.moved("P1"), {"ce-id": '"P 1 \\"x\\" 100%25"'}))
    assert await cms.stored() == [('P 1 "x" 100%', "P1")]


async def test_a_header_in_plain_utf_8_is_never_another_young_person(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    event = cms.moved()
    answer = await cms.binary(event, {b"ce-subject": "Zoë".encode()})
    stored = [subject for _, subject in await cms.stored()]
    assert (answer.status_code, stored) in [(202, ["Zoë"]), (400, []), (422, [])]


@pytest.mark.parametrize("header", ["Zo%FF", "Zo%EB", "%C3", "%ED%A0%80"])
async def test_a_header_that_is_no_utf_8_is_never_another_young_person(
    shared_app: RunningApp, header: str
) -> None:
    cms = await publisher(shared_app)
    answer = await cms.binary(cms.moved(), {"ce-subject": header})
    assert answer.status_code in (400, 422), answer.text
    assert await cms.stored() == []


async def test_structured_mode_is_told_by_the_content_type_whatever_headers_say(
    shared_app: RunningApp,
) -> None:
    cms, other = await publisher(shared_app), await publisher(shared_app)
    event = cms.moved("P1")
    body = json.dumps(event).encode()
    taken(await cms.send(body, STRUCTURED, attributes(other.moved("P2"))))
    taken(await cms.send(b"[%s]" % body, BATCHED, attributes(other.moved("P2"))))
    assert await cms.stored() == [(event["id"], "P1")]
    assert await other.stored() == []


@pytest.mark.parametrize(
    "kind",
    [
        "", "text/plain", "application/x-www-form-urlencoded", "text/html;a=b",
        "application/cloudevents", "application/cloudevents+xml", "multipart/form-data",
        "application/cloudevents-batch", "application/cloudevents+jsonx", ";", "x" * 4000,
    ],
)  # fmt: skip
async def test_another_content_type_is_refused_with_those_that_are_right(
    shared_app: RunningApp, kind: str
) -> None:
    cms = await publisher(shared_app)
    before = await on_broker(shared_app)
    assert_says(await cms.one(cms.moved(), kind), 415, STRUCTURED, BATCHED, "ce-")
    assert await on_broker(shared_app) == before


async def test_plain_json_is_taken_where_it_holds_events_and_refused_else(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    one, two, three = cms.moved("P1"), cms.moved("P2"), cms.moved("P3")
    taken(await cms.one(one, "application/json; charset=utf-8"))
    taken(await cms.send(json.dumps([two, three]).encode(), "application/json"))
    assert {id_ for id_, _ in await cms.stored()} == {one["id"], two["id"], three["id"]}
    assert_says(await cms.send(b'{"person": 1}', "application/json"), 415, STRUCTURED)


async def test_a_body_packed_with_gzip_is_taken(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    event = cms.moved("P1")
    packed = gzip.compress(json.dumps(event).encode())
    taken(await cms.send(packed, STRUCTURED, {"Content-Encoding": "gzip"}))
    assert await cms.stored() == [(event["id"], "P1")]
    assert_says(await cms.send(b"{}", STRUCTURED, {"Content-Encoding": "gzip"}), 400, "gzip")
    assert_says(await cms.send(b"{}", STRUCTURED, {"Content-Encoding": "br"}), 415, "gzip")
    bomb = gzip.compress(b" " * (LONGEST_BODY + 1))
    assert_says(await cms.send(bomb, STRUCTURED, {"Content-Encoding": "gzip"}), 413, "bytes")


async def test_what_systems_write_of_codes_is_read_and_a_doubt_is_in_the_answer(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    for code in ("S2", "s1", "S - No fixed abode"):
        (event,) = (await cms.one(cms.moved(data={"code": code}))).json()["events"]
        assert not event.get("doubts")
    (event,) = (await cms.one(cms.moved(data={"code": "Ä9"}, subject=17))).json()["events"]
    assert [doubt["field"] for doubt in event["doubts"]] == ["data.code"]


async def test_binary_mode_with_content_that_is_no_json_is_refused_and_kept(
    shared_app: RunningApp,
) -> None:
    cms = await publisher(shared_app)
    event = cms.moved()
    error = wrong(await cms.binary(event, kind="text/xml"))[0]
    assert error["faults"] == [
        {"field": "datacontenttype", "value": '"text/xml"',
         "detail": 'datacontenttype is "text/xml"; it must be application/json.'}
    ]  # fmt: skip
    assert [item.event_id for item in await cms.refused()] == [event["id"]]


async def test_binary_mode_names_every_attribute_that_is_missing(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app)
    answer = await cms.send(
        b"{}", "application/json", {"ce-specversion": "1.0", "ce-source": cms.source}
    )
    error = wrong(answer)[0]
    assert {item["field"] for item in error["faults"]} >= {"id", "type", "time"}
    assert error["kept"] is True
    assert len(await cms.refused()) == 1
