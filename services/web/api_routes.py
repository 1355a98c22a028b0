"""The routes of the API: statuses, the summary, one young person."""

from dataclasses import asdict
from typing import Annotated

from fastapi import HTTPException, Query, Request

from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.oversight.actions_sheet import actions_sheet
from services.oversight.case_file import (
    TooManyEventsError,
    case_file,
    file_as_known,
    may_open,
)
from services.oversight.cases import case_on
from services.oversight.derived_by import not_derived
from services.oversight.measures.measured import measured
from services.oversight.summary import summarise, trend
from services.store import case_figures, weekly_reports
from services.store.actions import STANDINGS
from services.store.case_filter import Filter
from services.store.cases import is_visible, statuses_after
from services.web.api_answers import (
    actions_of,
    concern_of,
    listed_action_of,
    measure_of,
    owners_of,
    row_of,
    status_of,
)
from services.web.api_caller import UNKNOWN, Reader, app_state
from services.web.api_models import (
    ActionsOut,
    CaseOut,
    DueWeekOut,
    MeasuresOut,
    PointOut,
    QuestionOut,
    StatusOut,
    StatusPage,
    SummaryOut,
)
from services.web.api_questions import day_of, read_cursor, time_of, write_cursor
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
    after = read_cursor(cursor)
    async with app.database.reading() as connection:
        requested = await view_for(
            connection, app, reader, Permission.SEE_CASES, day_of(as_at, "as_at")
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
        items=[row_of(case_on(stretch, view.day), period) for stretch, period in shown],
        next=write_cursor(shown[-1][0]) if len(found) > limit else None,
    )


async def summary(request: Request, reader: Reader, as_at: AsAt = "") -> SummaryOut:
    """The counts of a day by concern, colour and team, for the caller, and the trend of reds."""
    app = app_state(request)
    async with app.database.reading() as connection:
        requested = await view_for(
            connection, app, reader, Permission.SEE_CASES, day_of(as_at, "as_at")
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
        concerns=[concern_of(item) for item in figures],
        owners=owners_of(owners),
        trend=[PointOut(on=point.on, red=dict(point.red)) for point in points],
    )


async def actions(request: Request, reader: Reader, as_at: AsAt = "") -> ActionsOut:
    """Actions late, due within a week and done within the last, and four weeks of done in time."""
    app = app_state(request)
    async with app.database.reading() as connection:
        requested = await view_for(
            connection, app, reader, Permission.SEE_CASES, day_of(as_at, "as_at")
        )
        sheet = await actions_sheet(connection, requested.view)
        incomplete = await not_derived(connection, app.policy)
    items = [
        listed_action_of(item, standing) for standing in STANDINGS for item in sheet.lists[standing]
    ]
    detail = f"{len(items)} actions of {requested.view.day}"
    await app.audit.record(reader, Act.READ_API, detail=detail)
    return ActionsOut(
        as_of=requested.view.day,
        not_derived=incomplete,
        items=items,
        weeks=[DueWeekOut(**asdict(week)) for week in sheet.weeks],
    )


async def measures(request: Request, reader: Reader, as_at: AsAt = "") -> MeasuresOut:
    """The oversight measures of a day."""
    app = app_state(request)
    async with app.database.reading() as connection:
        requested = await view_for(
            connection, app, reader, Permission.SEE_CASES, day_of(as_at, "as_at")
        )
        found = await measured(connection, requested.view, app.mail_context.measures)
        incomplete = await not_derived(connection, app.policy)
    await app.audit.record(reader, Act.READ_API, detail=f"measures of {requested.view.day}")
    return MeasuresOut(
        as_of=requested.view.day,
        not_derived=incomplete,
        items=[measure_of(item) for item in found],
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
    asked = day_of(as_at, "as_at") if as_at else day_of(as_of, "as_of")
    if "\x00" in person or len(person) > _LONGEST_REFERENCE:
        raise HTTPException(404, UNKNOWN)
    known = time_of(known_at)
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
            StatusOut.model_validate(status_of(case, then.period(case.concern)))
            for case in then.cases
        ],
        actions={case.concern: actions_of(case) for case in then.cases},
        questions=[
            QuestionOut(field=q.field, text=q.text, settle=q.settle, source=q.source, event=q.event)
            for q in then.questions
        ],
    )
