"""How every form is shown, checked, published as events, and answered once they are stored.

The ids of the events are made of a secret, the session, the case, the form and its token: a form
that is sent twice counts once, and nobody chooses the id of an event.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

import orjson
from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.channel import FROM_PAGES
from events.publish import NotStoredError, to_message, with_headers
from schemas.case_reference import case_path
from schemas.permissions import PAGES_SOURCE
from services.access.audit import Act
from services.logs import note_received
from services.oversight.case_file import CaseFile
from services.oversight.cases import Case
from services.oversight.escalation import why_climbed
from services.store import event_log
from services.traces import Step
from services.web.forms.answers import Answers
from services.web.forms.drafts import EventDraft, event_ids, to_events
from services.web.forms.form import Form, Recording
from services.web.kit import csrf
from services.web.kit.errors import conflict
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import TOKEN_FIELD
from services.web.kit.templates import page
from services.web.pages.case_access import open_file

WAIT_SECONDS = 5.0
"""How long an answer waits for the broker, and then for the tracker."""

_POLL_SECONDS = 0.03

NOT_STORED = (
    "It is not recorded yet, because the message broker does not answer. What you typed is still "
    "here: send it again in a minute. Sent twice, it counts once."
)


async def show(request: PageRequest, form: Form, file: CaseFile, about: str) -> Response:
    """A new form.

    Raises:
        NotFound: the case has nothing to fill it in about.
    """
    if not form.applies(file, about):
        raise NotFound
    if not request.app.policy.pages.is_here(form.kind):
        return page(
            request, "form_elsewhere.html.j2", file=file, heading=form.heading(file, about),
            case_link=request.app.links.case(file.person),
        )  # fmt: skip
    return _page(request, form, file, about, Answers(lambda _: ""), new=True)


async def submit(request: PageRequest, form: Form, file: CaseFile, about: str) -> Response:
    """Record a form that was sent, and redirect to the case.

    Raises:
        NotFound: the council's policy has the form in the case management system.
    """
    if not request.app.policy.pages.is_here(form.kind):
        raise NotFound
    form_id = _form_id(request, form, file.person, about)
    async with request.app.form_locks.hold(request.app.database, file.person):
        file = await open_file(request, file.person)
        is_repeat = await _are_stored(request, [f"{form_id}-1"])
        if not form.applies(file, about):
            if is_repeat:
                return _to_case(request, file, form, form_id, 1)
            return conflict(request, file)
        answers = Answers(request.form_value)
        drafts = form.drafts(request, file, about, answers, form_id)
        if answers.faults and not is_repeat:
            return _page(request, form, file, about, answers, status=422)
        ids = event_ids(form_id, drafts)
        if answers.faults or await _are_stored(request, ids):
            return _to_case(request, file, form, form_id, 1)
        changed = "" if is_repeat else form.changed_meanwhile(file, about, answers)
        if changed:
            return _page(request, form, file, about, answers, status=409, meanwhile=changed)
        try:
            await _send(request, form, file, form_id, drafts)
        except (NotStoredError, *BROKER_ERRORS):
            answers.fault("send", NOT_STORED)
            return _page(request, form, file, about, answers, status=503)
        await wait_until_stored(request, ids)
    return _to_case(request, file, form, form_id, len(drafts))


async def send_in(
    request: PageRequest, form: Recording, person: str, about: str, answers: Answers
) -> list[str] | None:
    """Record a form of one case, of several that are sent together, without waiting for it.

    Returns:
        The ids of its events; None where it is recorded already, or the case has nothing any more
        to record it about.

    Raises:
        NotStoredError: the stream refused it; one of `BROKER_ERRORS`: the broker does not answer.
        ValueError: the answers have faults, which whoever calls this has looked for.
        NotFound, MovedOn: as `open_file` does.
    """
    if not request.app.policy.pages.is_here(form.kind):
        raise NotFound
    form_id = _form_id(request, form, person, about)
    async with request.app.form_locks.hold(request.app.database, person):
        file = await open_file(request, person)
        if await _are_stored(request, [f"{form_id}-1"]) or not form.applies(file, about):
            return None
        drafts = form.drafts(request, file, about, answers, form_id)
        if answers.faults:
            raise ValueError(form_id)
        await _send(request, form, file, form_id, drafts)
        return event_ids(form_id, drafts)


def _form_id(request: PageRequest, form: Recording, person: str, about: str) -> str:
    """The id of a form that was sent, the same however often it is."""
    what = f"{person} {type(form).__name__} {about}"
    return csrf.form_id(request.form_value(TOKEN_FIELD), request.key, what)


async def _send(
    request: PageRequest,
    form: Recording,
    file: CaseFile,
    form_id: str,
    drafts: Sequence[EventDraft],
) -> None:
    """Put the events of a form on the broker, once it is recorded who does."""
    events = to_events(request, file, form_id, drafts)
    detail = f"{form.kind} {form_id}"
    await request.app.audit.record(request.user, Act.RECORDED, file.person, detail)
    request.app.recent_views.forget(file.person)
    step = Step("record a form", "server", sightline__form=form.kind)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            for event in events:
                message = to_message(orjson.dumps(event), FROM_PAGES)
                await request.app.send(with_headers(message, step.headers))
    finally:
        step.end()
    note_received(PAGES_SOURCE, event_ids(form_id, drafts))


def _page(
    request: PageRequest,
    form: Form,
    file: CaseFile,
    about: str,
    answers: Answers,
    *,
    status: int = 200,
    new: bool = False,
    meanwhile: str = "",
) -> Response:
    """The page of a form: new, or as it was sent, with what is wrong."""
    context = form.context(request, file, about)
    if not new:  # the same token, so that what is stored of the form already counts once
        context["token"] = partial(request.form_value, TOKEN_FIELD)
        context["seen"] = context.get("seen", "") if meanwhile else answers["seen"]
    initial: Mapping[str, str] = context.pop("initial", {})
    return page(
        request,
        f"forms/{form.template}",
        status=status,
        form=form,
        file=file,
        about=about,
        heading=form.heading(file, about),
        value=(lambda name: initial.get(name, "")) if new else (lambda name: answers[name]),
        faults=answers.faults,
        anchor=answers.anchor,
        asks_about_names=answers.asks_about_names,
        meanwhile=meanwhile,
        why_climbed=partial(why_climbed, policy=request.app.policy),
        first_reason=_first_reason,
        **context,
    )


def _first_reason(file: CaseFile, case: Case) -> str:
    """The worst reason for a case's colour; empty where no rule speaks."""
    period = file.period(case.concern)
    return period.worst_reason if period else ""


async def _are_stored(request: PageRequest, ids: Sequence[str]) -> bool:
    async with request.app.database.reading() as connection:
        return await event_log.are_stored(connection, PAGES_SOURCE, ids)


async def wait_until_stored(request: PageRequest, ids: Sequence[str]) -> None:
    """Wait until the tracker has stored the events, for `WAIT_SECONDS` at most."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_SECONDS
    while not await _are_stored(request, ids):
        if loop.time() > end:
            return
        await asyncio.sleep(_POLL_SECONDS)


def _to_case(
    request: PageRequest, file: CaseFile, form: Form, form_id: str, event_count: int
) -> Response:
    """Redirect to the case page, with a receipt of the events, valid in this session only."""
    statement = f"{form.kind} {form_id} {event_count}"
    query = urlencode({"done": form.kind, "form": form_id, "events": event_count,
                       "receipt": csrf.receipt(statement, request.key)})  # fmt: skip
    return RedirectResponse(f"{case_path(file.person)}?{query}", 303)
