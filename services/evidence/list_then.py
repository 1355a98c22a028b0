"""A list as it was known at the end of a day: who stood in it then, by what was stored by then.

Everybody is derived from what was stored by the end of the day, into a store that is thrown away;
the list's own query is asked there. So a list of then has no other code than one of now.
"""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import end_of_day
from services.assessment.derivation import Rules, derive
from services.assessment.knowledge import Knowledge
from services.assessment.resolution import resolve
from services.oversight.cases import cases_listed, view_of
from services.oversight.tracked import counted, tracked_concerns
from services.store import derived, event_log, marks, staff, stored_events, subject_links
from services.store.case_count_changes import Counted
from services.store.case_filter import Filter
from services.store.database import Database
from services.store.scope import EVERYTHING

_AT_A_TIME = 200


async def people_listed_then(
    connection: AsyncConnection,
    rules: Rules,
    day: date,
    wanted: Filter,
    advance: Callable[[], None] = lambda: None,
) -> list[str]:
    """Who stood in a list of a day as it was known at its end, by their references of today.

    Args:
        connection: reads the store.
        rules: the policy and its rule book.
        day: the day.
        wanted: the list's filter; it asks neither for a week's report nor for a campaign.
        advance: is called after some hundred people are worked through.
    """
    async with _store_of_then(connection, rules, day, advance) as then:
        tracked = counted(await tracked_concerns(then, rules.policy))
        view = view_of(EVERYTHING, day, day, tracked)
        listed = await cases_listed(then, view, wanted)
    names = sorted({case.person for case in listed})
    now = [await derived.survivor_of(connection, name) or name for name in names]
    return list(dict.fromkeys(now))


@asynccontextmanager
async def _store_of_then(
    connection: AsyncConnection, rules: Rules, day: date, advance: Callable[[], None]
) -> AsyncIterator[AsyncConnection]:
    """A store of everybody as they were known at the end of a day; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'then.sqlite'}")
        try:
            await database.upgrade()
            gone = await staff.gone_on(connection)
            done: set[str] = set()
            after = ""
            while names := await event_log.people_after(connection, after, _AT_A_TIME):
                after = names[-1]
                reached = await subject_links.connected(connection, names) - done
                done |= reached
                received = await stored_events.load(connection, reached, end_of_day(day))
                people = resolve(received, rules.policy)
                knowledge = Knowledge(received, rules.policy, rules.rulebook)
                found = [
                    derive(people[person], rules, knowledge, gone)
                    for person in sorted(reached & people.keys())
                ]
                async with database.writing() as then:
                    await derived.write(then, found, Counted(), "")
                    heard = {concern for item in found for concern in item.heard_of}
                    await marks.hear_of(then, heard)
                advance()
            async with database.reading() as then:
                yield then
        finally:
            await database.close()
