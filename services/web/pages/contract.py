"""The contract, for those who publish: every event with its fields, an example and its schema.

Open to everybody: it holds nothing about anybody, and an integration engineer need not sign in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.responses import Response

from events.published import FOLDER, asyncapi, event_schema
from schemas.events.catalogue import CATALOGUE, type_of
from schemas.examples import example
from services.web.kit.request import NotHere, Visit
from services.web.kit.routing import OPEN, Doors
from services.web.kit.templates import page

doors = Doors()


@dataclass(frozen=True, slots=True)
class FieldTold:
    """One field of an event's data."""

    name: str
    kind: str
    required: bool
    values: list[str]


@dataclass(frozen=True, slots=True)
class EventTold:
    """One event of the contract as it is shown."""

    name: str
    type: str
    subject: str
    description: str
    fields: list[FieldTold]
    example: str


@doors.get("/contract", OPEN)
async def contract(visit: Visit) -> Response:
    """Every event: what it means, its fields, an example; and what Sightline says itself."""
    base_url = visit.parts.base_url.rstrip("/")
    return page(
        visit, "contract.html.j2", events=told_events(), spoken=_spoken(), base_url=base_url
    )


@doors.get("/contract/{file}.json", OPEN)
async def document(visit: Visit) -> Response:
    """One published document: a JSON Schema, or the AsyncAPI document."""
    name = f"{visit.request.path_params['file']}.json"
    if name not in _published():
        raise NotHere
    return Response((FOLDER / name).read_bytes(), media_type="application/json")


@cache
def _published() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.glob("*.json"))


@cache
def _spoken() -> list[tuple[str, str]]:
    """What Sightline says itself: each channel and its message."""
    told = asyncapi()
    return [
        (channel["address"], _message_of(told, key))
        for key, channel in told["channels"].items()
        if f"send_{key}" in told["operations"]
    ]


@cache
def told_events() -> list[EventTold]:
    """Every event of the contract, in its order."""
    return [_told(name) for name in CATALOGUE]


def _told(name: str) -> EventTold:
    schema = event_schema(name)
    data = schema["properties"]["data"]
    definitions = schema.get("$defs", {})
    required = set(data.get("required", ()))
    fields = [
        FieldTold(field, *_kind(told, definitions, field in required))
        for field, told in data["properties"].items()
    ]
    return EventTold(
        name=name,
        type=type_of(name),
        subject=f"sightline.events.{name}",
        description=" ".join(schema["description"].split()),
        fields=sorted(fields, key=lambda field: not field.required),
        example=json.dumps(example(name), indent=2),
    )


def _kind(
    told: Mapping[str, Any], definitions: Mapping[str, Any], required: bool
) -> tuple[str, bool, list[str]]:
    """What a field holds, in a word or two, whether it must be there, and its values."""
    options = [one for one in told.get("anyOf", [told]) if one.get("type") != "null"]
    words, values = [], []
    for option in options:
        if "$ref" in option:
            option = definitions[option["$ref"].rsplit("/", 1)[-1]]  # noqa: PLW2901
        values += [str(value) for value in option.get("enum", ())]
        if "const" in option:
            values.append(str(option["const"]))
        words.append(_WORDS.get(option.get("format") or option.get("type", ""), "text"))
    return " or ".join(dict.fromkeys(words)), required, values


_WORDS = {
    "date": "date",
    "date-time": "time",
    "boolean": "true or false",
    "integer": "whole number",
    "object": "object",
    "string": "text",
}


def _message_of(told: Mapping[str, Any], key: str) -> str:
    return str(told["components"]["messages"][key].get("name", key))
