"""Placements of looked-after children."""

from typing import ClassVar

from schemas.codes import PLACEMENTS, PROVIDERS, TEMPORARY_PLACEMENTS
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

    name = "placement.started"
    id_field = "placement_id"
    begins = True
    asked_by_rules = frozenset({"code"})
    code_lists: ClassVar[CodeLists] = {"code": PLACEMENTS, "provider": PROVIDERS}
    example: ClassVar[Example] = {
        "placement_id": "p-3301",
        "date": "2026-03-02",
        "code": "K3",
        "provider": "PR4",
        "urn": "2788123",
        "registration": "registered",
    }

    placement_id: Identifier
    code: NationalCode
    date_basis: DateBasis | None = None

    @property
    def temporary(self) -> bool:
        """A move of code T0 to T4 stands beside the main placement and hides nothing."""
        return self.code in TEMPORARY_PLACEMENTS


class PlacementChanged(Dated, _Setting):
    """Something about the placement changed without a move, such as its registration."""

    name = "placement.changed"
    id_field = "placement_id"
    cumulative = True
    asked_by_rules = frozenset({"code"})
    code_lists: ClassVar[CodeLists] = {"code": PLACEMENTS, "provider": PROVIDERS}
    example: ClassVar[Example] = {"placement_id": "p-3301", "date": "2026-05-01", "urn": "2790044"}

    placement_id: Identifier
    code: NationalCode | None = None


class PlacementEnded(Dated):
    """The placement ended."""

    name = "placement.ended"
    id_field = "placement_id"
    example: ClassVar[Example] = {"placement_id": "p-3301", "date": "2026-06-14", "reason": "CARPL"}

    placement_id: Identifier
    reason: Text | None = None
