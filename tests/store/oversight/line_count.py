"""Counting the stored lines one by one, the slow and plain way, to compare every figure with."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from schemas.status import Concern
from services.store.database import Database
from services.store.scope import EVERYTHING, Scope
from services.store.tables import assignments, cases, restrictions

Figures = Counter[tuple[str, str]]
"""How many, by concern and measure."""


@dataclass(frozen=True)
class Stored:
    """Every row of the case line and of the assignments, and who may see who is restricted."""

    cases: list[Any]
    assignments: list[Any]
    readers_of: Mapping[str, set[str]] = field(default_factory=dict)

    def theirs(self, scope: Scope, today: date) -> set[str]:
        """The young people whom a reader sees."""
        if scope.everything:
            found = {row.person for row in self.cases}
        else:
            found = {
                row.person
                for row in self.assignments
                if row.start <= today < row.until and scope.sees(row)
            }
        if scope.restricted:
            return found
        return {
            person
            for person in found
            if person not in self.readers_of or self.readers_of[person] & scope.readers
        }

    def on(self, scope: Scope, today: date, day: date, *, applies: bool = True) -> list[Any]:
        """The rows of a day that a reader sees."""
        people = self.theirs(scope, today)
        return [
            row
            for row in self.cases
            if row.start <= day < row.until
            and row.person in people
            and (row.rag != "none" or not applies)
        ]

    def figures(
        self, scope: Scope, today: date, day: date, tracked: tuple[Concern, ...] = tuple(Concern)
    ) -> Figures:
        """Every measure of a day."""
        found: Figures = Counter()
        for row in self.on(scope, today, day):
            if row.concern in tracked:
                found.update((row.concern, measure) for measure in measures(row, day))
        return found


def measures(row: Any, day: date) -> list[str]:
    """What a case counts as on a day."""
    red = row.rag == "red"
    due = row.review_due is not None and row.review_due <= day + timedelta(days=7)
    late = sum(date.fromisoformat(item[4]) < day for item in row.actions)
    holds = {
        row.rag: True,
        "unlawful": row.statutory == "unlawful",
        "rated down": row.rule_rag == "red" and not red,
        "red without action": red and not row.actions,
        "red without owner": red and not row.owned,
        "without owner": not row.owned,
        "late action": late > 0,
        "review due": due,
    }
    return [name for name, is_so in holds.items() if is_so] + [
        f"awaits {step}" for step in row.awaiting.split()
    ]


async def stored(database: Database) -> Stored:
    async with database.reading() as connection:
        readers_of: dict[str, set[str]] = {}
        for row in await connection.execute(select(restrictions)):
            readers_of.setdefault(row.person, set()).add(row.reader)
        return Stored(
            list(await connection.execute(select(cases))),
            list(await connection.execute(select(assignments))),
            readers_of,
        )


Owner = tuple[Scope, Callable[[Any], bool]]


def owners(whole: Stored) -> list[Owner]:
    """Every level and owner that is counted for."""
    teams = sorted({row.team for row in whole.cases if row.team})
    services = sorted({row.service for row in whole.cases if row.service})
    return [
        (EVERYTHING, lambda _: True),
        (Scope(unserved=True, restricted=True), lambda row: row.service is None),
        *(
            (Scope(teams=frozenset({name}), restricted=True), partial(_is, "team", name))
            for name in teams
        ),
        *(
            (Scope(services=frozenset({name}), restricted=True), partial(_is, "service", name))
            for name in services
        ),
    ]


def _is(column: str, value: str, row: Any) -> bool:
    return bool(getattr(row, column) == value)
