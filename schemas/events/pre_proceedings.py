"""Pre-proceedings under the Public Law Outline."""

from typing import ClassVar, Literal

from schemas.days import Day
from schemas.events.base import DateBasis, Dated, Example, Identifier, Text


class PreProceedingsStarted(Dated):
    """The legal meeting decided to enter pre-proceedings on `date`.

    Children of one `family_id` start and end together.
    """

    name = "pre_proceedings.started"
    id_field = "period_id"
    begins = True
    example: ClassVar[Example] = {
        "period_id": "pp-12",
        "date": "2026-09-01",
        "letter_sent_on": "2026-09-04",
        "first_meeting_on": "2026-09-11",
        "family_id": "f-8",
    }

    period_id: Identifier
    letter_sent_on: Day | None = None
    first_meeting_on: Day | None = None
    family_id: Identifier | None = None
    date_basis: DateBasis | None = None


class PreProceedingsChanged(Dated):
    """The letter was sent, or the first meeting held."""

    name = "pre_proceedings.changed"
    id_field = "period_id"
    cumulative = True
    example: ClassVar[Example] = {
        "period_id": "pp-12",
        "date": "2026-09-15",
        "first_meeting_on": "2026-09-15",
    }

    period_id: Identifier
    letter_sent_on: Day | None = None
    first_meeting_on: Day | None = None
    family_id: Identifier | None = None


class PreProceedingsExtended(Dated):
    """An extension through `until`; it counts where `authorised_by` says who allowed it."""

    name = "pre_proceedings.extended"
    permission = "extend"
    id_field = "period_id"
    cumulative = True
    example: ClassVar[Example] = {
        "period_id": "pp-12",
        "date": "2026-11-20",
        "until": "2026-12-18",
        "authorised_by": "hos-2",
        "reason": "assessment of a grandparent",
    }

    period_id: Identifier
    until: Day
    authorised_by: Text | None = None
    reason: Text | None = None


class PreProceedingsEnded(Dated):
    """Pre-proceedings ended. With care proceedings they end when these are issued."""

    name = "pre_proceedings.ended"
    id_field = "period_id"
    example: ClassVar[Example] = {
        "period_id": "pp-12",
        "date": "2026-12-10",
        "outcome": "care_proceedings",
        "issued_on": "2026-12-15",
    }

    period_id: Identifier
    outcome: Literal["step_down", "care_proceedings", "other"] | None = None
    issued_on: Day | None = None
