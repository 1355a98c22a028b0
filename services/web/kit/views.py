"""What a request looks at: the cases that its permission covers, on the day that it asks about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.status import Concern
from services.access.directory import User
from services.access.roles import Permission
from services.oversight.cases import view_of
from services.oversight.tracked import counted, tracked_concerns
from services.store.view import View
from services.web.kit.day_asked import DayAsked, day_asked
from services.web.kit.request import PageRequest
from services.web.state import AppState


@dataclass(frozen=True, slots=True)
class Looking:
    """A view with what is known of it.

    Attributes:
        view: the cases of the concerns that are counted.
        tracked: of every concern whether it is counted.
        asked: the day as it was asked for.
    """

    view: View
    tracked: Mapping[Concern, bool]
    asked: DayAsked

    @property
    def is_today(self) -> bool:
        """Whether the day is today."""
        return self.view.day == self.view.today

    @property
    def all_concerns(self) -> View:
        """The same with those concerns too that are not counted."""
        return view_of(self.view.scope, self.view.today, self.view.day)


async def looking_at(
    connection: AsyncConnection, request: PageRequest, permission: Permission | None = None
) -> Looking:
    """What a page looks at; `as_at` in its address is the day, today without."""
    wanted = permission or request.permission
    asked = day_asked(request.http.query_params, "as_at")
    return await look(connection, request.app, request.user, wanted, asked)


async def look(
    connection: AsyncConnection, app: AppState, user: User, permission: Permission, asked: DayAsked
) -> Looking:
    """What a user's permission covers, on the day that is asked about."""
    today: date = london_day(app.clock())
    tracked = await tracked_concerns(connection, app.policy)
    view = view_of(user.scope(permission), today, asked.day, counted(tracked))
    return Looking(view, tracked, asked)
