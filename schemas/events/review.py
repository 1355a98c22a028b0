"""Reviews, and the judgements and ratings that they carry."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import ConfigDict, StringConstraints

from schemas.days import Day
from schemas.events.base import Dated, Example, Identifier, Text, UnsuitableReason
from schemas.permissions import SourcePermission
from schemas.reading import UNREADABLE, AsWritten
from schemas.status import Concern

ReviewKind = Literal[
    "looked_after",
    "pathway_plan",
    "accommodation_suitability",
    "pre_proceedings",
    "oversight",
    "risk_assessment",
]
if TYPE_CHECKING:
    ConcernName = str
else:
    ConcernName = Literal[tuple(concern.value for concern in Concern)]
"""A concern as events name it."""


class Rating(AsWritten):
    """A person's own rating of one concern, with its reason and the day on which it expires."""

    model_config = ConfigDict(frozen=True, strict=True)

    rag: Literal["red", "amber", "green"]
    rationale: Annotated[Text, StringConstraints(min_length=1)]
    authorised_by: Identifier
    expires: Day


class ReviewCompleted(Dated):
    """A review was held, by `held_by` (a staff id).

    `suitable`, `unsuitable_reason` and `judged_by` belong to a review of kind
    accommodation_suitability: this is how a personal adviser's judgement arrives.
    """

    name = "review.completed"
    id_field = "review_id"
    example: ClassVar[Example] = {
        "review_id": "r-610",
        "date": "2026-11-19",
        "kind": "accommodation_suitability",
        "suitable": False,
        "unsuitable_reason": "bed_and_breakfast",
        "judged_by": "pa-17",
        "next_due": "2026-12-03",
        "concern": "unsuitable_accommodation",
    }

    review_id: Identifier
    kind: ReviewKind
    campaign_id: Identifier | None = None
    on_time: bool | None = None
    outcome: Text | None = None
    next_due: Day | None = None
    held_by: Identifier | None = None
    concern: ConcernName | None = None
    suitable: bool | None = None
    unsuitable_reason: UnsuitableReason | None = None
    judged_by: Text | None = None
    rating: Rating | None = None

    def needs(self) -> frozenset[SourcePermission]:
        """To rate, where it carries a rating."""
        return frozenset() if self.rating is None else frozenset({"rate"})

    @property
    def about(self) -> Concern | Literal["unreadable"] | None:
        """The concern that the review names, if any; one that cannot be read is none of ours."""
        if self.concern is None:
            return None
        return "unreadable" if self.concern == UNREADABLE else Concern(self.concern)
