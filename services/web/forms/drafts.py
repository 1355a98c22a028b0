"""Event drafts: what a form records, before it is made into events."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from schemas.envelope import Event, Refusal, read_event
from schemas.events.catalogue import type_of
from schemas.permissions import PAGES_SOURCE
from schemas.structured import structured_event
from services.oversight.case_file import CaseFile
from services.web.kit.request import PageRequest


class EventDraft(NamedTuple):
    """The name of an event and its data; a field that is None is left out of the event."""

    name: str
    data: dict[str, Any]


def to_event(
    request: PageRequest, file: CaseFile, form_id: str, number: int, draft: EventDraft
) -> dict[str, Any]:
    """The event of a draft. `number` counts the drafts of one form from 1 and orders its events."""
    return structured_event(
        type_of(draft.name),
        {field: value for field, value in draft.data.items() if value is not None},
        id=f"{form_id}-{number}",
        source=PAGES_SOURCE,
        time=request.app.clock(),
        subject=file.person,
        sequence=number,
    )


def to_events(
    request: PageRequest, file: CaseFile, form_id: str, drafts: Sequence[EventDraft]
) -> list[dict[str, Any]]:
    """The events of a form, each checked as the tracker will read it.

    Raises:
        ValueError: the contract does not allow an event, which is a fault of the form's code.
    """
    events = [to_event(request, file, form_id, n, draft) for n, draft in enumerate(drafts, 1)]
    if any(event.doubts for event in parsed(events)):
        raise ValueError(form_id)
    return events


def event_ids(form_id: str, drafts: Sequence[EventDraft]) -> list[str]:
    """The ids that the events of a form have."""
    return [f"{form_id}-{number}" for number in range(1, len(drafts) + 1)]


def parsed(events: Sequence[Mapping[str, Any]]) -> list[Event]:
    """Events as the tracker reads them.

    Raises:
        ValueError: the contract does not allow one.
    """
    items = [read_event(orjson.loads(orjson.dumps(event))) for event in events]
    for item in items:
        if isinstance(item, Refusal):
            raise ValueError(item.reason)  # noqa: TRY004 (its value is wrong, not its type)
    return [event for event in items if isinstance(event, Event)]
