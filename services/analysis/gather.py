"""What the analysis of a day is made of: the figures of pages, digests and the interface."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import CollectionYear, year_of
from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.derivation import Rules
from services.oversight.actions_sheet import ActionsSheet, actions_sheet
from services.oversight.annual_return import CareLeaverPreview, preview_care_leavers
from services.oversight.campaigns import Progress, seen_by
from services.oversight.cases import view_of
from services.oversight.comparators.beside import Beside, published_beside
from services.oversight.comparators.definition import Comparator
from services.oversight.derived_by import not_derived
from services.oversight.measures.definition import Measure
from services.oversight.measures.measured import Measured, measured
from services.oversight.policies_in_force import PolicyBegan, policies_begun
from services.oversight.reviewing_officers import ReviewingSheet, reviewing_sheet
from services.oversight.summary import ConcernSummary, Point, summarise, trend
from services.oversight.tracked import counted, tracked_concerns
from services.oversight.work_due import pending, waiting_for
from services.store import annual_return, case_figures, weekly_reports
from services.store.annual_return import Count, FlawCount, Wanted
from services.store.scope import Scope
from services.store.view import View
from services.store.workloads import Workload, workloads

_OF_ALL = Scope(everything=True)
"""The whole council, without whoever is restricted to named people: as others' pages have it."""


class TeamCounts(NamedTuple):
    """How many cases of a concern a team has of each colour; an empty name is none."""

    service: str
    team: str
    concern: Concern
    red: int
    amber: int
    green: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that the analysis of a day says, for the cases that a reader may see.

    Attributes:
        council: the council's name.
        day: the day that it is of.
        made_at: when it was made (UTC).
        policy: the policy's name; empty where it has none.
        begun: the policies that began within the weeks of the trend.
        is_whole: whether it is of the whole council.
        not_derived: what is left out or out of date, in sentences.
        concerns: the counts of each concern.
        trend: reds by concern, week by week.
        owners: how many cases by service, team, concern and colour.
        pending: key activity that is pending, by team.
        waiting: reds that wait to be acknowledged, by step.
        actions: actions by owner, and how many of each week were done in time.
        workloads: what each worker has.
        measures: each with its figures, and what is published beside it.
        reviewing: escalations, reviews and caseloads of reviewing officers.
        year: the collection year of the annual return.
        leavers: its care leavers by age and suitability, and what would fail.
        placements: children looked after by placement code.
        of_episodes: what would fail of episodes.
        campaigns: review campaigns.
    """

    council: str
    day: date
    made_at: datetime
    policy: str
    begun: Sequence[PolicyBegan]
    is_whole: bool
    not_derived: Sequence[str]
    concerns: Sequence[ConcernSummary]
    trend: Sequence[Point]
    owners: Sequence[tuple[str | None, str | None, Concern, Rag, int]]
    pending: Mapping[str, Mapping[str, int]]
    waiting: Mapping[str, int]
    actions: ActionsSheet
    workloads: Sequence[Workload]
    measures: Sequence[tuple[Measured, Sequence[Beside]]]
    reviewing: ReviewingSheet
    year: CollectionYear
    leavers: CareLeaverPreview
    placements: Sequence[Count]
    of_episodes: Sequence[FlawCount]
    campaigns: Sequence[Progress]

    def by_team(self) -> list[TeamCounts]:
        """The counts of each service, team and concern, a row each."""
        found: dict[tuple[str, str, Concern], Counter[Rag]] = {}
        for service, team, concern, rag, number in self.owners:
            found.setdefault((service or "", team or "", concern), Counter())[rag] += number
        return [
            TeamCounts(*of, counts[Rag.RED], counts[Rag.AMBER], counts[Rag.GREEN])
            for of, counts in found.items()
        ]


@dataclass(frozen=True, slots=True)
class AnalysisInputs:
    """What an analysis needs besides the store.

    Attributes:
        rules: the policy and its rule book.
        measures: the oversight measures.
        comparators: what is published beside them.
    """

    rules: Rules
    measures: Sequence[Measure]
    comparators: Sequence[Comparator]

    @property
    def policy(self) -> Policy:
        """The policy."""
        return self.rules.policy


async def analyse_all(
    connection: AsyncConnection, day: date, inputs: AnalysisInputs, now: datetime
) -> Analysis:
    """Read the analysis of a day of the whole council, without whoever is restricted."""
    tracked = await tracked_concerns(connection, inputs.policy)
    view = view_of(_OF_ALL, day, tracked=counted(tracked))
    return await analyse(connection, view, tracked, inputs, now)


async def analyse(
    connection: AsyncConnection,
    view: View,
    tracked: Mapping[Concern, bool],
    inputs: AnalysisInputs,
    now: datetime,
    reader: str = "",
) -> Analysis:
    """Read the analysis of a day.

    Args:
        connection: where it is read.
        view: whose cases, and on which day.
        tracked: which concerns are counted.
        inputs: the policy, the measures and what is published.
        now: when it is made.
        reader: who reads it (a staff id), to whom campaigns of their own are shown.
    """
    policy, year = inputs.policy, year_of(view.day)
    last = await weekly_reports.last_before(connection, view.day)
    points = await trend(connection, view)
    found = await measured(connection, view, inputs.measures)
    return Analysis(
        council=policy.council,
        day=view.day,
        made_at=now,
        policy=policy.name,
        begun=await policies_begun(connection, points[0].on, view.day),
        is_whole=view.scope.everything,
        not_derived=await not_derived(connection, policy),
        concerns=await summarise(connection, view, tracked, last, policy.baseline),
        trend=points,
        owners=await case_figures.by_owner(connection, view),
        pending=await pending(connection, view),
        waiting=await waiting_for(connection, view),
        actions=await actions_sheet(connection, view, 0),
        workloads=await workloads(connection, view),
        measures=[
            (item, published_beside(item.measure, inputs.comparators, policy.published_as))
            for item in found
        ],
        reviewing=await reviewing_sheet(connection, view, inputs.rules.rulebook, limit=0),
        year=year,
        leavers=await preview_care_leavers(connection, view, year),
        placements=await annual_return.open_by_placement(connection, view, Wanted(year)),
        of_episodes=await annual_return.flaw_counts(connection, view, "episodes", year),
        campaigns=await seen_by(connection, view, reader),
    )
