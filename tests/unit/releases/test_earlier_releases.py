"""Whatever an earlier release read is read, and means what it meant.

`recorded/` holds for a release: `forms.jsonl`, of each event the least and the fullest that it
read; `events.jsonl`, some forty lives of its made-up council; `told.jsonl`, the colours that it
told of them on 23 November 2026; `published.jsonl`, its published schemas. 0.1.0 and 0.2.0 have the
contract of 0.3.0, and 0.4.0 has that of 0.5.0. How one is recorded: docs/releases.md.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from events.published import documents
from schemas.envelope import Event, read_event
from schemas.outgoing import CASE_NOTE, STATUS_CHANGED
from schemas.policy import Policy
from services.assessment.statuses import assess_events, statuses
from tests.unit.releases.contract import taken_back

RECORDED = Path(__file__).parent / "recorded"
RELEASES = sorted(folder.name for folder in RECORDED.iterdir())
TOLD_ON = date(2026, 11, 23)

NARROWED: dict[str, set[str]] = {}
"""What a later release took back knowingly, by release; CHANGELOG.md says why."""


def recorded(release: str, name: str) -> Iterator[dict[str, Any]]:
    for line in (RECORDED / release / name).read_text().splitlines():
        yield json.loads(line)


@pytest.mark.parametrize("release", RELEASES)
def test_every_form_of_every_event_is_read_without_a_doubt(release: str) -> None:
    forms = list(recorded(release, "forms.jsonl"))
    refused = [item for form in forms if not isinstance(item := read_event(form), Event)]
    assert refused == []
    doubted = [
        item.id for form in forms if isinstance(item := read_event(form), Event) and item.doubts
    ]
    assert doubted == []
    titles = {schema["title"] for schema in recorded(release, "published.jsonl")}
    assert titles - {form["type"] for form in forms} == {CASE_NOTE, STATUS_CHANGED}


@pytest.mark.parametrize("release", RELEASES)
def test_a_rebuild_of_its_events_gives_the_colours_that_it_told(release: str) -> None:
    events = [read_event(line) for line in recorded(release, "events.jsonl")]
    received = [event for event in events if isinstance(event, Event)]
    assert len(received) == len(events)
    now = {
        (item["person"], item["concern"]): (item["rag"], item["since"])
        for item in statuses(assess_events(received, Policy(council="Recorded")), TOLD_ON)
    }
    told = {
        (item["person"], item["concern"]): (item["rag"], item["since"])
        for item in recorded(release, "told.jsonl")
    }
    assert {rag for rag, _ in told.values()} == {"red", "amber", "green"}
    assert {key: now.get(key) for key in told} == told


@pytest.mark.parametrize("release", RELEASES)
def test_no_published_schema_takes_back_what_an_earlier_one_promised(release: str) -> None:
    published = documents()
    found = set()
    for old in recorded(release, "published.jsonl"):
        title = old["title"]
        new = json.loads(published[f"{title}.json"])
        is_read = title not in (CASE_NOTE, STATUS_CHANGED)
        found |= {f"{title}: {fault}" for fault in taken_back(old, new, is_read=is_read)}
    assert found == NARROWED.get(release, set())


def test_what_is_taken_back_is_found() -> None:
    old = {
        "required": ["a"],
        "properties": {
            "a": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]},
            "b": {"$ref": "#/$defs/B"},
            "c": {"type": "integer"},
        },
        "$defs": {"B": {"type": "string", "enum": ["x", "y"]}},
    }
    new = {
        "required": ["b"],
        "properties": {
            "a": {"type": "string", "maxLength": 8},
            "b": {"type": "string", "enum": ["x", "z"]},
        },
    }
    assert taken_back(old, old, is_read=True) == []
    assert taken_back(old, new, is_read=True) == [
        "event.b: is now required",
        "event.a: maxLength was 9, is 8",
        "event.a: type was null, is string",
        "event.b: may no longer be ['y']",
        "event.c: is gone",
    ]
    assert taken_back(old, new, is_read=False) == [
        "event.a: is no longer required",
        "event.c: is gone",
    ]
    assert taken_back({"type": "string"}, {"type": "string", "pattern": "^x"}, is_read=True)
    assert not taken_back({"type": "string"}, {"type": "string", "pattern": "^x"}, is_read=False)
