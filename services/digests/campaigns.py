"""Review campaigns that are open, as a digest has them: days and numbers."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.digest import CampaignLine
from services.oversight.campaigns import seen_by
from services.store.view import View


async def open_campaigns(
    connection: AsyncConnection, view: View, link: Callable[[str], str | None]
) -> tuple[CampaignLine, ...]:
    """The open campaigns in which a recipient has somebody; `link` opens one by its id."""
    return tuple(
        CampaignLine(
            begun_on=item.campaign.begun_on,
            due=item.campaign.due,
            total=item.all.total,
            left=item.all.left,
            late=item.is_overdue,
            link=link(item.campaign.id),
        )
        for item in await seen_by(connection, view, "")
        if item.is_open and item.left
    )
