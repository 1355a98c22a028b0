"""What the API answers, made of what pages and digests read."""

from typing import Any

from schemas.status import Concern, Period, Rag
from services.oversight.cases import Case
from services.oversight.measures.measured import Measured
from services.oversight.summary import ConcernSummary
from services.store.actions import ListedAction, Standing
from services.web.api_models import (
    ActionOut,
    BaselineOut,
    ColourCounts,
    ConcernOut,
    ListedActionOut,
    MeasureOut,
    OwnerOut,
    StatusRow,
)


def status_of(case: Case, period: Period | None) -> dict[str, Any]:
    """A status as the contract has it; empty where no period is known."""
    return {} if period is None else period.as_status(case.person)


def actions_of(case: Case) -> list[ActionOut]:
    """The open actions of a case."""
    return [
        ActionOut(
            id=action.id,
            kind=action.kind,
            owner=action.owner,
            due=action.due,
            late=case.is_late(action),
        )
        for action in case.actions
    ]


def listed_action_of(item: ListedAction, standing: Standing) -> ListedActionOut:
    """An action of the actions sheet."""
    action = item.action
    return ListedActionOut(
        person=action.person, id=action.action_id, concern=action.concern, kind=action.kind,
        owner=action.owner, standing=standing, agreed=action.agreed, first_due=action.first_due,
        due=action.due, closed_on=action.closed_on, moves=len(action.moves), team=item.team,
        service=item.service,
    )  # fmt: skip


def measure_of(item: Measured) -> MeasureOut:
    """A measure with its figure, its target and what it is judged."""
    target = item.judgement.target
    return MeasureOut(
        measure=item.measure.id, name=item.measure.name, what=item.measure.what,
        unit=item.measure.unit, better=item.measure.better, value=item.figure.value,
        numerator=item.figure.numerator, denominator=item.figure.denominator,
        target=target.value if target else None, by=target.by if target else None,
        state=item.judgement.state,
    )  # fmt: skip


def row_of(case: Case, period: Period) -> StatusRow:
    """A case as a row of the list of statuses."""
    return StatusRow.model_validate(
        status_of(case, period)
        | {
            "team": case.team,
            "service": case.service,
            "personal_adviser": case.personal_adviser,
            "social_worker": case.social_worker,
            "reviewing_officer": case.reviewing_officer,
            "open_actions": len(case.actions),
            "next_action_due": case.action_due,
            "action_late": case.late,
            "climbed_to": case.step,
            "acknowledged_by_roles": [item.role for item in case.acknowledged],
            "review_due": case.review_due,
        }
    )


def concern_of(item: ConcernSummary) -> ConcernOut:
    """The counts of a concern."""
    baseline = item.baseline
    if not item.tracked:
        return ConcernOut(
            concern=item.concern, tracked=False, now=None, unlawful=None, rated_down=None,
            red_without_action=None, late_actions=None, without_owner=None, last_week=None,
            baseline=None,
        )  # fmt: skip
    return ConcernOut(
        concern=item.concern,
        tracked=item.tracked,
        now=_colours(item.now),
        unlawful=item.unlawful,
        rated_down=item.rated_down,
        red_without_action=item.no_action,
        late_actions=item.late,
        without_owner=item.unowned,
        last_week=_colours(item.last_week) if item.last_week is not None else None,
        baseline=BaselineOut(
            on=baseline.on,
            red=baseline.red,
            still_red=baseline.now[Rag.RED],
            amber=baseline.now[Rag.AMBER],
            green=baseline.now[Rag.GREEN],
            no_longer_applies=baseline.now[Rag.NONE],
            unowned_then=baseline.unowned_then,
        )
        if baseline
        else None,
    )


def owners_of(rows: list[tuple[str | None, str | None, Concern, Rag, int]]) -> list[OwnerOut]:
    """The counts of each service, team and concern."""
    found: dict[tuple[str | None, str | None, Concern], dict[Rag, int]] = {}
    for service, team, concern, rag, number in rows:
        found.setdefault((service, team, concern), {})[rag] = number
    return [
        OwnerOut(service=service, team=team, concern=concern, now=_colours(counts))
        for (service, team, concern), counts in found.items()
    ]


def _colours(counts: Any) -> ColourCounts:
    return ColourCounts(
        red=counts.get(Rag.RED, 0), amber=counts.get(Rag.AMBER, 0), green=counts.get(Rag.GREEN, 0)
    )
