"""What a request holds: events in structured, binary or batched mode, and what is wrong in each.

Source: CloudEvents 1.0.2, HTTP protocol binding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from events.wire import STRUCTURED, Message, read_message, structured_form
from schemas.envelope import Event, Refusal, read_event
from schemas.faults import Fault, fault, missing

BATCHED = "application/cloudevents-batch+json"
MOST_EVENTS = 1000
LONGEST_BODY = 8 * 1024 * 1024
LONGEST_EVENT = 512 * 1024
"""Bytes of one event: it must fit into one message of the broker."""


class NotUnderstoodError(Exception):
    """The request as a whole cannot be read; `status` is the HTTP status that says so."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Sent:
    """One event of a request. `raw` is what goes to the broker; None where nothing may."""

    position: int
    id: str
    raw: bytes | None
    faults: tuple[Fault, ...]
    doubts: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it counts."""
        return self.raw is not None and not self.faults


def read_request(headers: Mapping[str, str], body: bytes, source: str) -> list[Sent]:
    """Every event of a request that a token for `source` sent.

    An event that speaks for another source goes nowhere; one that is faulty goes to the broker all
    the same, where it is kept with its reason.

    Raises:
        NotUnderstoodError: the request is of no mode, or cannot be read at all.
    """
    told = headers.get("content-type", "").split(";")[0].strip().lower()
    if told == BATCHED:
        return [_sent(place, item, source) for place, item in enumerate(_items(body))]
    if told == STRUCTURED:
        return [_sent(0, _json(body), source)]
    if "ce-specversion" in headers:
        _json(body)
        try:
            whole = structured_form(Message(body, headers))
        except UnicodeDecodeError:
            item = read_message(Message(body, headers))
            told = item.reason if isinstance(item, Refusal) else ""
            raise NotUnderstoodError(400, "A header cannot be read", told) from None
        return [_sent(0, whole, source)]
    raise NotUnderstoodError(
        415,
        "This is no CloudEvent",
        f"Content-Type is {told or 'not told'}, and there is no header ce-specversion. Send "
        f"{STRUCTURED} for one event, {BATCHED} for an array of them, or the attributes of one as "
        "ce- headers.",
    )


def _items(body: bytes) -> list[Any]:
    told = _json(body)
    if not isinstance(told, list):
        raise NotUnderstoodError(
            400, "This is no batch", "The body must be a JSON array of events."
        )
    if len(told) > MOST_EVENTS:
        raise NotUnderstoodError(
            413,
            "Too many events at once",
            f"The batch has {len(told):,} events; send at most {MOST_EVENTS:,} at once. None was "
            "stored.",
        )
    return told


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotUnderstoodError(
            400,
            "This is not JSON",
            f"The body cannot be read as JSON: {error}. Nothing was stored.",
        ) from None


def _sent(position: int, whole: Any, source: str) -> Sent:
    """One event, and what is wrong in it."""
    try:
        raw = orjson.dumps(whole)
    except TypeError:
        deep = Fault("event", "", "The event is nested too deeply to be kept; send a flatter one.")
        return Sent(position, "", None, (deep,))
    item = read_event(whole)
    faults = item.faults if isinstance(item, Refusal) else ()
    if not isinstance(whole, dict):
        return Sent(position, item.id, None, faults)
    if whole.get("source") != source:
        cure = f"this token speaks for {source} alone"
        told = whole.get("source")
        wrong = missing("source", cure) if told is None else fault("source", told, cure)
        others = tuple(other for other in faults if other.field != "source")
        return Sent(position, item.id, None, (wrong, *others))
    if len(raw) > LONGEST_EVENT:
        long = Fault(
            "event",
            "",
            f"The event is too long: it has {len(raw):,} bytes, and may have {LONGEST_EVENT:,}.",
        )
        return Sent(position, item.id, None, (long, *faults))
    if isinstance(item, Event):
        doubts = tuple(Fault(f"data.{d.field}", d.value, d.sentence) for d in item.doubts)
        return Sent(position, item.id, raw, (), doubts)
    return Sent(position, item.id, raw, faults)
