"""The case page of one young person: colours, reasons, time lines, actions and forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from starlette.responses import RedirectResponse, Response

from schemas.case_reference import case_path, from_segment
from schemas.days import end_of_day, plain_day
from schemas.permissions import PAGES_SOURCE
from schemas.status import Concern, Period, Rag
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.resolution import Fact
from services.assessment.temporal import as_date
from services.oversight.case_file import CaseFile, file_as_known
from services.oversight.case_note import STILL_RED, case_note
from services.oversight.cases import Case
from services.oversight.escalation import why_climbed
from services.oversight.reviewing_officers import escalations_of
from services.oversight.tracked import tracked_concerns
from services.oversight.what_came_of_it import what_came_of_it
from services.store import refused_events, reported_cases
from services.web.forms.actions import action_row
from services.web.forms.catalogue import (
    ACTION_UPDATE,
    NEW_ESCALATION,
    SUCCESS_MESSAGES,
    is_permitted,
    offered,
)
from services.web.kit.charts import TimeLines, time_lines
from services.web.kit.csrf import is_valid_receipt
from services.web.kit.day_asked import day_asked
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.pages.case_access import MovedOn, open_file
from services.web.pages.digest_links import record_opened

routes = Routes()

_VISITS_SHOWN = 12
"""The last visits; all of them are among the events."""

_BACK, _AHEAD = timedelta(days=548), timedelta(days=183)
"""How much of the past and of the future a time line shows: a year and a half, and half a year."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the last form recorded, as a note to copy, and what came of it. `late`: not back yet."""

    done: str
    notes: str
    came_of_it: tuple[str, ...]
    late: bool


@routes.get("/cases/{person:path}", Permission.SEE_CASES)
async def case(request: PageRequest) -> Response:
    """One young person's page; with `as_at` or `known_at`, as it was, or as it was known."""
    person = from_segment(request.http.path_params["person"])
    query = request.http.query_params
    try:
        if digest := query.get("digest"):
            await open_file(request, person)
            await record_opened(request, digest, person)
            return RedirectResponse(case_path(person), 303)
        return page(request, "case.html.j2", **await _values(request, person))
    except MovedOn as moved:
        return RedirectResponse(case_path(moved.into), 303)


async def _values(request: PageRequest, person: str) -> dict[str, Any]:
    """Everything on the page, once it is recorded that the user views it.

    Raises:
        NotFound: there is no such young person, or they are not for the user to see.
        MovedOn: they were merged into one who is.
    """
    query = request.http.query_params
    async with request.app.database.reading() as connection:
        file = await open_file(request, person, connection)
        names = [person, *(name for name in file.names if name != person)]
        refused = await refused_events.refused_about(connection, names)
        reported = await reported_cases.reported_of_person(connection, names)
        tracked = await tracked_concerns(connection, request.app.policy)
    entry = await request.app.audit.record(request.user, Act.SAW_CASE, person)
    as_at, known_at = day_asked(query, "as_at"), day_asked(query, "known_at")
    then: CaseFile | None = file.on(as_at.day) if as_at.day else file
    if then and known_at.day:
        scope = request.user.scope(request.permission)
        async with request.app.database.reading() as connection:
            then = await file_as_known(connection, scope, then, end_of_day(known_at.day))
    return {
        "file": then or file,
        "tracked": tracked,
        "nothing_known": then is None,
        "is_today": as_at.day is None and known_at.day is None,
        "as_at": as_at,
        "known_at": known_at,
        "faults": {f"{asked.name}-day": asked.fault for asked in (as_at, known_at) if asked.fault},
        "recorded": _recorded(request, file, query),
        "as_known": partial(_as_known, file),
        "refused": refused,
        "reported": reported,
        "views": await request.app.recent_views.with_view(entry, names),
        **_shown(request, then or file, is_today=then is file),
    }


