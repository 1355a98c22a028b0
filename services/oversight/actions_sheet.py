"""The actions sheet: what was promised, what was done, and what is late, on a day.

The weekly meeting's page, its workbook and every digest read it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.action_line import ActionStretch
from services.store import actions
from services.store.actions import (
    ANYBODY,
    STANDINGS,
    DueWeek,
    ListedAction,
    OwnerCounts,
    Standing,
    Whose,
)
from services.store.view import View

WEEKS = 4
"""Weeks whose share of actions done in time is shown."""

HEADINGS = {
    "late": "Late and open",
    "due": "Due in the next 7 days",
    "done_late": "Done late in the last 7 days",
    "in_time": "Done in time in the last 7 days",
}
"""What each standing is called, wherever it is shown."""


@dataclass(frozen=True, slots=True)
class ActionsSheet:
    """The actions that a reader may see on a day.

    Attributes:
        owners: how many of each standing, by team and owner.
        weeks: for each of the last weeks how many were due, and how many were done in time.
        lists: the actions of each standing, the first due first, as many as were asked for.
    """

    owners: Sequence[OwnerCounts]
    weeks: Sequence[DueWeek]
    lists: dict[Standing, list[ListedAction]]

    def total(self, standing: Standing) -> int:
        """How many actions stand so."""
        return sum(item.of[standing] for item in self.owners)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to speak of."""
        return not self.owners and not any(week.due for week in self.weeks)


async def actions_sheet(
    connection: AsyncConnection, view: View, limit: int | None = None, whose: Whose = ANYBODY
) -> ActionsSheet:
    """The sheet of a day.

    Args:
        connection: where it is read.
        view: whose cases, and on which day.
        limit: how many of each list are read; all without.
        whose: of which team and owner.
    """
    owners = await actions.count_by_owner(connection, view, whose)
    weeks = await actions.due_weeks(connection, view, WEEKS, whose)
    sheet = ActionsSheet(owners, weeks, {standing: [] for standing in STANDINGS})
    for standing in STANDINGS:
        if sheet.total(standing):
            found = await actions.listed(connection, view, standing, whose, limit=limit)
            sheet.lists[standing] = found
    return sheet


def how_moved(action: ActionStretch) -> str:
    """How often an action's date was moved, and how often with no authority; empty if never."""
    if not action.moves:
        return ""
    ignored = sum(not move.counts for move in action.moves)
    words = f"moved {_times(len(action.moves))}"
    if ignored == len(action.moves):
        return f"{words}, not authorised"
    return f"{words}, {_times(ignored)} not authorised" if ignored else words


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
