"""Reds to escalate, the rows derived of them, and the days on which each step is reached."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.derivation import Derivation, Rules, derive
from services.assessment.knowledge import Knowledge
from services.assessment.received import Received
from services.assessment.resolution import receive, resolve
from services.assessment.stretch import Stretch
from tests.story import UA, Story

START = date(2026, 12, 24)
"""A Thursday. The working days after it are 29, 30 and 31 December and 4 January on."""
STEPS = (None, "team_manager", "head_of_service", "chief_officer")


def leaver(code: str = "K", start: date = START, **more: Any) -> Story:
    """A care leaver of no home that suits, with a team and an adviser."""
    whose = {"team": "north", "personal_adviser": "w1"} | more
    fields = {"date": start.isoformat(), "eligibility": "former_relevant", "in_touch": "yes"}
    story = Story("p", born="2006-05-01", **fields, **whose)
    return story.lives(start.isoformat(), code, suitable=False)


def planned(due: date = date(2028, 1, 1)) -> Story:
    """The same with an open action."""
    return leaver().action(START.isoformat(), due.isoformat())


def placed() -> Story:
    """A child of fourteen in an unregistered placement."""
    story = Story("p", born="2012-03-01", team="north", social_worker="w1")
    return story.care(START.isoformat()).placed(
        START.isoformat(), "Z1", registration="unregistered"
    )


def rated() -> Story:
    """A red that is rated down to amber on its first day."""
    rating = {"rag": "amber", "rationale": "seen", "authorised_by": "m1", "expires": "2027-01-20"}
    return leaver().reviewed(START.isoformat(), "oversight", concern=str(UA), rating=rating)


def derived(
    story: Story,
    policy: Policy | None = None,
    gone: Mapping[str, date] | None = None,
    stored: Mapping[int, date] | None = None,
) -> Derivation:
    """Everything of p. `stored` says of some events, by their number, when they were stored."""
    rules = Rules.of(policy or Policy())
    received = receive(story.events, rules.policy)
    if stored is not None:
        received = [_stored(item, stored) for item in received]
    knowledge = Knowledge(received, rules.policy, rules.rulebook)
    days = {id_: day.toordinal() for id_, day in (gone or {}).items()}
    return derive(resolve(received, rules.policy)["p"], rules, knowledge, days)


def _stored(item: Received, stored: Mapping[int, date]) -> Received:
    day = stored.get(int(item.event.id.split(".")[1]), date(2020, 1, 1))
    moment = datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC)
    return replace(item, sendings=((item.earliest, moment),))


def on(derivation: Derivation, day: date, concern: Concern = UA) -> Stretch:
    (found,) = [
        item
        for item in derivation.cases[concern]
        if item.start <= day and (item.end is None or day < item.end)
    ]
    return found


def reaches(derivation: Derivation, days: Mapping[str, date | None], concern: Concern = UA) -> None:
    """Each step is reached on its day and not on the day before, and is the step from then on."""
    for rank, step in enumerate(STEPS[1:], 1):
        day = days[str(step)]
        assert day is not None
        here = on(derivation, day, concern)
        assert here.step in STEPS[rank:], (step, day, here.step)
        before = [
            item
            for item in derivation.cases[concern]
            if item.start < day and item.rag is not Rag.NONE
        ]
        highest = max((STEPS.index(item.step) for item in before), default=0)
        assert highest < rank, (step, day, "reached before")
        if here.step == step:
            assert here.step_reached_on == day


def steps(first: str, second: str, third: str) -> dict[str, date | None]:
    return {
        str(step): date.fromisoformat(day)
        for step, day in zip(STEPS[1:], (first, second, third), strict=True)
    }
