"""Invented reviewing officers: who is named for a child and when, and what they escalate."""

from datetime import date, timedelta
from random import Random

from services.demo.events import EventRecorder
from services.oversight.reviewing_officers import REASONS

_OFFICERS = ("iro-1", "iro-2", "iro-3", "iro-4", "iro-5", "iro-6")
_SHARES = (10, 11, 12, 12, 13, 17)
"""Of a hundred or so children each: one of them has more than the others."""


def reviewing_officer(recorder: EventRecorder, person: str, start: date) -> None:
    """The officer of a child, as a rule named in the first week; a few escalate something."""
    chance = Random(f"{person} reviewing officer")
    officer = chance.choices(_OFFICERS, _SHARES)[0]
    named = start + timedelta(days=chance.choices((1, 3, 6, 12), (40, 40, 17, 3))[0])
    recorder.record(person, "person.updated", named, recorded=named, reviewing_officer=officer)
    if chance.random() < 0.09:
        _escalates(recorder, person, officer, start, chance)


def _escalates(
    recorder: EventRecorder, person: str, officer: str, start: date, chance: Random
) -> None:
    """One escalation of the last two years: most are resolved informally, some go up a level."""
    first = max(start + timedelta(days=20), recorder.today - timedelta(days=600))
    raised = first + timedelta(days=chance.randint(0, 600))
    escalation = f"{person}-iro"
    recorder.record(
        person,
        "escalation.raised",
        raised,
        recorded=raised,
        escalation_id=escalation,
        stage="informal",
        reason=chance.choice(REASONS[:-1]),
        raised_by=officer,
    )
    day = raised + timedelta(days=chance.randint(5, 16))
    for level in range(1, chance.choices((1, 2, 3), (60, 30, 10))[0]):
        recorder.record(
            person,
            "escalation.changed",
            day,
            recorded=day,
            escalation_id=escalation,
            stage="formal",
            level=level,
        )
        day += timedelta(days=chance.randint(5, 16))
    recorder.record(
        person,
        "escalation.resolved",
        day,
        recorded=day,
        escalation_id=escalation,
        outcome="what was asked for was agreed",
    )
