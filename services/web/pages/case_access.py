"""Reading the file of a young person, where the user may see it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from services.oversight.case_file import (
    CaseFile,
    TooManyEventsError,
    case_file,
    may_open,
    survivor_of,
)
from services.store.cases import is_visible
from services.store.view import View
from services.web.kit.request import NotFound, PageRequest


class MovedOn(Exception):  # noqa: N818 (it is an answer, not an error)
    """The young person's record was merged into another, `into`, which the user may see."""

    def __init__(self, into: str) -> None:
        super().__init__()
        self.into = into


async def open_file(
    request: PageRequest, person: str, connection: AsyncConnection | None = None
) -> CaseFile:
    """The file of today of a young person, where the route's permission covers the case.

    Raises:
        NotFound: there is no such case, or the permission does not cover it.
        MovedOn: it was merged into one that the permission covers.
        TooManyEventsError: there are too many events to make a file of.
    """
    if connection is None:
        async with request.app.database.reading() as own:
            return await open_file(request, person, own)
    app = request.app
    scope = request.user.scope(request.permission)
    today = london_day(app.clock())
    try:
        file = await case_file(connection, person, today, app.rules)
    except TooManyEventsError:
        if await is_visible(connection, View(scope, today, today, ()), person):
            raise
        raise NotFound(person) from None
    if file is None:
        into = await survivor_of(connection, person)
        other = await case_file(connection, into, today, app.rules) if into else None
        if into and other and await may_open(connection, scope, other):
            raise MovedOn(into)
        raise NotFound(person)
    if not await may_open(connection, scope, file):
        raise NotFound(person)
    return file
