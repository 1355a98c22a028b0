"""Review campaigns: a cohort that was fixed on a day, each of whom is to be risk-assessed by one.

What they are and who is in them is kept here, and derived from nothing; how far they have come
follows from the reviews that were held. Every query of people starts from what its reader may see
(`services/store/scope.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Rag
from services.store.assignments import with_assignments
from services.store.bulk import add
from services.store.cohorts import who_now, with_survivors
from services.store.columns import among
from services.store.tables import (
    assignments,
    campaign_members,
    campaigns,
    cases,
    reviews_held,
)
from services.store.view import View


@dataclass(frozen=True, slots=True)
class Campaign:
    """A review campaign.

    Attributes:
        id: its name in addresses.
        title: what people call it.
        query: the filter of the list of cases that made its cohort, as an address has it.
        cohort_on: the day of that list.
        begun_on: the day from which a risk assessment counts.
        due: the day by which each is to be assessed.
        begun_by: who began it (a staff id).
        made_at: when (UTC).
        ended_on: the day on which somebody ended it before all were assessed.
        ended_by: who did.
        ended_why: why.
    """

    id: str
    title: str
    query: Mapping[str, str]
    cohort_on: date
    begun_on: date
    due: date
    begun_by: str
    made_at: datetime
    ended_on: date | None = None
    ended_by: str | None = None
    ended_why: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a cohort, on a day.

    Attributes:
        person: their reference, of today.
        concerns: the concerns by which they came into the cohort.
        assessed_on: the day of the first risk assessment that counts, by the day asked about.
        applying: the concerns that apply to them on that day.
        team, social_worker, personal_adviser: whose they are on that day.
    """

    person: str
    concerns: tuple[str, ...]
    assessed_on: date | None
    applying: tuple[str, ...]
    team: str | None
    social_worker: str | None
    personal_adviser: str | None

    @property
    def state(self) -> str:
        """How they stand, in words."""
        if self.assessed_on:
            return "assessed"
        return "left" if self.applying else "no concern applies"

    @property
    def is_left(self) -> bool:
        """Whether they are still to be assessed."""
        return self.assessed_on is None and bool(self.applying)

    @property
    def to_assess(self) -> str:
        """The concern about which to record it: one by which they came in, if it can be."""
        return next((it for it in self.concerns if it in self.applying), self.applying[0])


async def keep(
    connection: AsyncConnection, campaign: Campaign, members: Mapping[str, Collection[str]]
) -> None:
    """Begin a campaign with its cohort: people, each with the concerns by which they are in it.

    The same again changes nothing.
    """
    if await of_id(connection, campaign.id) is not None:
        return
    values = {name: getattr(campaign, name) for name in _COLUMNS} | {"query": dict(campaign.query)}
    await connection.execute(insert(campaigns), [values])
    rows = [
        {"campaign": campaign.id, "person": person, "concerns": sorted(concerns)}
        for person, concerns in sorted(members.items())
    ]
    await add(connection, campaign_members, rows)


async def end(connection: AsyncConnection, id_: str, day: date, who: str, why: str) -> None:
    """End a campaign early; one that has ended stays as it is."""
    await connection.execute(
        update(campaigns)
        .where(campaigns.c.id == id_, campaigns.c.ended_on.is_(None))
        .values(ended_on=day, ended_by=who, ended_why=why)
    )


async def of_id(connection: AsyncConnection, id_: str) -> Campaign | None:
    """A campaign by its id."""
    row = (await connection.execute(select(campaigns).where(campaigns.c.id == id_))).one_or_none()
    return _campaign(row) if row else None


async def begun_by_day(connection: AsyncConnection, day: date) -> list[Campaign]:
    """The campaigns that had begun by a day, the last first."""
    rows = await connection.execute(
        select(campaigns)
        .where(campaigns.c.begun_on <= day)
        .order_by(campaigns.c.begun_on.desc(), campaigns.c.made_at.desc(), campaigns.c.id)
    )
    return [_campaign(row) for row in rows]


async def members(connection: AsyncConnection, view: View, campaign: Campaign) -> list[Member]:
    """The cohort as it stands on a day, of those whom a reader may see, by reference.

    Whoever became somebody else since is who they are now, once.
    """
    now = who_now()
    whose = assignments.c
    rows = await connection.execute(
        with_assignments(
            with_survivors(), now, view,
            now.label("person"), campaign_members.c.concerns,
            _assessed_on(view, campaign, now).label("assessed_on"),
            whose.team, whose.social_worker, whose.personal_adviser,
        )
        .where(campaign_members.c.campaign == campaign.id)
        .order_by(now)
    )  # fmt: skip
    found: dict[str, Any] = {}
    for row in rows:
        before = found.get(row.person)
        concerns = sorted({*row.concerns, *(before["concerns"] if before else ())})
        found[row.person] = {**row._asdict(), "concerns": tuple(concerns)}
    applying = await _applying(connection, found, view.day)
    return [Member(**values, applying=applying[values["person"]]) for values in found.values()]


def _assessed_on(view: View, campaign: Campaign, person: ColumnElement[str]) -> ColumnElement[Any]:
    """The first risk assessment since the campaign began, or before and for it."""
    c = reviews_held.c
    return (
        select(func.min(c.held_on))
        .where(
            c.person == person,
            c.kind == "risk_assessment",
            c.held_on <= view.day,
            or_(c.held_on >= campaign.begun_on, c.campaign == campaign.id),
        )
        .scalar_subquery()
    )


async def _applying(
    connection: AsyncConnection, people: Collection[str], day: date
) -> dict[str, tuple[str, ...]]:
    """The concerns that apply on a day to people who were found in what a reader may see."""
    c = cases.c
    rows = await connection.execute(
        select(c.person, c.concern)
        .where(among(c.person, people), c.start <= day, c.until > day, c.rag != Rag.NONE.value)
        .order_by(c.person, c.concern)
    )
    found: dict[str, list[str]] = {person: [] for person in people}
    for person, concern in rows:
        found[person].append(concern)
    return {person: tuple(concerns) for person, concerns in found.items()}


_COLUMNS: Sequence[str] = (
    "id", "title", "query", "cohort_on", "begun_on", "due", "begun_by", "made_at", "ended_on",
    "ended_by", "ended_why",
)  # fmt: skip


def _campaign(row: Any) -> Campaign:
    return Campaign(**{name: getattr(row, name) for name in _COLUMNS})
