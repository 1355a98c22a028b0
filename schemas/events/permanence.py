"""Plans for permanence."""

from typing import Literal

from schemas.events.base import Dated, Identifier, Text

Plan = Literal[
    "return_home",
    "relatives",
    "long_term_fostering",
    "residential",
    "supported_living",
    "adoption",
    "special_guardianship",
    "other",
]
"""What a permanence plan aims at."""


class PermanenceAgreed(Dated):
    """A plan for permanence was agreed."""

    plan_id: Identifier
    plan: Plan
    parallel_plan: Plan | None = None


class PermanenceWithdrawn(Dated):
    """The plan no longer stands."""

    plan_id: Identifier
    reason: Text | None = None
