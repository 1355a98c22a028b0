"""What is missing in a row of the return or would fail a check, and on which days it does."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from services.assessment.annual_return.entries import Block, ReturnFault


class Flaw(NamedTuple):
    """One thing that is missing or would fail: the rule's number, the column, the sentence."""

    rule: str
    field: str
    text: str


class Flawed(NamedTuple):
    """A flaw of a row on a run of days; `until` is None for good."""

    key: int
    flaw: Flaw
    start: date
    until: date | None


def faults_of(person: str, block: Block, flawed: Iterable[Flawed]) -> list[ReturnFault]:
    """The faults of somebody's rows, those of runs that follow one another drawn together."""
    runs: dict[tuple[int, Flaw], list[Flawed]] = {}
    for item in flawed:
        before = runs.setdefault((item.key, item.flaw), [])
        if before and before[-1].until == item.start:
            before[-1] = before[-1]._replace(until=item.until)
        else:
            before.append(item)
    return [
        ReturnFault(person, block, key, *flaw, item.start, item.until)
        for (key, flaw), items in runs.items()
        for item in items
    ]
