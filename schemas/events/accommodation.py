"""Where young people live who are not in a placement, care leavers above all."""

from typing import ClassVar

from schemas.days import Day
from schemas.events.base import (
    DateBasis,
    Dated,
    EventData,
    Example,
    Identifier,
    NationalCode,
    Registration,
    Text,
    UnsuitableReason,
)


class _Dwelling(EventData):
    """What the accommodation is. `suitable` is null when nobody has judged it yet."""

    suitable: bool | None = None
    unsuitable_reason: UnsuitableReason | None = None
    expected_end: Day | None = None
    move_on_plan: bool | None = None
    registration: Registration | None = None
    registration_applied_on: Day | None = None
    urn: Text | None = None


class AccommodationStarted(Dated, _Dwelling):
    """A young person began to live somewhere. `code` is the letter of SSDA903 OC3 ACCOM."""

    name = "accommodation.started"
    id_field = "accommodation_id"
    begins = True
    example: ClassVar[Example] = {
        "accommodation_id": "a-77",
        "date": "2026-11-18",
        "code": "W",
        "suitable": False,
        "unsuitable_reason": "bed_and_breakfast",
        "expected_end": "2026-11-25",
        "move_on_plan": True,
    }

    accommodation_id: Identifier
    code: NationalCode
    date_basis: DateBasis | None = None


class AccommodationChanged(Dated, _Dwelling):
    """Something about the accommodation changed, or was found out."""

    name = "accommodation.changed"
    id_field = "accommodation_id"
    cumulative = True
    example: ClassVar[Example] = {
        "accommodation_id": "a-77",
        "date": "2026-11-20",
        "expected_end": "2026-12-02",
    }

    accommodation_id: Identifier
    code: NationalCode | None = None


class AccommodationEnded(Dated):
    """The young person left."""

    name = "accommodation.ended"
    id_field = "accommodation_id"
    example: ClassVar[Example] = {"accommodation_id": "a-77", "date": "2026-12-02"}

    accommodation_id: Identifier