def _shown(request: PageRequest, file: CaseFile, *, is_today: bool) -> dict[str, Any]:
    """What was in force on the day of the file; what begins later is shown for today only."""
    on = file.day.toordinal()

    def so_far(facts: Iterable[Fact]) -> list[Any]:
        return [fact.data for fact in facts if fact.day <= on][::-1]

    actions = [action_row(action, file) for action in file.facts.actions]
    actions = [item for item in actions if is_today or item["state"] != "planned"]
    actions.sort(key=lambda item: (item["state"] != "open", item["due"]))
    return {
        "case_link": request.app.links.case(file.person),
        "lines": _lines(file),
        "actions": actions,
        "by_concern": {
            concern: [a for a in actions if a["concern"] is concern and a["state"] == "open"]
            for concern in Concern
        },
        "reviews": so_far(file.facts.reviews),
        "visits": so_far(file.facts.visits)[:_VISITS_SHOWN],
        "missing": [spell for spell in reversed(file.facts.missing) if spell.start <= on],
        "day_so_far": lambda day: as_date(day) if day <= on else None,
        "iro_escalations": escalations_of(file),
        "level_title": request.app.policy.reviewing_officers.title,
        "new_escalation": NEW_ESCALATION,
        "may_escalate": is_permitted(NEW_ESCALATION, file, request.user),
        "acknowledgements": so_far(file.facts.acknowledgements),
        "explanations": so_far(file.facts.explanations),
        "extensions": [
            item.fact.data
            for some in file.facts.extensions.values()
            for item in some
            if item.start <= on
        ],
        "still_red": STILL_RED,
        "form_policy": request.app.policy.pages,
        "offered": lambda concern: offered(file, concern, request.user),
        "may_update_actions": is_permitted(ACTION_UPDATE, file, request.user),
        "events": file.events,
        "whole_lines": [(c, line) for c in Concern if (line := _applying(file.line(c)))],
        "next_colour": partial(_next_colour, file),
        "why_climbed": partial(why_climbed, policy=request.app.policy),
        "fact": fact_in_words,
        "loop_id": _event_id,
        "counts": lambda e: (e.source, e.id, e.digest) in file.counted,
        "born": file.facts.born,
        "closed": [as_date(fact.day) for fact in file.facts.closings if fact.day <= on],
    }


def _next_colour(file: CaseFile, case: Case) -> str:
    """The colour that a case turns by itself, in words."""
    rag = next((p.rag for p in file.line(case.concern) if p.start == case.next_change), None)
    return "when it no longer applies" if rag in (None, Rag.NONE) else f"to {rag}"


def _as_known(file: CaseFile, concern: Concern, day: date) -> Rag:
    """The colour of a day as it is known now."""
    return next((p.rag for p in file.line(concern) if p.covers(day)), Rag.NONE)


def fact_in_words(value: Any) -> str:
    """A fact of a reason as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(fact_in_words(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(
            f"{name.replace('_', ' ')}: {fact_in_words(item)}" for name, item in value.items()
        )
    try:
        return plain_day(date.fromisoformat(value)) if isinstance(value, str) else str(value)
    except ValueError:
        return str(value)


def _event_id(event: Mapping[str, str]) -> str:
    """The anchor of an event on the page, made of its source and id."""
    return sha256(f"{event['source']} {event['id']}".encode()).hexdigest()[:12]


def _lines(file: CaseFile) -> TimeLines:
    first = file.day - _BACK
    return time_lines(
        {concern: _applying(file.line(concern)) for concern in Concern},
        file.day,
        first,
        file.day + _AHEAD,
    )


def _applying(line: list[Period]) -> list[Period]:
    return line if any(period.rag is not Rag.NONE for period in line) else []


def _recorded(request: PageRequest, file: CaseFile, query: Mapping[str, str]) -> Recorded | None:
    """What the user has just recorded by a form; None without a valid receipt."""
    kind, form, count = (query.get(name, "") for name in ("done", "form", "events"))
    statement, receipt = f"{kind} {form} {count}", query.get("receipt", "")
    if kind not in SUCCESS_MESSAGES or not is_valid_receipt(receipt, statement, request.key):
        return None
    own = [
        event
        for event in reversed(file.events)
        if event.source == PAGES_SOURCE and event.id.startswith(f"{form}-")
    ]
    notes = "\n\n".join(case_note(event) for event in own)
    before = file.without_events({(event.source, event.id) for event in own})
    came_of_it = tuple(what_came_of_it(before, file))
    return Recorded(SUCCESS_MESSAGES[kind], notes, came_of_it, late=len(own) < int(count))
