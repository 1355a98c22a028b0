"""Periods of being looked after."""

from schemas.events.base import DateBasis, Dated, Identifier, NationalCode


class CareStarted(Dated):
    """A period of care began. `legal_status` is SSDA903 LS."""

    care_id: Identifier
    legal_status: NationalCode | None = None
    date_basis: DateBasis = "exact"


class CareChanged(Dated):
    """The legal status changed."""

    care_id: Identifier
    legal_status: NationalCode | None = None


class CareEnded(Dated):
    """The period of care ended. `reason` is SSDA903 REC."""

    care_id: Identifier
    reason: NationalCode | None = None
