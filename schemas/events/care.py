"""Periods of being looked after."""

from typing import ClassVar

from schemas.codes import LEGAL_STATUSES, REASONS_CEASED
from schemas.events.base import CodeLists, DateBasis, Dated, Example, Identifier, NationalCode


class CareStarted(Dated):
    """A period of care began. `legal_status` is SSDA903 LS."""

    name = "care.started"
    id_field = "care_id"
    begins = True
    code_lists: ClassVar[CodeLists] = {"legal_status": LEGAL_STATUSES}
    example: ClassVar[Example] = {"care_id": "c-901", "date": "2023-02-03", "legal_status": "C1"}

    care_id: Identifier
    legal_status: NationalCode | None = None
    date_basis: DateBasis | None = None


class CareChanged(Dated):
    """The legal status changed."""

    name = "care.changed"
    id_field = "care_id"
    cumulative = True
    code_lists: ClassVar[CodeLists] = {"legal_status": LEGAL_STATUSES}
    example: ClassVar[Example] = {"care_id": "c-901", "date": "2023-07-11", "legal_status": "C2"}

    care_id: Identifier
    legal_status: NationalCode | None = None


class CareEnded(Dated):
    """The period of care ended. `reason` is SSDA903 REC."""

    name = "care.ended"
    id_field = "care_id"
    code_lists: ClassVar[CodeLists] = {"reason": REASONS_CEASED}
    example: ClassVar[Example] = {"care_id": "c-901", "date": "2026-06-14", "reason": "E5"}

    care_id: Identifier
    reason: NationalCode | None = None
