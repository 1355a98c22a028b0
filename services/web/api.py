"""The interface for machines: the same statuses as JSON, under the same rules of access.

A bearer token, made by `sightline token make`, reads everything as an analyst would; a signed-in
person's session reads what that person may see.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from schemas.days import london_day, read_day
from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.directory import User
from services.access.roles import Permission, Role
from services.oversight.board import Case
from services.oversight.case_file import case_file
from services.store import sessions
from services.web.kit.problems import problem
from services.web.kit.request import page_request
from services.web.state import AppState

_MOST = 1000
_LONGEST_REFERENCE = 400
_UNKNOWN = "There is no such case, or it is not yours to see."


class ReasonOut(BaseModel):
    """One rule that gave a colour."""

    rule: str
    rag: Rag
    text: str
    source: str
    facts: dict[str, Any]


class StatusOut(BaseModel):
    """The status of one young person and concern on a day, as the contract prints it."""

    person: str
    concern: Concern
    rag: Rag
    rule_rag: Rag
    since: date
    since_basis: Literal["exact", "at_least"]
    not_green_since: date | None
    next_change: date | None
    statutory: Literal["unsuitable", "suitable", "unlawful", "lawful"] | None
    override: dict[str, Any] | None
    reasons: list[ReasonOut]


class StatusRow(StatusOut):
    """A status with whose case it is and what is done about it."""

    team: str | None
    service: str | None
    personal_adviser: str | None
    social_worker: str | None
    open_actions: int
    next_action_due: date | None
    action_late: bool
    climbed_to: str | None
    acknowledged_by_roles: list[str]


class StatusPage(BaseModel):
    """Some statuses, and the cursor that asks for the next; null at the end."""

    as_of: date
    tracked: list[Concern] = Field(description="Concerns that are counted here")
    items: list[StatusRow]
    next: str | None


class ActionOut(BaseModel):
    """An open action; its words are not told to machines."""

    id: str
    kind: str
    owner: str
    due: date
    late: bool


class QuestionOut(BaseModel):
    """A doubt that somebody can settle."""

    field: str
    text: str
    settle: str
    source: str
    event: str


class CaseOut(BaseModel):
    """One young person: the statuses of a day, the actions, and what is in doubt."""

    person: str
    as_of: date
    statuses: list[StatusOut]
    actions: dict[Concern, list[ActionOut]]
    questions: list[QuestionOut]


def make_api() -> FastAPI:
    """The application that is mounted at `/api`. It has no pages of its own, only the document."""
    api = FastAPI(
        title="Sightline", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        description="Statuses of young people in care and leaving care, as JSON. Send the token "
        "as `Authorization: Bearer ...`.",
    )  # fmt: skip
    api.get("/statuses", response_model=StatusPage, summary="Statuses of today")(statuses)
    api.get("/cases/{person:path}", response_model=CaseOut, summary="One young person")(one_case)
    api.add_exception_handler(StarletteHTTPException, _http_problem)
    api.add_exception_handler(RequestValidationError, _validation_problem)
    return api


async def _caller(request: Request) -> User:
    """Who calls: by token, else by session.

    Raises:
        HTTPException: 401 where neither is right.
    """
    app = _app_state(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        async with app.database.reading() as connection:
            token = await sessions.token_of(connection, secret.strip())
        if token is not None and token.source is not None:
            raise HTTPException(403, f"This token publishes for {token.source} and reads nothing.")
        if token is not None:
            return app.directory.user(f"token {token.name}", (Role.ANALYST,))
    else:
        session = await page_request(request)
        if session.signed_in is not None:
            return session.signed_in
    raise HTTPException(401, "Send a token that holds, as Authorization: Bearer, or sign in.")


async def _reader(caller: Annotated[User, Depends(_caller)]) -> User:
    """A caller who may see cases; for anybody else there is nothing here.

    Raises:
        HTTPException: 404.
    """
    if Permission.SEE_CASES not in caller.permissions:
        raise HTTPException(404, _UNKNOWN)
    return caller


Reader = Annotated[User, Depends(_reader)]


async def statuses(
    request: Request,
    reader: Reader,
    concern: Concern | None = None,
    rag: Rag | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 200,
    cursor: Annotated[str, Query(description="`next` of the page before")] = "",
) -> StatusPage:
    """Every status of today that the caller may see, by person and concern."""
    app = _app_state(request)
    board = await app.watch.now(app.clock())
    after = _read_cursor(cursor)
    seen = sorted(
        case.key
        for case in board.cases.values()
        if (concern is None or case.status.concern is concern)
        and (rag is None or case.status.rag is rag)
        and reader.sight(Permission.SEE_CASES).sees(case.status)
    )
    wanted = [key for key in seen if (key[0], str(key[1])) > after][: limit + 1]
    shown = wanted[:limit]
    await app.audit.record(reader, Act.READ_API, detail=f"{len(shown)} statuses")
    return StatusPage(
        as_of=board.day,
        tracked=[c for c in Concern if board.tracked[c]],
        items=[_row(board.cases[key]) for key in shown],
        next=_write_cursor(*shown[-1]) if len(wanted) > limit else None,
    )


async def one_case(request: Request, reader: Reader, person: str, as_of: str = "") -> CaseOut:
    """One young person on a day; today where none is given."""
    app = _app_state(request)
    today = london_day(app.clock())
    try:
        day = read_day(as_of) if as_of else today
    except ValueError as error:
        raise HTTPException(422, "as_of must be a date such as 2026-11-20.") from error
    if "\x00" in person or len(person) > _LONGEST_REFERENCE:
        raise HTTPException(404, _UNKNOWN)
    board = await app.watch.now(app.clock())
    async with app.database.reading() as connection:
        file = await case_file(
            connection,
            person,
            today,
            app.policy,
            app.rules.rulebook,
            board=board,
        )
    if file is None or not reader.sight(Permission.SEE_CASES).sees(file.owner):
        await app.audit.record(reader, Act.WAS_DENIED, person)
        raise HTTPException(404, _UNKNOWN)
    await app.audit.record(reader, Act.SAW_CASE, person)
    then = file.on(day)
    cases = then.cases
    return CaseOut(
        person=person,
        as_of=day,
        statuses=[StatusOut.model_validate(_status(case)) for case in cases],
        actions={
            case.status.concern: [ActionOut.model_validate(asdict(a)) for a in case.actions]
            for case in cases
        },
        questions=[
            QuestionOut(field=q.field, text=q.text, settle=q.settle, source=q.source, event=q.event)
            for q in then.questions
        ],
    )


def _status(case: Case) -> dict[str, Any]:
    status = case.status
    return {
        "person": status.person,
        "concern": status.concern,
        "rag": status.rag,
        "rule_rag": status.rule_rag,
        "since": status.since,
        "since_basis": status.since_basis,
        "not_green_since": status.not_green_since,
        "next_change": case.next_change,
        "statutory": status.statutory,
        "override": status.override,
        "reasons": [reason.as_json() for reason in status.reasons],
    }


def _row(case: Case) -> StatusRow:
    status = case.status
    return StatusRow.model_validate(
        _status(case)
        | {
            "team": status.team,
            "service": status.service,
            "personal_adviser": status.personal_adviser,
            "social_worker": status.social_worker,
            "open_actions": len(case.actions),
            "next_action_due": case.actions[0].due if case.actions else None,
            "action_late": case.late,
            "climbed_to": case.climbed.to if case.climbed else None,
            "acknowledged_by_roles": [item.role for item in case.acknowledged],
        }
    )


def _write_cursor(person: str, concern: Concern) -> str:
    return urlsafe_b64encode(f"{concern}\x1f{person}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, str]:
    if not cursor:
        return "", ""
    try:
        concern, mark, person = urlsafe_b64decode(cursor.encode()).decode().partition("\x1f")
    except (Base64Error, ValueError):
        concern, mark, person = "", "", ""
    if not mark or concern not in list(Concern):
        raise HTTPException(422, "cursor must be `next` of the page before, unchanged.")
    return person, concern


def _app_state(request: Request) -> AppState:
    app: AppState = request.app.state.app_state
    return app


async def _http_problem(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, StarletteHTTPException):
        raise error
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
    return problem(error.status_code, str(error.detail), headers=headers)


async def _validation_problem(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        {"field": str(item["loc"][-1]), "value": str(item.get("input")), "cure": item["msg"]}
        for item in error.errors()
    ]
    title = "; ".join(f"{f['field']} is {f['value']!r}: {f['cure']}" for f in faults)
    return problem(422, title, faults=faults)
