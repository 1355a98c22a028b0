"""Whose evidence is asked for: of the young people of a list, those whom a reader may see."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.derivation import Rules
from services.evidence.collect import CaseEvidence, evidence_of
from services.oversight.case_file import TooManyEventsError, case_file, may_open
from services.store.scope import Scope


async def evidence_of_all(
    connection: AsyncConnection,
    scope: Scope,
    people: Sequence[str],
    rules: Rules,
    today: date,
    span: tuple[date, date],
    advance: Callable[[], None] = lambda: None,
) -> tuple[list[CaseEvidence], list[str]]:
    """The evidence of each young person, and the references of whom none can be made.

    Args:
        connection: reads the store.
        scope: what the reader may see; whoever is not theirs is passed over.
        people: their references.
        rules: the policy and its rule book.
        today: the day by which it is decided whose they are.
        span: the first day and the last.
        advance: is called when one is worked through.
    """
    found: list[CaseEvidence] = []
    left_out: list[str] = []
    for person in people:
        await asyncio.sleep(0)  # others are served meanwhile
        try:
            file = await case_file(connection, person, today, rules)
        except TooManyEventsError:
            left_out.append(person)
        else:
            if file is not None and await may_open(connection, scope, file):
                found.append(await evidence_of(connection, scope, file, *span))
        advance()
    return found, left_out
