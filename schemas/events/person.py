"""Who the young person is to the council: never a name."""

from typing import ClassVar, Literal

from schemas.codes import ACTIVITIES
from schemas.days import Day
from schemas.events.base import (
    CodeLists,
    Dated,
    EventData,
    Example,
    Identifier,
    NationalCode,
    Text,
)
from schemas.permissions import SourcePermission

Eligibility = Literal["eligible", "relevant", "former_relevant", "qualifying", "none"]
"""Leaving-care eligibility (Children Act 1989, sections 19B to 24)."""

InTouch = Literal["yes", "no", "refused", "not_required", "returned_home", "died"]
"""Whether the council is in touch (SSDA903 IN_TOUCH, in words)."""

Education = Literal["none", "further", "higher"]
"""Full-time education."""

STAFF = (
    "personal_adviser",
    "social_worker",
    "team_manager",
    "reviewing_officer",
    "team",
    "service",
)
"""Who is responsible: fields of person.updated that say whose case it is."""


class PersonUpdated(EventData):
    """Facts about the young person. Absent fields stay as they were; null clears.

    `activity` is what a care leaver does (SSDA903 ACTIV): the annual return asks for it.
    """

    name = "person.updated"
    cumulative = True
    code_lists: ClassVar[CodeLists] = {"activity": ACTIVITIES}
    example: ClassVar[Example] = {
        "date": "2026-11-20",
        "date_of_birth": "2008-06-14",
        "eligibility": "relevant",
        "in_touch": "yes",
        "full_time_education": "further",
        "personal_adviser": "pa-17",
        "team": "leaving-care-north",
        "service": "care-leavers",
    }

    date: Day | None = None
    date_of_birth: Day | None = None
    eligibility: Eligibility | None = None
    in_touch: InTouch | None = None
    full_time_education: Education | None = None
    activity: NationalCode | None = None
    personal_adviser: Identifier | None = None
    social_worker: Identifier | None = None
    team_manager: Identifier | None = None
    reviewing_officer: Identifier | None = None
    team: Identifier | None = None
    service: Identifier | None = None
    initials: Text | None = None

    def needs(self) -> frozenset[SourcePermission]:
        """To assign, where it says whose case it is."""
        return frozenset({"assign"}) if self.model_fields_set.intersection(STAFF) else frozenset()


class PersonMerged(EventData):
    """Two case identifiers were one young person; `into` is the one that survives."""

    name = "person.merged"
    permission = "merge"
    example: ClassVar[Example] = {"into": "4470"}

    into: Identifier


class PersonClosed(Dated):
    """The source closed the case. Only a death ends a concern; any other reason is a question."""

    name = "person.closed"
    permission = "close"
    example: ClassVar[Example] = {"date": "2026-11-20", "reason": "moved_away"}

    reason: Text | None = None
