"""What is published for those who send to Sightline: JSON Schemas and an AsyncAPI document.

Generated from the models, kept in `schemas/published/`; a test fails when they drift.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from events.channel import Channel
from events.stream import OUT_STREAM, STREAM, subject_of
from schemas.events.base import EventData
from schemas.events.catalogue import CATALOGUE, type_of
from schemas.outgoing import (
    CASE_NOTE,
    CASE_NOTE_SUBJECT,
    STATUS_CHANGED,
    STATUS_SUBJECT,
    CaseNoteEvent,
    SightlineEvent,
)

FOLDER = Path(__file__).resolve().parents[1] / "schemas" / "published"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def event_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one event in structured mode: its envelope and its data."""
    model = CATALOGUE[name]
    data = _schema(model)
    definitions = data.pop("$defs", {})
    required = ["specversion", "id", "source", "type", "time", "data"]
    if model.has_subject:
        required.insert(4, "subject")
    schema: dict[str, Any] = {
        "$schema": _DIALECT,
        "$id": f"urn:sightline:schema:{type_of(name)}",
        "title": type_of(name),
        "description": data.pop("description", ""),
        "type": "object",
        "required": required,
        "properties": _envelope(name) | {"data": data},
    }
    if definitions:
        schema["$defs"] = definitions
    return schema


_OUTGOING: tuple[tuple[str, str, str, type[BaseModel]], ...] = (
    ("status_changed", STATUS_CHANGED, STATUS_SUBJECT, SightlineEvent),
    ("case_note", CASE_NOTE, CASE_NOTE_SUBJECT, CaseNoteEvent),
)
"""The events that Sightline publishes: key, type, broker subject and model."""


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: every subject that is received, and those that are sent."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for name in CATALOGUE:
        key = name.replace(".", "_")
        messages[key] = _message(type_of(name), f"{type_of(name)}.json")
        channels[key] = _channel(subject_of(Channel.PUBLISHERS, name), STREAM, key)
        operations[f"receive_{key}"] = _operation("receive", key, CATALOGUE[name])
    for key, type_, subject, model in _OUTGOING:
        messages[key] = _message(type_, f"{type_}.json")
        channels[key] = _channel(subject, OUT_STREAM, key)
        operations[f"send_{key}"] = _operation("send", key, model)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sightline",
            "version": "1",
            "description": "Events that case management systems publish to Sightline over NATS "
            "JetStream, as CloudEvents 1.0 in structured or binary mode, and what Sightline says.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def documents() -> dict[str, str]:
    """Every published file by its name."""
    files: dict[str, Mapping[str, Any]] = {
        f"{type_of(name)}.json": event_schema(name) for name in CATALOGUE
    }
    for _, type_, _, model in _OUTGOING:
        files[f"{type_}.json"] = {"$schema": _DIALECT} | _schema(model)
    files["asyncapi.json"] = asyncapi()
    return {
        name: json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        for name, content in files.items()
    }


def write(folder: Path = FOLDER) -> None:
    """Write the published files anew."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for name, content in documents().items():
        (folder / name).write_text(content, "utf-8")


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(schema_generator=_Plain)


class _Plain(GenerateJsonSchema):
    """Without the titles that pydantic makes out of field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        del schema
        return False


def _envelope(name: str) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return {
        "specversion": {"const": "1.0"},
        "id": text | {"description": "Unique within its source; best a row key and a content hash"},
        "source": text
        | {"description": "The case management system", "examples": ["/devon/eclipse"]},
        "type": {"const": type_of(name)},
        "subject": text | {"description": "The young person's case identifier"},
        "time": {"type": "string", "format": "date-time", "description": "When it was recorded"},
        "datacontenttype": {"const": "application/json"},
        "sequence": {
            "type": ["integer", "string"],
            "pattern": "^[+-]?[0-9]{1,19}$",
            "description": "Orders events that carry one time",
        },
    }


def _message(type_: str, file: str) -> dict[str, Any]:
    return {
        "name": type_,
        "contentType": "application/cloudevents+json",
        "payload": {"$ref": f"./{file}"},
    }


def _channel(subject: str, stream: str, message: str) -> dict[str, Any]:
    return {
        "address": subject,
        "description": f"JetStream stream {stream}",
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }


def _operation(
    action: str, channel: str, model: type[EventData] | type[BaseModel]
) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": (model.__doc__ or "").strip().splitlines()[0],
        "messages": [{"$ref": f"#/channels/{channel}/messages/{channel}"}],
    }


if __name__ == "__main__":
    write()
