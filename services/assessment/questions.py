"""Doubts that somebody can settle, and the days on which they stand."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemas.status import Question
from services.assessment.calendar import birthday
from services.assessment.facts import Facts
from services.assessment.temporal import FOREVER, as_date


def running_on(asked: Iterable[tuple[int, int, Question]]) -> list[Question]:
    """Questions asked on stretches of days, as questions that stand from one day to another."""
    stands: dict[Question, list[tuple[int, int]]] = {}
    for start, end, question in asked:
        runs = stands.setdefault(question, [])
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        elif not runs or runs[-1] != (start, end):
            runs.append((start, end))
    return [
        replace(question, start=begun, end=as_date(end))
        for question, runs in stands.items()
        for start, end in runs
        if (begun := as_date(start)) is not None
    ]


def about_the_record(facts: Facts) -> Iterator[Question]:
    """Spells that a closing left open, and care or placements still open at 25."""
    for closing in facts.closings:
        still_open = [s for s in facts.spells if s.start < closing.day < s.end]
        if still_open:
            yield closing.ask(
                "reason",
                "The case was closed while a spell was open; the spell keeps its colour.",
                "the source ends the spell, or takes back the closing",
            )
    if facts.born is None:
        return
    adult = birthday(facts.born, 25)
    for spell in (*facts.care, *facts.main_placements):
        day = max(adult, spell.start)
        begun = as_date(day)
        if day < spell.end and begun is not None and day < FOREVER:
            yield replace(
                spell.began.ask(
                    "date",
                    "This spell is still open at 25.",
                    "the source ends the spell, or corrects the date of birth",
                ),
                start=begun,
                end=as_date(spell.end),
            )
