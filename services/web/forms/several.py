"""Acknowledging several escalated reds at once: each with a sentence of its own, or one for all."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.days import london_day
from schemas.status import Concern
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.escalation import STEPS
from services.oversight.cases import Case, cases_listed, view_of
from services.oversight.escalation import why_climbed
from services.oversight.tracked import counted, tracked_concerns
from services.store.case_filter import Filter
from services.store.cases import count_cases
from services.web.forms.acknowledgement import Acknowledgement
from services.web.forms.answers import Answers
from services.web.forms.submission import NOT_STORED, send_in, wait_until_stored
from services.web.kit import csrf
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.pages.case_access import MovedOn

PATH = "/acknowledgements"
MOST = 50
"""Cases on one page: whoever has more begins with the gravest."""

_CHOSEN, _NOTE = "chosen", "note"
_FORM = Acknowledgement()

routes = Routes()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that was ticked, by the names of its fields."""

    person: str
    concern: Concern

    @property
    def note(self) -> str:
        """The field of its own sentence."""
        return note_field(self.person, self.concern)


def note_field(person: str, concern: Concern) -> str:
    """The name of the field of a case's own sentence."""
    return f"{_NOTE}.{concern}.{person}"


def chosen_field(person: str, concern: Concern) -> str:
    """The name of the box that chooses a case."""
    return f"{_CHOSEN}.{concern}.{person}"


@routes.get(PATH, Permission.ACKNOWLEDGE)
async def to_acknowledge(request: PageRequest) -> Response:
    """The reds that wait for the user's acknowledgement, the gravest first, to choose from."""
    return await _page(request, Answers(lambda _: ""), done=_done(request))


@routes.post(PATH, Permission.ACKNOWLEDGE)
async def acknowledge(request: PageRequest) -> Response:
    """Acknowledge every case that was chosen; where one cannot be, none is, and the page says why.

    What is sent twice counts once, case by case.
    """
    chosen = _chosen(request)
    answers = Answers(request.form_value)
    if not chosen:
        answers.fault("cases", "Choose at least one case")
    for item in chosen:
        answers.text(item.note if answers[item.note] else _NOTE)
    if answers.faults:
        return await _page(request, answers, status=422)
    try:
        each = [await _acknowledge_one(request, item) for item in chosen]
    except (NotStoredError, *BROKER_ERRORS):
        answers.fault("send", NOT_STORED)
        return await _page(request, answers, status=503)
    sent = [ids for ids in each if ids is not None]
    await wait_until_stored(request, [id_ for ids in sent for id_ in ids])
    statement = f"acknowledged {len(sent)}"
    query = {"done": len(sent), "receipt": csrf.receipt(statement, request.key)}
    return RedirectResponse(f"{PATH}?{urlencode(query)}", 303)


async def _acknowledge_one(request: PageRequest, item: Chosen) -> list[str] | None:
    """Acknowledge one case; None where that is done already, or it is red no longer."""
    note = request.form_value(item.note) or request.form_value(_NOTE)
    answers = Answers(lambda name: note if name == _NOTE else request.form_value(name))
    try:
        return await send_in(request, _FORM, item.person, item.concern.value, answers)
    except (NotFound, MovedOn):
        return None


def _chosen(request: PageRequest) -> list[Chosen]:
    """What was ticked, as far as it can be read."""
    found = []
    for name in request.form or ():
        box, _, rest = name.partition(".")
        concern, _, person = rest.partition(".")
        if box == _CHOSEN and person and concern in list(Concern):
            found.append(Chosen(person, Concern(concern)))
    return found[:MOST]


def _done(request: PageRequest) -> int | None:
    """How many were just acknowledged; None without a valid receipt."""
    query = request.http.query_params
    done = query.get("done", "")
    statement = f"acknowledged {done}"
    if not done.isdigit() or not csrf.is_valid_receipt(
        query.get("receipt", ""), statement, request.key
    ):
        return None
    return int(done)


async def _page(
    request: PageRequest, answers: Answers, *, status: int = 200, done: int | None = None
) -> Response:
    """The page, new or as it was sent.

    Raises:
        NotFound: no red climbs to the user, or the policy has the form in the case system.
    """
    step = next((role.value for role in request.user.roles if role in STEPS), None)
    if step is None or not request.app.policy.pages.is_here(_FORM.kind):
        raise NotFound
    async with request.app.database.reading() as connection:
        found, total = await _waiting(connection, request, step)
    await request.app.audit.record(request.user, Act.LISTED_CASES, detail="to acknowledge")
    values: dict[str, Any] = {
        "cases": found, "total": total, "done": done, "answers": answers,
        "faults": answers.faults, "asks_about_names": answers.asks_about_names,
        "chosen_field": chosen_field, "note_field": note_field,
        "is_chosen": lambda case: bool(answers[chosen_field(case.person, case.concern)]),
        "why_climbed": lambda case: why_climbed(case, request.app.policy),
    }  # fmt: skip
    return page(request, "acknowledgements.html.j2", status=status, **values)


async def _waiting(
    connection: AsyncConnection, request: PageRequest, step: str
) -> tuple[list[Case], int]:
    """The first reds that wait for a step's acknowledgement, and how many there are."""
    tracked = await tracked_concerns(connection, request.app.policy)
    today = london_day(request.app.clock())
    view = view_of(request.user.scope(request.permission), today, tracked=counted(tracked))
    wanted = Filter(awaits=step)
    found = await cases_listed(connection, view, wanted, limit=MOST)
    return found, await count_cases(connection, view, wanted)
