"""The actions sheet: what was promised, what was done, and what is late, on a day.

The weekly meeting's page, its workbook and every digest read it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.action_line import ActionStretch
from services.store import actions
from services.store.actions import (
    STANDINGS,
    ActionFilter,
    DueWeek,
    ListedAction,
    OwnerCounts,
    Standing,
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
    connection: AsyncConnection,
    view: View,
    limit: int | None = None,
    *,
    team: str = "",
    owner: str = "",
) -> ActionsSheet:
    """The sheet of a day.

    Args:
        connection: where it is read.
        view: whose cases, and on which day.
        limit: how many of each list are read; all without.
        team: lists of this team's actions alone; `none` for those of no team.
        owner: lists of this owner's actions alone, by their staff id.
    """
    owners = await actions.count_by_owner(connection, view)
    counted = [item for item in owners if team in ("", item.team) and owner in ("", item.owner)]
    lists: dict[Standing, list[ListedAction]] = {name: [] for name in STANDINGS}
    for standing in STANDINGS:
        if any(item.of[standing] for item in counted):
            wanted = ActionFilter(standing, team, owner)
            lists[standing] = await actions.listed(connection, view, wanted, limit=limit)
    return ActionsSheet(
        counted, await actions.due_weeks(connection, view, WEEKS, team, owner), lists
    )


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
