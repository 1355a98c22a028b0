"""The CloudEvents 1.0 envelope, and how an event is read out of it, or refused.

Refused are only an envelope that cannot be read, an unknown type, and a required field that is
missing or wrong. An optional field that is wrong is left out and becomes a doubt of the event; a
code outside the national lists is kept and becomes a doubt: a homeless young person is never
refused over a misspelt postcode.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from schemas.case_reference import FORM_IN_WORDS, is_case_reference
from schemas.days import Time
from schemas.events.base import EventData, without_control_characters
from schemas.events.catalogue import CATALOGUE, NAMES, type_of
from schemas.faults import Fault, fault, faults_of, missing, sentences, show
from schemas.reading import digits
from schemas.structured import JSON_CONTENT, structured_event

_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_LARGEST = 2**63


def _whole_number(value: Any) -> int:
    digits = str(value) if type(value) is int else value
    if isinstance(digits, str) and _INTEGER.fullmatch(digits):
        number = int(digits)
        if -_LARGEST <= number < _LARGEST:
            return number
    raise PydanticCustomError("whole_number", "it must be a whole number, or its digits")


def _json_content(value: Any) -> str:
    if value is None or (
        isinstance(value, str) and value.split(";")[0].strip().lower().endswith(("/json", "+json"))
    ):
        return JSON_CONTENT
    raise PydanticCustomError("content", "it must be application/json")


Attribute = Annotated[
    str,
    BeforeValidator(without_control_characters),
    StringConstraints(strict=True, min_length=1, max_length=400),
]


def _case_reference(value: str) -> str:
    if is_case_reference(value):
        return value
    raise PydanticCustomError("case_reference", f"it must be {FORM_IN_WORDS}")


Subject = Annotated[Attribute, BeforeValidator(digits), AfterValidator(_case_reference)]
"""A case reference (`schemas/case_reference.py`). They are often numbers; here they are text."""


class Envelope(BaseModel):
    """The attributes of a CloudEvent as Sightline takes them (CloudEvents 1.0.2, JSON format).

    `subject` is the young person's case identifier, `time` when the source recorded it, `sequence`
    orders events with one `time`.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"]
    id: Attribute
    source: Attribute
    type: Attribute
    subject: Subject | None = None
    time: Time
    datacontenttype: Annotated[str, BeforeValidator(_json_content)] = JSON_CONTENT
    sequence: Annotated[int, BeforeValidator(_whole_number)] | None = None
    data: dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One event as it was read: its envelope, its data, and what was left out of them.

    `name` is the type without `sightline.` and `.v1`. `content` is the data as sent, `data` the
    same through its model. `subject` is empty for an event about no single young person.
    """

    id: str
    source: str
    name: str
    subject: str
    time: datetime
    sequence: int
    content: Mapping[str, Any]
    data: EventData
    doubts: tuple[Fault, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of type, subject and data as JSON: keys sorted, no spaces.

        Source: docs/rules.md, section 1.
        """
        return content_digest(type_of(self.name), self.subject or None, self.content)

    def as_json(self) -> dict[str, Any]:
        """The whole event in structured mode."""
        return structured_event(
            type_of(self.name),
            self.content,
            id=self.id,
            source=self.source,
            time=self.time,
            subject=self.subject,
            sequence=self.sequence,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event was refused, and what of it could be read."""

    faults: tuple[Fault, ...]
    id: str = ""
    source: str = ""
    type: str = ""
    subject: str = ""

    @property
    def reason(self) -> str:
        """Every fault, in sentences."""
        return sentences(self.faults)


def content_digest(type_: str, subject: str | None, content: Mapping[str, Any]) -> str:
    """The content hash of an event: SHA-256 of its type, subject and data."""
    canonical = orjson.dumps(
        {"data": content, "subject": subject, "type": type_}, option=orjson.OPT_SORT_KEYS
    )
    return hashlib.sha256(canonical).hexdigest()


def read_data(name: str, content: Mapping[str, Any]) -> tuple[EventData, tuple[Fault, ...]]:
    """Read the data of an event; optional fields that are wrong become doubts, and are left out.

    Where leaving one out would say less than was sent, it is read as the worse (`read_as`).

    Raises:
        ValidationError: a required field is missing or wrong.
    """
    model = CATALOGUE[name]
    doubts: list[Fault] = []
    try:
        data = model.model_validate(content)
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
        if wrong & model.required_fields():
            raise
        doubts = faults_of(error)
        data = model.model_validate({k: v for k, v in content.items() if k not in wrong})
        read_as = {field: model.read_as[field] for field in wrong & model.read_as.keys()}
        data = data.model_copy(update=read_as)
    doubts += _unknown_codes(data)
    return data, tuple(doubts)


def _unknown_codes(data: EventData) -> list[Fault]:
    """A doubt for each code outside its national list; the code itself is kept."""
    return [
        fault(field, code, f"the national list has {', '.join(codes)}")
        for field, codes in data.code_lists.items()
        if (code := getattr(data, field)) is not None and code not in codes
    ]


def read_event(whole: Any) -> Event | Refusal:
    """Read an event in structured mode: the event, or the refusal that names every wrong field."""
    if not isinstance(whole, dict):
        return Refusal((fault("event", whole, "it must be one JSON object, a CloudEvent"),))
    whole = _with_decoded_data(whole)
    faults: list[Fault] = []
    envelope: Envelope | None = None
    try:
        envelope = Envelope.model_validate(whole)
    except ValidationError as error:
        faults += faults_of(error)
        wrong = {item.field for item in faults}
        if wrong == {"sequence"}:
            envelope = Envelope.model_validate({k: v for k, v in whole.items() if k != "sequence"})
    name = NAMES.get(whole["type"]) if isinstance(whole.get("type"), str) else None
    if name is None and "type" in whole and not any(item.field == "type" for item in faults):
        faults.append(
            fault(
                "type",
                whole["type"],
                f"it must be one of the contract, such as {type_of('placement.started')}",
            )
        )
    if name and CATALOGUE[name].has_subject and whole.get("subject") is None:
        faults.append(missing("subject", "it must be the young person's case identifier"))
    content = whole.get("data")
    if name and isinstance(content, dict):
        try:
            data, doubts = read_data(name, content)
        except ValidationError as error:
            faults += faults_of(error, "data")
        else:
            if envelope and all(item.field == "sequence" for item in faults):
                return Event(
                    id=envelope.id,
                    source=envelope.source,
                    name=name,
                    subject=envelope.subject or "",
                    time=envelope.time,
                    sequence=envelope.sequence or 0,
                    content=content,
                    data=data,
                    doubts=(*faults, *doubts),
                )
    return Refusal(
        tuple(faults),
        **{key: _text(whole.get(key)) for key in ("id", "source", "type", "subject")},
    )


def _with_decoded_data(whole: dict[str, Any]) -> dict[str, Any]:
    """The event with its data decoded where they were sent as `data_base64`.

    Source: CloudEvents 1.0.2, JSON format 3.1.
    """
    encoded = whole.get("data_base64")
    if not isinstance(encoded, str) or whole.get("data") is not None:
        return whole
    try:
        return whole | {"data": orjson.loads(b64decode(encoded, validate=True))}
    except ValueError:
        return whole | {"data": encoded}


def unreadable(raw: bytes, why: str) -> Refusal:
    """The refusal of a message that is not JSON at all."""
    start = raw[:60].decode("utf-8", "replace")
    return Refusal((Fault("event", show(start), f"The message {show(start)} is not JSON: {why}."),))


def _text(value: Any) -> str:
    text = digits(value)
    return text[:400].replace("\x00", "") if isinstance(text, str) else ""
