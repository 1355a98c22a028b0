"""The routes of the API: statuses, the summary, one young person."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import HTTPException, Query, Request
from pydantic_core import PydanticCustomError

from schemas.days import read_day, read_time
from schemas.status import Concern, Period, Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.stretch import Stretch
from services.oversight.case_file import (
    TooManyEventsError,
    case_file,
    file_as_known,
    may_open,
)
from services.oversight.cases import Case, case_on
from services.oversight.derived_by import not_derived
from services.oversight.summary import ConcernSummary, summarise, trend
from services.store import case_figures, weekly_reports
from services.store.case_filter import Filter
from services.store.cases import is_visible, statuses_after
from services.web.api_caller import UNKNOWN, Reader, app_state
from services.web.api_models import (
    ActionOut,
    BaselineOut,
    CaseOut,
    ColourCounts,
    ConcernOut,
    OwnerOut,
    PointOut,
    QuestionOut,
    StatusOut,
    StatusPage,
    StatusRow,
    SummaryOut,
)
from services.web.kit.day_asked import DayAsked, day_asked
from services.web.kit.views import view_for

_MOST = 1000
_LONGEST_REFERENCE = 400
_TOO_MANY_EVENTS = (
    "More events were sent under this reference than of anybody's life: it is set aside, and none "
    "of its statuses is known."
)

AsAt = Annotated[str, Query(description="The day asked about, such as 2026-11-20; today without")]


async def statuses(
    request: Request,
    reader: Reader,
    concern: Concern | None = None,
    rag: Rag | None = None,
    as_at: AsAt = "",
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 200,
    cursor: Annotated[str, Query(description="`next` of the page before")] = "",
) -> StatusPage:
    """Every status of a day that the caller may see, by person and concern."""
    app = app_state(request)
    after = _read_cursor(cursor)
    async with app.database.reading() as connection:
        requested = await view_for(
            connection, app, reader, Permission.SEE_CASES, _day(as_at, "as_at")
        )
        view = requested.all_concerns
        wanted = Filter(concern=concern, rag=rag)
        found = await statuses_after(connection, view, wanted, after, limit + 1)
        incomplete = await not_derived(connection, app.policy)
    shown = found[:limit]
    await app.audit.record(reader, Act.READ_API, detail=f"{len(shown)} statuses of {view.day}")
    return StatusPage(
        as_of=view.day,
        tracked=list(requested.view.tracked),
        not_derived=incomplete,
        items=[_row(case_on(stretch, view.day), period) for stretch, period in shown],
        next=_write_cursor(shown[-1][0]) if len(found) > limit else None,
    )


async def summary(request: Request, reader: Reader, as_at: AsAt = "") -> SummaryOut:
    """The counts of a day by concern, colour and team, for the caller, and the trend of reds."""
    app = app_state(request)
    async with app.database.reading() as connection:
        requested = await view_for(
            connection, app, reader, Permission.SEE_CASES, _day(as_at, "as_at")
        )
        view = requested.view
        last = await weekly_reports.last_before(connection, view.day)
        figures = await summarise(connection, view, requested.tracked, last, app.policy.baseline)
        owners = await case_figures.by_owner(connection, view)
        points = await trend(connection, view)
        incomplete = await not_derived(connection, app.policy)
    await app.audit.record(reader, Act.READ_API, detail=f"summary of {view.day}")
    return SummaryOut(
        as_of=view.day,
        tracked=list(view.tracked),
        not_derived=incomplete,
        concerns=[_concern(item) for item in figures],
        owners=_owners(owners),
        trend=[PointOut(on=point.on, red=dict(point.red)) for point in points],
    )


async def one_case(
    request: Request,
    reader: Reader,
    person: str,
    as_of: AsAt = "",
    as_at: AsAt = "",
    known_at: Annotated[str, Query(description="As it was known at this time, RFC 3339")] = "",
) -> CaseOut:
    """One young person on a day, as known now or at a time; `as_of` and `as_at` mean the same."""
    app = app_state(request)
    asked = _day(as_at, "as_at") if as_at else _day(as_of, "as_of")
    if "\x00" in person or len(person) > _LONGEST_REFERENCE:
        raise HTTPException(404, UNKNOWN)
    known = _time(known_at)
    async with app.database.reading() as connection:
        requested = await view_for(connection, app, reader, Permission.SEE_CASES, asked)
        today, day = requested.view.today, requested.view.day
        try:
            file = await case_file(connection, person, today, app.rules)
        except TooManyEventsError:
            if not await is_visible(connection, requested.view, person):
                await app.audit.record(reader, Act.WAS_DENIED, person)
                raise HTTPException(404, UNKNOWN) from None
            raise HTTPException(503, _TOO_MANY_EVENTS) from None
        if file is None or not await may_open(connection, requested.view.scope, file):
            await app.audit.record(reader, Act.WAS_DENIED, person)
            raise HTTPException(404, UNKNOWN)
        then = file.on(day)
        if known is not None:
            as_known = await file_as_known(connection, requested.view.scope, then, known)
            if as_known is None:
                raise HTTPException(404, "Nothing was known of this young person by then.")
            then = as_known
        incomplete = await not_derived(connection, app.policy)
    await app.audit.record(reader, Act.SAW_CASE, person)
    return CaseOut(
        person=person,
        as_of=day,
        not_derived=incomplete,
        statuses=[
            StatusOut.model_validate(_status(case, then.period(case.concern)))
            for case in then.cases
        ],
        actions={case.concern: _actions(case) for case in then.cases},
        questions=[
            QuestionOut(field=q.field, text=q.text, settle=q.settle, source=q.source, event=q.event)
            for q in then.questions
        ],
    )


def _status(case: Case, period: Period | None) -> dict[str, Any]:
    return {} if period is None else period.as_status(case.person)


def _actions(case: Case) -> list[ActionOut]:
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


def _row(case: Case, period: Period) -> StatusRow:
    return StatusRow.model_validate(
        _status(case, period)
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


def _concern(item: ConcernSummary) -> ConcernOut:
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


def _owners(rows: list[tuple[str | None, str | None, Concern, Rag, int]]) -> list[OwnerOut]:
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


def _day(value: str, name: str) -> DayAsked:
    """The day that is asked about.

    Raises:
        HTTPException: 422, the date cannot be meant.
    """
    try:
        return DayAsked(name, read_day(value) if value else None, "", {})
    except PydanticCustomError:
        asked = day_asked({name: value}, name)
    if asked.fault:
        raise HTTPException(422, f"{name} is {value!r}: {asked.fault}.")
    return asked


def _time(value: str) -> datetime | None:
    try:
        return read_time(value).astimezone(UTC) if value else None
    except PydanticCustomError as error:
        raise HTTPException(422, f"known_at is {value!r}: {error.message()}.") from error


def _write_cursor(stretch: Stretch) -> str:
    return urlsafe_b64encode(f"{stretch.concern}\x1f{stretch.person}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, str]:
    """The person and concern after which the next page begins.

    Raises:
        HTTPException: 422, it is no cursor of ours.
    """
    if not cursor:
        return "", ""
    try:
        concern, mark, person = urlsafe_b64decode(cursor.encode()).decode().partition("\x1f")
    except (Base64Error, ValueError):
        concern, mark, person = "", "", ""
    if not mark or concern not in list(Concern):
        raise HTTPException(422, "cursor must be `next` of the page before, unchanged.")
    return person, concern
