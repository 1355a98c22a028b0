"""Messages on NATS and the events in them: CloudEvents in structured and in binary mode.

Source: CloudEvents 1.0.2, JSON format and NATS protocol binding, with the `ce-` headers of its
later draft. A message that has a `ce-specversion` header, and does not say that its content is
application/cloudevents+json, is in binary mode.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from schemas.envelope import Event, Refusal, read_event, unreadable
from schemas.faults import Fault, fault

STRUCTURED = "application/cloudevents+json"
_PREFIX = "ce-"
_ESCAPED = re.compile(r"\\(.)")
_ATTRIBUTES = frozenset(
    {"specversion", "id", "source", "type", "subject", "time", "sequence", "datacontenttype"}
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came: its body, its headers, and the broker subject that it came on.

    One that came on no subject came through no broker: it was read from a file, or is to be sent.
    `sequence` is its place in the stream, which counts from 1.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    sequence: int = 0


def structured_form(message: Message) -> Any:
    """A message as the JSON of the event in structured mode; None where it is not JSON."""
    headers, content_type, binary = _mode(message)
    try:
        body = orjson.loads(message.body)
    except orjson.JSONDecodeError:
        return None
    return _whole(headers, content_type, body) if binary else body


def _mode(message: Message) -> tuple[dict[str, str], str, bool]:
    """Headers in lower case, the content type, and whether the message is in binary mode."""
    headers = {name.lower(): value for name, value in message.headers.items()}
    content_type = headers.get("content-type", headers.get("ce-datacontenttype", ""))
    structured = content_type.lower().startswith(STRUCTURED)
    return headers, content_type, not structured and f"{_PREFIX}specversion" in headers


def read_message(message: Message) -> Event | Refusal:
    """The event in a message, or why it is refused."""
    headers, content_type, binary = _mode(message)
    if binary and (wrong := _undecodable(headers)):
        return _with_attributes(Refusal(wrong), headers)
    try:
        body = orjson.loads(message.body)
    except orjson.JSONDecodeError as error:
        refusal = unreadable(message.body, str(error))
        return _with_attributes(refusal, headers) if binary else refusal
    return read_event(_whole(headers, content_type, body) if binary else body)


def structured_message(whole: Mapping[str, Any]) -> Message:
    """An event in structured mode, as our own publishers send it."""
    return Message(orjson.dumps(whole), {"Content-Type": STRUCTURED})


def _whole(headers: Mapping[str, str], content_type: str, body: Any) -> dict[str, Any]:
    """A message in binary mode as the same event in structured mode."""
    whole: dict[str, Any] = {
        name: attribute_of(headers[_PREFIX + name])
        for name in _ATTRIBUTES
        if _PREFIX + name in headers
    }
    if content_type:
        whole["datacontenttype"] = content_type
    whole["data"] = body
    return whole


def attribute_of(header: str) -> str:
    """The value of an attribute out of its header (CloudEvents 1.0.2, HTTP 3.1.3.2).

    Percent-encoding is decoded as UTF-8, and double quotes around the value are removed. Raw UTF-8,
    which HTTP servers hand on as Latin-1, is read as UTF-8.

    Raises:
        UnicodeDecodeError: its percent-encoding is no UTF-8: two people must not become one.
    """
    value = header
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = _ESCAPED.sub(r"\1", value[1:-1])
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return unquote(value, errors="strict")


def _undecodable(headers: Mapping[str, str]) -> tuple[Fault, ...]:
    """A fault for each attribute whose percent-encoding is no UTF-8."""
    wrong = []
    for name in sorted(_ATTRIBUTES):
        header = headers.get(_PREFIX + name, "")
        try:
            attribute_of(header)
        except UnicodeDecodeError:
            cure = "as a header it is percent-encoded UTF-8, where % itself is written %25"
            wrong.append(fault(name, header, cure))
    return tuple(wrong)


def _with_attributes(refusal: Refusal, headers: Mapping[str, str]) -> Refusal:
    """The refusal with what the headers of binary mode say of the event, as far as it is text."""
    attributes = {}
    for name in ("id", "source", "type", "subject"):
        with suppress(UnicodeDecodeError):
            value = attribute_of(headers.get(_PREFIX + name, ""))
            attributes[name] = value[:400].replace("\x00", "")
    return Refusal(refusal.faults, **attributes)
