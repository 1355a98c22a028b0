"""Messages on the wire, structured and binary; and what is said about wrong ones."""

import json
from typing import Any

import pytest

from events.wire import Message, read_message
from schemas.envelope import Event, Refusal, read_event
from tests.story import Story

GOOD = Story("p1").lives("2026-10-01", "B", suitable=True).raw[0]


def changed(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in (GOOD | fields).items() if value is not ...}


def faults(whole: Any) -> dict[str, str]:
    read = read_event(whole)
    assert isinstance(read, Refusal), read
    return {item.field: item.sentence for item in read.faults}


def test_structured_and_binary_mode_carry_the_same_event() -> None:
    structured = read_message(
        Message(json.dumps(GOOD).encode(), {"Content-Type": "application/cloudevents+json"})
    )
    binary = read_message(
        Message(
            json.dumps(GOOD["data"]).encode(),
            {f"ce-{key}": str(GOOD[key]) for key in ("specversion", "id", "source", "type", "time")}
            | {"Ce-Subject": "p%31", "content-type": "application/json; charset=utf-8"},
        )
    )
    assert isinstance(structured, Event)
    assert structured == binary


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"specversion": "0.3"}, "specversion", "it must be '1.0'"),
        ({"id": ""}, "id", "at least one character"),
        ({"time": "2026-11-20 at noon"}, "time", "2026-11-20T09:30:00Z"),
        ({"time": "2026-11-20T09:30:00"}, "time", "with its offset"),
        ({"subject": ...}, "subject", "case identifier"),
        ({"data": [1]}, "data", "an object in braces"),
        ({"type": "sightline.placement.moved.v1"}, "type", "sightline.placement.started.v1"),
        ({"datacontenttype": "text/xml"}, "datacontenttype", "application/json"),
        ({"data": GOOD["data"] | {"date": "01/10/2026"}}, "data.date", "YYYY-MM-DD"),
        ({"data": GOOD["data"] | {"date": "2026-02-30"}}, "data.date", "there is no such day"),
        ({"data": GOOD["data"] | {"date": None}}, "data.date", "cannot be empty"),
        ({"data": {"date": "2026-10-01"}}, "data.accommodation_id", "is missing"),
    ],
)
def test_a_refusal_names_the_field_the_value_and_the_cure(
    wrong: dict[str, Any], field: str, says: str
) -> None:
    found = faults(changed(**wrong))
    assert says in found[field]
    assert found[field].startswith(f"{field} is ")


def test_every_wrong_field_is_named_at_once() -> None:
    found = faults(changed(id=5, time="x", data={"code": [1]}))
    assert set(found) == {"id", "time", "data.date", "data.accommodation_id", "data.code"}


def test_an_optional_field_that_is_wrong_is_left_out_and_doubted() -> None:
    data = GOOD["data"] | {"suitable": "perhaps", "expected_end": "soon"}
    read = read_event(changed(sequence="first", data=data))
    assert isinstance(read, Event)
    assert not read.data.carries("expected_end")
    assert read.data.carries("suitable")
    assert getattr(read.data, "suitable", "") is None
    assert {doubt.field for doubt in read.doubts} == {"sequence", "suitable", "expected_end"}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"suitable": "YES\t"}, {"suitable": True}),
        ({"suitable": 0}, {"suitable": False}),
        ({"suitable": ""}, {"suitable": None}),
        ({"unsuitable_reason": "Bed and-Breakfast "}, {"unsuitable_reason": "bed_and_breakfast"}),
        ({"unsuitable_reason": "damp"}, {"unsuitable_reason": "other"}),
        ({"urn": 1234567}, {"urn": "1234567"}),
        ({"code": "s "}, {"code": "S"}),
        ({"registration": "Un-registered"}, {"registration": "unregistered"}),
        ({"date_basis": ""}, {"date_basis": None}),
    ],
)
def test_values_are_read_as_people_write_them(
    sent: dict[str, object], meant: dict[str, object]
) -> None:
    read = read_event(changed(data=GOOD["data"] | sent))
    assert isinstance(read, Event)
    assert {name: getattr(read.data, name) for name in meant} == meant
    assert read.content[next(iter(sent))] == next(iter(sent.values())), "the log has it as sent"


def test_a_code_outside_the_national_lists_is_kept_and_doubted() -> None:
    started = Story("p1").care("2026-10-01", status=" q9").raw[0]
    read = read_event(started)
    assert isinstance(read, Event)
    assert getattr(read.data, "legal_status", "") == "Q9"
    assert [doubt.field for doubt in read.doubts] == ["legal_status"]


def test_unknown_fields_are_kept_and_ignored() -> None:
    read = read_event(changed(data=GOOD["data"] | {"postcode": "EX1"}, traceparent="00-x"))
    assert isinstance(read, Event)
    assert read.content["postcode"] == "EX1"
    assert read.doubts == ()


def test_row_keys_that_are_numbers_are_read_as_text() -> None:
    read = read_event(changed(data=GOOD["data"] | {"accommodation_id": 17}))
    assert isinstance(read, Event)
    assert getattr(read.data, "accommodation_id", "") == "17"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"5", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000,
        b'{"id": "\\ud800"}',
        b'{"id": NaN}', json.dumps(changed(id="a\u0000b")).encode(),
        json.dumps(changed(subject={"a": 1})).encode(), json.dumps(changed(type=["x"])).encode(),
        json.dumps(changed(sequence=10**30, data={})).encode(),
    ],
)  # fmt: skip
def test_nothing_that_arrives_breaks_the_reading(body: bytes) -> None:
    for headers in ({}, {"ce-specversion": "1.0", "ce-id": "%00"}):
        read = read_message(Message(body, headers))
        assert isinstance(read, Refusal)
        assert read.reason
