"""What was promised and not done, as a digest has it: kind, owner's role and date, never words."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.digest import Promised, PromisedLine, WeekInTime
from services.digests.case_lines import Reference
from services.oversight.actions_sheet import actions_sheet, how_moved
from services.oversight.wording import ACTION_KINDS, owner_role
from services.store.actions import ListedAction
from services.store.view import View


async def promised(
    connection: AsyncConnection, view: View, reference: Callable[[str], Reference], limit: int
) -> Promised:
    """The actions sheet of a digest.

    Args:
        connection: where it is read.
        view: whose cases, and on which day.
        reference: how the mail names a young person.
        limit: how many late actions are listed.
    """
    sheet = await actions_sheet(connection, view, limit)
    return Promised(
        late=sheet.total("late"),
        due=sheet.total("due"),
        in_time=sheet.total("in_time"),
        done_late=sheet.total("done_late"),
        weeks=tuple(
            WeekInTime(through=week.through, due=week.due, in_time=week.in_time)
            for week in sheet.weeks
        ),
        lines=tuple(_line(item, reference) for item in sheet.lists["late"]),
    )


def _line(item: ListedAction, reference: Callable[[str], Reference]) -> PromisedLine:
    action = item.action
    named = reference(action.person)
    return PromisedLine(
        reference=named.reference,
        link=named.link,
        case_link=named.case_link,
        concern=action.concern,
        kind=ACTION_KINDS[action.kind],
        owner=owner_role(item.role),
        due=action.due,
        moved=how_moved(action),
    )
