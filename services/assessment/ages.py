"""How old a young person is on a day: by date of birth, else as their eligibility tells.

Source: docs/rules.md, section 2, Age.
"""

from services.assessment.calendar import birthday
from services.assessment.facts import Facts
from services.assessment.temporal import AsOf

TELLS_AGE = frozenset({"eligible", "relevant", "former_relevant"})
"""Eligibilities that say an age: 16 or 17, and 18 to 24."""

SAYS_16_OR_OVER = TELLS_AGE | {"qualifying"}


class AgeOnDay(AsOf):
    """A day in one young person's life, of which their age can be asked."""

    __slots__ = ("facts",)

    def __init__(self, day: int, facts: Facts) -> None:
        super().__init__(day)
        self.facts = facts

    def aged(self, years: int) -> bool:
        """Whether the young person is known to be that old: by date of birth only."""
        born = self.facts.born
        return born is not None and self.reached(birthday(born, years))

    @property
    def eligibility(self) -> str | None:
        """Leaving-care eligibility as recorded."""
        return self.facts.eligibility.on(self)

    @property
    def age_known(self) -> bool:
        """Whether the age is known, or told by eligibility."""
        return self.facts.born is not None or self.eligibility in TELLS_AGE

    @property
    def under_18(self) -> bool:
        """Under 18, or of unknown age, which counts as under 18."""
        if self.facts.born is not None:
            return not self.aged(18)
        return self.eligibility != "former_relevant"

    @property
    def under_25(self) -> bool:
        """Not yet 25, or of unknown age, which counts as not yet 25."""
        return not self.aged(25)

    @property
    def is_16_or_17(self) -> bool:
        """Known to be 16 or 17, or told so by eligibility."""
        if self.facts.born is not None:
            return self.aged(16) and not self.aged(18)
        return self.eligibility in ("eligible", "relevant")

    @property
    def under_16(self) -> bool:
        """Known to be under 16."""
        return self.facts.born is not None and not self.aged(16)
