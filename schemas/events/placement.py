"""Placements of looked-after children."""

from schemas.codes import TEMPORARY_PLACEMENTS
from schemas.days import Day
from schemas.events.base import (
    DateBasis,
    Dated,
    EventData,
    Identifier,
    NationalCode,
    Registration,
    Text,
)


class _Setting(EventData):
    """What a placement is. `country` is England when absent."""

    provider: NationalCode | None = None
    urn: Text | None = None
    registration: Registration | None = None
    registration_applied_on: Day | None = None
    deprivation_of_liberty: bool | None = None
    approved_by: Text | None = None
    country: Text | None = None


class PlacementStarted(Dated, _Setting):
    """A placement began. `code` is SSDA903 PLACE."""

    placement_id: Identifier
    code: NationalCode
    date_basis: DateBasis = "exact"

    @property
    def temporary(self) -> bool:
        """A move of code T0 to T4 stands beside the main placement and hides nothing."""
        return self.code in TEMPORARY_PLACEMENTS


class PlacementChanged(Dated, _Setting):
    """Something about the placement changed without a move, such as its registration."""

    placement_id: Identifier
    code: NationalCode = ""


class PlacementEnded(Dated):
    """The placement ended."""

    placement_id: Identifier
    reason: Text | None = None
