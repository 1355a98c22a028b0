"""Where a young person lives on a day, as the rules of unsuitable accommodation read it."""

from typing import Any

from schemas.codes import ACCOMMODATION, meaning
from schemas.status import Rag, Statutory
from services.assessment.day import Day, Finding, evidence
from services.assessment.facts import Dwelling

NO_FIXED_ABODE, CUSTODY, WHEREABOUTS_UNKNOWN = "S", "X", "R"
EMERGENCY, BED_AND_BREAKFAST = "V", "W"
EMERGENCY_OR_BED_AND_BREAKFAST = frozenset({EMERGENCY, BED_AND_BREAKFAST})
SUPPORTED_ACCOMMODATION = frozenset({"D", "E", "T"})
ABROAD = frozenset({"G", "H"})
STUDENT_HOMES = frozenset({"U", "K", "Y"})

UNSUITABLE_BECAUSE = {
    "homeless": "homeless",
    "custody": "in custody",
    "bed_and_breakfast": "bed and breakfast",
    "emergency": "emergency accommodation",
    "shared_house": "a shared house",
    "unaffordable": "not affordable",
    "unsafe": "not safe",
    "other": "another reason",
}


class Home:
    """Where the young person lives on a day, with what has been said of its suitability."""

    __slots__ = ("code", "dwelling", "judgement", "on")

    def __init__(self, on: Day, dwelling: Dwelling) -> None:
        self.on = on
        self.dwelling = dwelling
        self.code = on.value(dwelling, "code") or ""
        self.judgement = on.judgement(dwelling)

    @property
    def homeless(self) -> bool:
        """No fixed abode, or said to be homeless."""
        return self.code == NO_FIXED_ABODE or self.judgement.unsuitable_reason == "homeless"

    @property
    def unsuitable(self) -> bool:
        """As the national return counts it: homeless, in custody, or judged unsuitable."""
        return self.homeless or self.code == CUSTODY or self.judgement.suitable is False

    @property
    def what(self) -> str:
        """The kind of accommodation, in words."""
        return meaning(ACCOMMODATION, self.code)

    def find(
        self,
        rule: str,
        rag: Rag,
        text: str,
        statutory: Statutory | None = None,
        *,
        never_lowered: bool = False,
        turned_on: int | None = None,
        **facts: Any,
    ) -> Finding:
        """A finding about this home, with the events that say so.

        `turned_on` is as a finding has it.
        """
        because = evidence(
            code=self.code,
            since=self.dwelling.start,
            suitable=self.judgement.suitable,
            **facts,
            began=self.dwelling.began,
        )
        judged_by = self.judgement.fact
        if judged_by is not None and judged_by is not self.dwelling.began:
            because["events"].append(judged_by.reference)
        return Finding(rule, rag, text, because, statutory, never_lowered, turned_on)
