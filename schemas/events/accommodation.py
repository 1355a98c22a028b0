"""Where young people live who are not in a placement, care leavers above all."""

import re
from typing import Any, ClassVar

from pydantic import model_validator

from schemas.codes import ACCOMMODATION, read_code
from schemas.days import Day
from schemas.events.base import (
    CodeLists,
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

_LETTER_AND_DIGIT = re.compile(r"([A-Z])([12])", re.ASCII)


class _Dwelling(EventData):
    """What the accommodation is. `suitable` is null when nobody has judged it yet."""

    suitable: bool | None = None
    unsuitable_reason: UnsuitableReason | None = None
    expected_end: Day | None = None
    move_on_plan: bool | None = None
    registration: Registration | None = None
    registration_applied_on: Day | None = None
    urn: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_letter(cls, content: Any) -> Any:
        """A letter with the digit of the national return, as in S2: the digit judges."""
        code = read_code(content.get("code")) if isinstance(content, dict) else None
        found = _LETTER_AND_DIGIT.fullmatch(code) if isinstance(code, str) else None
        if found is None or code in ACCOMMODATION:
            return content
        judged = {"suitable": found[2] == "1"} if content.get("suitable") is None else {}
        return content | {"code": found[1]} | judged


class AccommodationStarted(Dated, _Dwelling):
    """A young person began to live somewhere. `code` is the letter of SSDA903 OC3 ACCOM."""

    name = "accommodation.started"
    id_field = "accommodation_id"
    begins = True
    asked_by_rules = frozenset({"code"})
    code_lists: ClassVar[CodeLists] = {"code": ACCOMMODATION}
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
    asked_by_rules = frozenset({"code"})
    code_lists: ClassVar[CodeLists] = {"code": ACCOMMODATION}
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
