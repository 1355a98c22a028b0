"""Correction of a refused event before it is sent again."""

from typing import Any

import orjson

from schemas.envelope import Event, read_event
from schemas.events.catalogue import NAMES
from schemas.permissions import is_reserved
from services.store.refused_events import RefusedEvent

_LONGEST = 200_000


def corrected(item: RefusedEvent, typed: str) -> Event | str:
    """The corrected event as it was typed, or a sentence that says why it cannot be sent.

    Source, type and subject must stay as they were, where they could be read when the event was
    refused, so that nobody writes in the name of another source or about another young person.
    """
    if len(typed) > _LONGEST:
        return f"The event must be {_LONGEST:,} characters or fewer"
    try:
        document: Any = orjson.loads(typed)
    except orjson.JSONDecodeError as error:
        return f"This is not JSON: {error}"
    event = read_event(document)
    if not isinstance(event, Event):
        return event.reason
    if is_reserved(event.source):
        return f"{event.source} is what people write on these pages; it cannot be sent from here"
    fixed = {"source": item.source, "subject": item.subject}
    if item.type in NAMES:
        fixed["type"] = item.type
    for field, value in fixed.items():
        if value and document.get(field) != value:
            return f"{field} must stay {value}: a refused event is mended, not made another"
    return event
