"""Opening the file of a young person for a visit: only where it is the visitor's to see."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from services.oversight.case_file import CaseFile, case_file, survivor_of
from services.web.kit.request import NotHere, Visit


class MovedOn(Exception):  # noqa: N818 (it is an answer, not an error)
    """The young person's record was merged into another, which the person may see."""

    def __init__(self, into: str) -> None:
        super().__init__()
        self.into = into


async def open_file(
    visit: Visit, person: str, connection: AsyncConnection | None = None
) -> CaseFile:
    """The file of today of a young person whom the visitor may see, by the door they came through.

    Raises:
        NotHere: there is none, or it is not theirs: the two look alike.
        MovedOn: it was merged into one that is theirs.
    """
    if connection is None:
        async with visit.parts.database.reading() as own:
            return await open_file(visit, person, own)
    parts = visit.parts
    sight = visit.person.sight(visit.through)
    today = london_day(parts.clock())
    policy, rulebook = parts.rules.policy, parts.rules.rulebook
    board = await parts.watch.now(parts.clock())
    file = await case_file(connection, person, today, policy, rulebook, board=board)
    if file is None:
        into = await survivor_of(connection, person, policy)
        other = await case_file(connection, into, today, policy, rulebook) if into else None
        if into and other and sight.sees(other.owner):
            raise MovedOn(into)
        raise NotHere(person)
    if not sight.sees(file.owner):
        raise NotHere(person)
    return file


async def file_as_known(visit: Visit, file: CaseFile, known_at: datetime) -> CaseFile | None:
    """The same file with what was stored by a moment alone."""
    rules = visit.parts.rules
    async with visit.parts.database.reading() as connection:
        return await case_file(
            connection, file.person, file.day, rules.policy, rules.rulebook, known_at
        )
