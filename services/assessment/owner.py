"""Whose a young person is, from each day on which that changes; and whose their actions are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.assessment.day import Day
from services.assessment.facts import Action, Facts
from services.assessment.stretch import OpenAction
from services.assessment.temporal import FOREVER, AsOf, as_date

_ROLES = ("personal_adviser", "social_worker", "team_manager", "reviewing_officer")


class Owner(NamedTuple):
    """Whose the young person is, and whether there is a team, and a worker who works here still."""

    team: str | None = None
    service: str | None = None
    personal_adviser: str | None = None
    social_worker: str | None = None
    team_manager: str | None = None
    reviewing_officer: str | None = None
    owned: bool = False


def owners(facts: Facts, gone: Mapping[str, int]) -> Iterator[tuple[int, Owner]]:
    """Whose the young person is, from each day on which that changes."""
    start = facts.first_day
    while start < FOREVER:
        on = AsOf(start)
        whose = {name: value.on(on) for name, value in facts.staff.items()}
        workers = (whose["personal_adviser"], whose["social_worker"])
        works = any(item and not on.reached(gone.get(item, FOREVER)) for item in workers)
        yield start, Owner(**whose, owned=bool(whose["team"]) and works)
        start = on.until


def role_in(whose: Any, staff_id: str) -> str | None:
    """In which role a member of staff has a case, by its owner's fields; None where in none."""
    return next((name for name in _ROLES if getattr(whose, name) == staff_id), None)


def open_actions(actions: Sequence[Action], on: Day, owner: Owner) -> tuple[OpenAction, ...]:
    """Open actions as they stand on a day, the first due first."""
    if not actions:
        return ()
    found = [
        OpenAction(
            action.id,
            action.kind.on(on),
            (by := action.owner.on(on)),
            role_in(owner, by),
            as_date(action.due.on(on)) or date.max,
        )
        for action in actions
    ]
    return tuple(sorted(found, key=lambda item: (item.due, item.id)))
