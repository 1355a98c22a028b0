"""The contract, for those who publish: every event with its fields, an example and its schema.

It is public: it holds nothing about anybody, and an integration engineer need not sign in.
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
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import PUBLIC, Routes
from services.web.kit.templates import page

routes = Routes()


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of an event's data."""

    name: str
    kind: str
    required: bool
    values: list[str]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the contract as it is shown."""

    name: str
    type: str
    subject: str
    description: str
    fields: list[FieldRow]
    example: str


@routes.get("/contract", PUBLIC)
async def contract(request: PageRequest) -> Response:
    """Every event with its fields and an example, and the messages that Sightline sends."""
    base_url = request.app.base_url.rstrip("/")
    return page(
        request,
        "contract.html.j2",
        events=contract_events(),
        outgoing=_outgoing(),
        base_url=base_url,
    )


@routes.get("/contract/{file}.json", PUBLIC)
async def document(request: PageRequest) -> Response:
    """One published document: a JSON Schema, or the AsyncAPI document."""
    name = f"{request.http.path_params['file']}.json"
    if name not in _published():
        raise NotFound
    return Response((FOLDER / name).read_bytes(), media_type="application/json")


@cache
def _published() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.glob("*.json"))


@cache
def _outgoing() -> list[tuple[str, str]]:
    """The messages that Sightline sends itself: the channel and the message of each."""
    document = asyncapi()
    return [
        (channel["address"], _message_of(document, key))
        for key, channel in document["channels"].items()
        if f"send_{key}" in document["operations"]
    ]


@cache
def contract_events() -> list[EventRow]:
    """Every event of the contract, in its order."""
    return [_row(name) for name in CATALOGUE]


def _row(name: str) -> EventRow:
    schema = event_schema(name)
    data = schema["properties"]["data"]
    definitions = schema.get("$defs", {})
    required = set(data.get("required", ()))
    fields = [
        FieldRow(field, *_kind(field_schema, definitions, field in required))
        for field, field_schema in data["properties"].items()
    ]
    return EventRow(
        name=name,
        type=type_of(name),
        subject=f"sightline.events.{name}",
        description=" ".join(schema["description"].split()),
        fields=sorted(fields, key=lambda field: not field.required),
        example=json.dumps(example(name), indent=2),
    )


def _kind(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], required: bool
) -> tuple[str, bool, list[str]]:
    """What a field holds, in a word or two, whether it must be there, and its values."""
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
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


def _message_of(document: Mapping[str, Any], key: str) -> str:
    return str(document["components"]["messages"][key].get("name", key))
