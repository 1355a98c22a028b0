"""The events of a request, in structured, binary or batched mode, and what is wrong in each.

Source: CloudEvents 1.0.2, HTTP protocol binding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from events.wire import STRUCTURED, Message, read_message, structured_form
from schemas.envelope import Event, Refusal, read_event
from schemas.faults import Fault, fault, missing
from schemas.permissions import SourcePermission
from services.assessment.resolution import concern_of
from services.store.tokens import Token

_PLAIN = "application/json"
"""What many clients say of any JSON: accepted where it holds a CloudEvent."""
BATCHED = "application/cloudevents-batch+json"
MOST_EVENTS = 1000
"""Events of one batch."""

LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of one request."""

LONGEST_EVENT = 512 * 1024
"""Bytes of one event: it must fit into one message of the broker."""


class RequestError(Exception):
    """The request as a whole is refused; `status` is the HTTP status of the answer."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event of a request.

    `position` counts from 0, `raw` is published to the broker (None: nothing is), `faults` refuse
    the event, and `doubts` do not. `granted` is what its token permits of what it needs.
    """

    position: int
    id: str
    raw: bytes | None
    faults: tuple[Fault, ...]
    doubts: tuple[Fault, ...] = ()
    granted: frozenset[SourcePermission] = frozenset()

    @property
    def accepted(self) -> bool:
        """Whether the tracker will count it."""
        return self.raw is not None and not self.faults


def read_request(headers: Mapping[str, str], body: bytes, token: Token) -> list[SentEvent]:
    """Every event of a request, sent with a token that publishes for its source.

    An event of another source is not published; one that is faulty is published all the same, and
    the tracker keeps it with its reason.

    Raises:
        RequestError: the request is of no mode, or cannot be read at all.
    """
    content_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type == _PLAIN and "ce-specversion" not in headers:
        content_type = _mode_of(_json(body)) or content_type
    if content_type == BATCHED:
        return [_sent(position, item, token) for position, item in enumerate(_batch(body))]
    if content_type == STRUCTURED:
        return [_sent(0, _json(body), token)]
    if "ce-specversion" in headers:
        _json(body)
        try:
            whole = structured_form(Message(body, headers))
        except UnicodeDecodeError:
            item = read_message(Message(body, headers))
            reason = item.reason if isinstance(item, Refusal) else ""
            raise RequestError(400, "A header cannot be read", reason) from None
        return [_sent(0, whole, token)]
    raise RequestError(
        415,
        "This is no CloudEvent",
        f"Content-Type is {content_type or 'not told'}, and there is no header ce-specversion. "
        f"Send {STRUCTURED} for one event, {BATCHED} for an array of them, or the attributes of "
        "one as ce- headers.",
    )


def _mode_of(whole: Any) -> str | None:
    """The content type by which some JSON should have been sent; None where it is no CloudEvent."""
    if isinstance(whole, list):
        return BATCHED
    return STRUCTURED if isinstance(whole, dict) and "specversion" in whole else None


def _batch(body: bytes) -> list[Any]:
    batch = _json(body)
    if not isinstance(batch, list):
        raise RequestError(400, "This is no batch", "The body must be a JSON array of events.")
    if len(batch) > MOST_EVENTS:
        raise RequestError(
            413,
            "Too many events at once",
            f"The batch has {len(batch):,} events; send at most {MOST_EVENTS:,} at once. None was "
            "stored.",
        )
    return batch


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(
            400,
            "This is not JSON",
            f"The body cannot be read as JSON: {error}. Nothing was stored.",
        ) from None


def _sent(position: int, whole: Any, token: Token) -> SentEvent:
    """One event, with its faults and doubts."""
    try:
        raw = orjson.dumps(whole)
    except TypeError:
        deep = Fault("event", "", "The event is nested too deeply to be kept; send a flatter one.")
        return SentEvent(position, "", None, (deep,))
    item = read_event(whole)
    faults = item.faults if isinstance(item, Refusal) else ()
    if not isinstance(whole, dict):
        return SentEvent(position, item.id, None, faults)
    if whole.get("source") != token.source:
        cure = f"this token speaks for {token.source} alone"
        other = whole.get("source")
        wrong = missing("source", cure) if other is None else fault("source", other, cure)
        rest = tuple(found for found in faults if found.field != "source")
        return SentEvent(position, item.id, None, (wrong, *rest))
    if len(raw) > LONGEST_EVENT:
        long = Fault(
            "event",
            "",
            f"The event is too long: it has {len(raw):,} bytes, and may have {LONGEST_EVENT:,}.",
        )
        return SentEvent(position, item.id, None, (long, *faults))
    if isinstance(item, Event):
        if not item.subject.startswith(token.subjects) and item.subject:
            cure = f"this token speaks of cases alone whose reference begins with {token.subjects}"
            foreign = fault("subject", item.subject, cure)
            return SentEvent(position, item.id, None, (foreign,))
        needed = item.data.needs()
        granted = token.permits(needed, concern_of(item))
        doubts = [Fault(f"data.{d.field}", d.value, d.sentence) for d in item.doubts]
        doubts += [_not_permitted(token, permission) for permission in sorted(needed - granted)]
        return SentEvent(position, item.id, raw, (), tuple(doubts), granted)
    return SentEvent(position, item.id, raw, faults)


def _not_permitted(token: Token, permission: SourcePermission) -> Fault:
    """The doubt of an event that needs more than its token permits."""
    return Fault(
        "source",
        token.source or "",
        f"The token {token.name} may not {permission} here: unless the policy permits it to "
        f"{token.source}, this is kept as a question and changes nothing.",
    )
