"""Pre-proceedings under the Public Law Outline."""

from typing import Literal

from schemas.days import Day
from schemas.events.base import DateBasis, Dated, Identifier, Text


class PreProceedingsStarted(Dated):
    """The legal meeting decided to enter pre-proceedings on `date`.

    Children of one `family_id` start and end together.
    """

    period_id: Identifier
    letter_sent_on: Day | None = None
    first_meeting_on: Day | None = None
    family_id: Identifier | None = None
    date_basis: DateBasis = "exact"


class PreProceedingsChanged(Dated):
    """The letter was sent, or the first meeting held."""

    period_id: Identifier
    letter_sent_on: Day | None = None
    first_meeting_on: Day | None = None
    family_id: Identifier | None = None


class PreProceedingsExtended(Dated):
    """An extension through `until`; it counts where `authorised_by` says who allowed it."""

    period_id: Identifier
    until: Day
    authorised_by: Text | None = None
    reason: Text | None = None


class PreProceedingsEnded(Dated):
    """Pre-proceedings ended. With care proceedings they end when these are issued."""

    period_id: Identifier
    outcome: Literal["step_down", "care_proceedings", "other"] | None = None
    issued_on: Day | None = None
