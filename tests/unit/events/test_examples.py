"""The example of every event is accepted as it stands."""

import json

import pytest
from jsonschema import Draft202012Validator

from events.published import documents
from schemas.envelope import Event, read_event
from schemas.events.catalogue import CATALOGUE, type_of
from schemas.examples import example


def test_there_is_one_example_for_every_event() -> None:
    assert {name for name, model in CATALOGUE.items() if model.example} == set(CATALOGUE)


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_example_is_accepted_without_a_doubt_and_agrees_with_its_schema(name: str) -> None:
    event = read_event(example(name))
    assert isinstance(event, Event), event
    assert not event.doubts
    schema = json.loads(documents()[f"{type_of(name)}.json"])
    Draft202012Validator(schema).validate(example(name))
