"""One example of every event, for those who publish: each is accepted as it stands."""

from datetime import UTC, datetime
from typing import Any

from schemas.events.catalogue import CATALOGUE, type_of
from schemas.structured import structured_event

_SOURCE = "/devon/eclipse"
_SUBJECT = "4471"
_TIME = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def example(name: str) -> dict[str, Any]:
    """A whole event of a name, in structured mode."""
    model = CATALOGUE[name]
    return structured_event(
        type_of(name),
        model.example,
        id=f"{name}/{_SUBJECT}#1",
        source=_SOURCE,
        time=_TIME,
        subject=_SUBJECT if model.has_subject else "",
    )
