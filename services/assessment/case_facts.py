"""A young person's folded facts as JSON: whose case it is, and what was agreed to do.

Whatever changes over time is a list of steps, `[day, value]`, each holding from its day on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.events.base import EventData
from schemas.events.oversight import OversightAcknowledged
from schemas.events.review import ReviewCompleted
from schemas.status import Concern
from services.assessment.facts import Action, Facts, Spell
from services.assessment.temporal import FOREVER, Temporal, as_date

Steps = Sequence[Sequence[Any]]


def document(facts: Facts) -> dict[str, Any]:
    """The folded facts that people are shown beside a colour."""
    return {
        "born": facts.born.isoformat() if facts.born else None,
        "died_on": _iso(facts.died_on),
        "closed_on": [fact.date.isoformat() for fact in facts.closings],
        "staff": {name: _steps(course) for name, course in facts.staff.items() if course.days},
        "actions": [_action(action) for action in facts.actions],
        "reviews": [_review(fact.data) for fact in facts.reviews],
        "acknowledged": [_acknowledged(fact.data) for fact in facts.acknowledgements],
        "spells": {
            "care": _spans(facts.care),
            "placement": _spans(facts.main_placements),
            "accommodation": _spans(facts.dwellings),
            "pre_proceedings": _spans(facts.pre_proceedings),
        },
    }


@dataclass(frozen=True, slots=True)
class ActionOn:
    """An open action as it stands on a day."""

    id: str
    kind: str
    owner: str
    due: date
    late: bool


def staff_on(told: Mapping[str, Any], field: str, day: date) -> str | None:
    """Who was responsible on a day: a staff id, a team or a service."""
    value = _on(told["staff"].get(field, ()), day)
    return None if value is None else str(value)


def open_actions(told: Mapping[str, Any], concern: Concern, day: date) -> list[ActionOn]:
    """The actions open for a concern on a day, by due date."""
    on = day.isoformat()
    actions = []
    for action in told["actions"]:
        closed = action["closed"]
        if action["concern"] != concern or action["agreed"] > on or (closed and closed <= on):
            continue
        due = date.fromisoformat(_on(action["due"], day))
        actions.append(
            ActionOn(
                action["id"], _on(action["kind"], day), _on(action["owner"], day), due, due < day
            )
        )
    return sorted(actions, key=lambda item: (item.due, item.id))


def current_since(told: Mapping[str, Any], kind: str, day: date) -> date | None:
    """When the spell of one kind that holds on a day began; None where none holds."""
    on = day.isoformat()
    for start, end in reversed(told["spells"][kind]):
        if start <= on and (end is None or on < end):
            return date.fromisoformat(start)
    return None


@dataclass(frozen=True, slots=True)
class AcknowledgedOn:
    """That a senior manager acknowledged a red, and when."""

    on: date
    by: str
    role: str


def acknowledgements(
    told: Mapping[str, Any], concern: Concern, since: date, day: date
) -> list[AcknowledgedOn]:
    """Who acknowledged a red that began on `since`, up to a day, oldest first."""
    return [
        AcknowledgedOn(on, item["by"], item["role"])
        for item in told["acknowledged"]
        if item["concern"] == concern and since <= (on := date.fromisoformat(item["on"])) <= day
    ]


def reviews_due(told: Mapping[str, Any], concern: Concern, day: date) -> date | None:
    """When the next review that was promised for a concern is due; None where none is promised.

    The promise is that of the last review by that day that names the concern, or is of its kind.
    """
    due = None
    for item in told["reviews"]:
        if item["on"] <= day.isoformat() and (
            item["concern"] == concern or item["kind"] == _REVIEW_OF.get(concern)
        ):
            due = item["next_due"]
    return date.fromisoformat(due) if due else None


_REVIEW_OF = {
    Concern.UNSUITABLE_ACCOMMODATION: "accommodation_suitability",
    Concern.PRE_PROCEEDINGS: "pre_proceedings",
    Concern.PERMANENCE: "looked_after",
}
"""The kind of review that a concern has of its own."""


def _review(data: EventData) -> dict[str, Any]:
    if not isinstance(data, ReviewCompleted):
        raise TypeError(data)
    return {
        "on": data.date.isoformat(),
        "kind": data.kind,
        "concern": data.concern,
        "next_due": data.next_due.isoformat() if data.next_due else None,
    }


def _acknowledged(data: EventData) -> dict[str, Any]:
    if not isinstance(data, OversightAcknowledged):
        raise TypeError(data)
    return {
        "on": data.date.isoformat(),
        "concern": data.concern,
        "by": data.acknowledged_by,
        "role": data.role,
    }


def _spans(spells: Sequence[Spell]) -> list[list[str | None]]:
    return [[_iso(spell.start), _iso(spell.end)] for spell in spells]


def _action(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "concern": action.concern.value,
        "agreed": _iso(action.agreed),
        "closed": _iso(action.closed),
        "completed": action.completed < FOREVER,
        "due": _steps(action.due, days=True),
        "owner": _steps(action.owner),
        "kind": _steps(action.kind),
    }


def _steps(course: Temporal[Any], *, days: bool = False) -> list[list[Any]]:
    """A course as steps; what held before the first of them stands at the start of time."""
    told = list(zip(course.days, course.values, strict=True))
    if course.before is not None:
        told.insert(0, (1, course.before))
    return [[_iso(day), _iso(value) if days else value] for day, value in told]


def _on(steps: Steps, day: date) -> Any:
    on = day.isoformat()
    held = None
    for begun, value in steps:
        if begun > on:
            break
        held = value
    return held


def _iso(day: int) -> str | None:
    on = as_date(day)
    return on.isoformat() if on else None
