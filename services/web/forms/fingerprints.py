"""Whether somebody else changed what a form is about since it was shown."""

import hashlib
from collections.abc import Sequence

from schemas.envelope import Event
from services.oversight.case_file import CaseFile


def events_about(file: CaseFile, family: str, id_field: str, about: str) -> list[Event]:
    """The events of a family (`action.`) about one thing, newest first, by its id."""
    return [
        event
        for event in file.events
        if event.name.startswith(family) and str(event.content.get(id_field)) == about
    ]


def fingerprint(events: Sequence[Event]) -> str:
    """A hash of the events about a thing: while it is the same, nobody has changed it."""
    lines = sorted(f"{event.source} {event.digest}" for event in events)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
