"""Mending a refused event: what is wrong with it is put right, and nothing else is written so."""

from typing import Any

import orjson

from schemas.envelope import Event, read_event
from schemas.events.catalogue import NAMES, PAGES_SOURCE
from services.store.refused_events import RefusedEvent

_LONGEST = 200_000


def mended(item: RefusedEvent, typed: str) -> Event | str:
    """The mended event, or why it would not be taken.

    Whatever of source, type and subject could be read when it was refused must stay: who mends an
    event does not become another source, and does not write about another young person.
    """
    if len(typed) > _LONGEST:
        return f"The event must be {_LONGEST:,} characters or fewer"
    try:
        told: Any = orjson.loads(typed)
    except orjson.JSONDecodeError as error:
        return f"This is not JSON: {error}"
    read = read_event(told)
    if not isinstance(read, Event):
        return read.reason
    if read.source == PAGES_SOURCE:
        return f"{PAGES_SOURCE} is what people write on these pages; it cannot be sent from here"
    kept = {"source": item.source, "subject": item.subject}
    if item.type in NAMES:
        kept["type"] = item.type
    for field, value in kept.items():
        if value and told.get(field) != value:
            return f"{field} must stay {value}: a refused event is mended, not made another"
    return read
