"""What a request may read: the cases that its permission covers, on the day that it asks for."""

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
class RequestedView:
    """The view that a request asks for.

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
    def today(self) -> View:
        """The same as at today, whatever day is asked for."""
        return view_of(self.view.scope, self.view.today, tracked=self.view.tracked)

    @property
    def all_concerns(self) -> View:
        """The same with those concerns too that are not counted."""
        return view_of(self.view.scope, self.view.today, self.view.day)


async def requested_view(
    connection: AsyncConnection, request: PageRequest, permission: Permission | None = None
) -> RequestedView:
    """The view of a page's request; `as_at` in its address is the day, today without."""
    wanted = permission or request.permission
    asked = day_asked(request.http.query_params, "as_at")
    return await view_for(connection, request.app, request.user, wanted, asked)


async def view_for(
    connection: AsyncConnection, app: AppState, user: User, permission: Permission, asked: DayAsked
) -> RequestedView:
    """The view that a user's permission covers, on the day that is asked for."""
    today: date = london_day(app.clock())
    tracked = await tracked_concerns(connection, app.policy)
    view = view_of(user.scope(permission), today, asked.day, counted(tracked))
    return RequestedView(view, tracked, asked)
