"""Episodes of being missing, and the interviews on return."""

from typing import ClassVar, Literal

from schemas.events.base import DateBasis, Dated, Example, Identifier


class MissingStarted(Dated):
    """A young person went missing; `absent` is away without authorisation for less than a night."""

    name = "missing.started"
    id_field = "missing_id"
    begins = True
    example: ClassVar[Example] = {"missing_id": "m-7", "date": "2026-11-14", "kind": "missing"}

    missing_id: Identifier
    kind: Literal["missing", "absent"] | None = None
    date_basis: DateBasis | None = None


class MissingEnded(Dated):
    """They were found, or came back."""

    name = "missing.ended"
    id_field = "missing_id"
    example: ClassVar[Example] = {"missing_id": "m-7", "date": "2026-11-16"}

    missing_id: Identifier


class ReturnInterviewCompleted(Dated):
    """Somebody independent spoke with them about it; it is due within 72 hours of their return."""

    name = "return_interview.completed"
    example: ClassVar[Example] = {
        "date": "2026-11-18",
        "missing_id": "m-7",
        "offered": True,
        "accepted": True,
    }

    missing_id: Identifier | None = None
    offered: bool | None = None
    accepted: bool | None = None
