"""Who the young person is to the council: never a name."""

from typing import Literal

from schemas.days import Day
from schemas.events.base import Dated, EventData, Identifier, Text

Eligibility = Literal["eligible", "relevant", "former_relevant", "qualifying", "none"]
"""Leaving-care eligibility (Children Act 1989, sections 19B to 24)."""

InTouch = Literal["yes", "no", "refused", "not_required", "returned_home", "died"]
"""Whether the council is in touch (SSDA903 IN_TOUCH, in words)."""

Education = Literal["none", "further", "higher"]
"""Full-time education."""


class PersonUpdated(EventData):
    """Facts about the young person. Absent fields stay as they were; null clears."""

    date: Day | None = None
    date_of_birth: Day | None = None
    eligibility: Eligibility | None = None
    in_touch: InTouch | None = None
    full_time_education: Education | None = None
    personal_adviser: Identifier | None = None
    social_worker: Identifier | None = None
    team_manager: Identifier | None = None
    team: Identifier | None = None
    service: Identifier | None = None
    initials: Text | None = None


class PersonMerged(EventData):
    """Two case identifiers were one young person; `into` is the one that survives."""

    into: Identifier


class PersonClosed(Dated):
    """The source closed the case. Only a death ends a concern; any other reason is a question."""

    reason: Text | None = None
