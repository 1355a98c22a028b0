"""Plans for permanence."""

from typing import ClassVar, Literal

from schemas.events.base import Dated, Example, Identifier, Text

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

    name = "permanence.agreed"
    id_field = "plan_id"
    begins = True
    example: ClassVar[Example] = {
        "plan_id": "plan-5",
        "date": "2026-05-20",
        "plan": "long_term_fostering",
        "parallel_plan": "relatives",
    }

    plan_id: Identifier
    plan: Plan
    parallel_plan: Plan | None = None


class PermanenceWithdrawn(Dated):
    """The plan no longer stands."""

    name = "permanence.withdrawn"
    id_field = "plan_id"
    example: ClassVar[Example] = {
        "plan_id": "plan-5",
        "date": "2026-10-02",
        "reason": "the carers gave notice",
    }

    plan_id: Identifier
    reason: Text | None = None
