"""Whose a young person is, over time: their team, service and workers, as their source says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.assessment.facts import Facts
from services.assessment.temporal import FOREVER, AsOf, as_date


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whose a young person is from `start` up to, not including, `end` (None: for good).

    Workers are staff ids, team and service the ids by which the source calls them.
    """

    person: str
    start: date
    end: date | None
    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None
    team_manager: str | None
    reviewing_officer: str | None

    @property
    def staff(self) -> list[str]:
        """The staff ids among them, each once."""
        ids = (
            self.personal_adviser,
            self.social_worker,
            self.team_manager,
            self.reviewing_officer,
        )
        return list(dict.fromkeys(id_ for id_ in ids if id_))


def assignments(facts: Facts) -> Iterator[Assignment]:
    """Every assignment from the first known day on, without a gap."""
    start = facts.first_day
    while start < FOREVER:
        on = AsOf(start)
        whose = {name: value.on(on) for name, value in facts.staff.items()}
        begun = as_date(start)
        if begun is not None:
            yield Assignment(facts.person, begun, as_date(on.until), **whose)
        start = on.until


def assigned_on(facts: Facts, day: date) -> Assignment:
    """Whose a young person is on a day."""
    on = AsOf(day.toordinal())
    whose = {name: value.on(on) for name, value in facts.staff.items()}
    return Assignment(facts.person, day, None, **whose)
