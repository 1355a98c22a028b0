"""Whose a young person is, as their folded facts say."""

from dataclasses import dataclass
from datetime import date

from services.assessment.case_facts import staff_on
from services.store.timelines import Document


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a young person is on a day."""

    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None
    team_manager: str | None

    @property
    def staff(self) -> list[str]:
        """The staff ids among them, each once."""
        told = (self.personal_adviser, self.social_worker, self.team_manager)
        return list(dict.fromkeys(id_ for id_ in told if id_))


_FIELDS = ("team", "service", "personal_adviser", "social_worker", "team_manager")


def owner_on(facts: Document, day: date) -> Owner:
    """Whose a young person was, or is, on a day."""
    return Owner(*(staff_on(facts, field, day) for field in _FIELDS))
