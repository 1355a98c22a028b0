"""The course of every form: shown, checked, put on the broker, and back as a status.

What a form becomes is known by the form's own token: sent twice, it counts once.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import orjson
from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.envelope import Event, Refusal, read_event
from schemas.events.catalogue import PAGES_SOURCE, type_of
from schemas.policy import FormKind
from services.access.audit import Act
from services.access.roles import May
from services.oversight.case_file import CaseFile
from services.store import event_log
from services.store.locks import lock
from services.web.forms.answers import Answers
from services.web.kit.csrf import form_name, receipt
from services.web.kit.errors import changed_meanwhile
from services.web.kit.request import NotHere, Visit
from services.web.kit.routing import SESSION_FIELD
from services.web.kit.templates import page
from services.web.pages.case_access import open_file
from services.web.pages.recent_views import look_again

Said = tuple[str, dict[str, Any]]
"""What a form says: the name of an event, and its data."""

WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.03

_NOT_STORED = (
    "It is not recorded yet, because the message broker does not answer. What you typed is still "
    "here: send it again in a minute. Sent twice, it counts once."
)


class Form(ABC):
    """One form. `kind` is what the policy calls it, `may` who may fill it in."""

    kind: ClassVar[FormKind]
    may: ClassVar[May]
    template: ClassVar[str]
    done: ClassVar[str]
    """What is said when it is recorded."""

    def applies(self, file: CaseFile, about: str) -> bool:
        """Whether there is something to fill it in about."""
        del file, about
        return True

    @abstractmethod
    def heading(self, file: CaseFile, about: str) -> str:
        """The heading of the page."""

    @abstractmethod
    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """What the template needs besides, and the values that stand in a new form: `given`."""

    @abstractmethod
    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """What the form says; where an answer is wrong, that is told in the answers.

        `name` is the form's own, for the ids of what it makes.
        """

    def written_meanwhile(self, file: CaseFile, about: str, answers: Answers) -> str:
        """What somebody else did meanwhile to what the form is about; empty where nothing."""
        del file, about, answers
        return ""


_HELD: dict[str, tuple[asyncio.Lock, int]] = {}
"""Locks by young person, each with how many hold it or wait for it."""


@asynccontextmanager
async def _alone(visit: Visit, person: str) -> AsyncIterator[None]:
    """One form at a time for a young person: the second sees what the first did.

    In this process by a lock, among several on PostgreSQL by the database's.
    """
    held, many = _HELD.get(person, (asyncio.Lock(), 0))
    _HELD[person] = (held, many + 1)
    try:
        # Each holds a connection while it needs another: so few at once that none waits for ever.
        async with held, visit.parts.forms, visit.parts.database.reading() as connection:
            await lock(connection, [f"form\x1f{person}"])
            yield
    finally:
        held, many = _HELD.pop(person)
        if many > 1:
            _HELD[person] = (held, many - 1)


async def show(visit: Visit, form: Form, file: CaseFile, about: str) -> Response:
    """The form, new."""
    if not form.applies(file, about):
        raise NotHere
    if not visit.parts.policy.pages.is_here(form.kind):
        return page(
            visit, "form_elsewhere.html.j2", file=file, heading=form.heading(file, about),
            case_link=visit.parts.links.case(file.person),
        )  # fmt: skip
    return _page(visit, form, file, about, Answers(lambda _: ""), new=True)


async def take(visit: Visit, form: Form, file: CaseFile, about: str) -> Response:
    """The form, sent: record what it says, and go back to the case."""
    if not visit.parts.policy.pages.is_here(form.kind):
        raise NotHere
    name = form_name(visit.answer(SESSION_FIELD))
    async with _alone(visit, file.person):
        file = await open_file(visit, file.person)
        sent = await _are_stored(visit, [f"{name}-1"])
        if not form.applies(file, about):
            return _back(visit, file, form, name, 1) if sent else changed_meanwhile(visit, file)
        answers = Answers(visit.answer)
        said = form.read(visit, file, about, answers, name)
        if answers.faults and not sent:
            return _page(visit, form, file, about, answers, status=422)
        if answers.faults or await _are_stored(visit, _ids(name, said)):
            return _back(visit, file, form, name, 1)
        changed = "" if sent else form.written_meanwhile(file, about, answers)
        if changed:
            return _page(visit, form, file, about, answers, status=409, meanwhile=changed)
        events = _events(visit, file, name, said)
        detail = f"{form.kind} {name}"
        await visit.parts.audit.record(visit.person, Act.RECORDED, file.person, detail)
        look_again(visit, file.person)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                for event in events:
                    await visit.parts.send(orjson.dumps(event))
        except (NotStoredError, *BROKER_ERRORS):
            answers.fault("send", _NOT_STORED)
            return _page(visit, form, file, about, answers, status=503)
        await _comes_back(visit, _ids(name, said))
        visit.parts.watch.expire()
    return _back(visit, file, form, name, len(said))


def _page(
    visit: Visit,
    form: Form,
    file: CaseFile,
    about: str,
    answers: Answers,
    *,
    status: int = 200,
    new: bool = False,
    meanwhile: str = "",
) -> Response:
    told = form.shown(visit, file, about)
    if not new:  # the same form: whatever of it was stored already counts once
        told["token"] = partial(visit.answer, SESSION_FIELD)
        told["seen"] = told.get("seen", "") if meanwhile else answers["seen"]
    given: Mapping[str, str] = told.pop("given", {})
    return page(
        visit,
        f"forms/{form.template}",
        status=status,
        form=form,
        file=file,
        about=about,
        heading=form.heading(file, about),
        value=(lambda name: given.get(name, "")) if new else (lambda name: answers[name]),
        faults=answers.faults,
        anchor=answers.anchor,
        asks_about_names=answers.asks_about_names,
        meanwhile=meanwhile,
        **told,
    )


def _events(visit: Visit, file: CaseFile, name: str, said: Sequence[Said]) -> list[dict[str, Any]]:
    """What the form says as events, each read as the tracker will read it.

    Raises:
        ValueError: the contract does not allow what was made: a fault of ours.
    """
    events = [event_of(visit, file, name, n, *item) for n, item in enumerate(said, 1)]
    if any(event.doubts for event in as_read(events)):
        raise ValueError(name)
    return events


def event_of(
    visit: Visit, file: CaseFile, name: str, place: int, kind: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """One thing that a form says, as an event; what was left empty is left out."""
    return {
        "specversion": "1.0",
        "id": f"{name}-{place}",
        "source": PAGES_SOURCE,
        "type": type_of(kind),
        "subject": file.person,
        "time": visit.parts.clock().isoformat(),
        "datacontenttype": "application/json",
        "sequence": place,
        "data": {field: value for field, value in data.items() if value is not None},
    }


def as_read(events: Sequence[dict[str, Any]]) -> list[Event]:
    """Events as the tracker reads them.

    Raises:
        ValueError: the contract does not allow one.
    """
    told = [read_event(orjson.loads(orjson.dumps(event))) for event in events]
    for item in told:
        if isinstance(item, Refusal):
            raise ValueError(item.reason)  # noqa: TRY004 (its value is wrong, not its type)
    return [event for event in told if isinstance(event, Event)]


def _ids(name: str, said: Sequence[Said]) -> list[str]:
    return [f"{name}-{place}" for place in range(1, len(said) + 1)]


async def _are_stored(visit: Visit, ids: Sequence[str]) -> bool:
    async with visit.parts.database.reading() as connection:
        return await event_log.are_stored(connection, PAGES_SOURCE, ids)


async def _comes_back(visit: Visit, ids: Sequence[str]) -> bool:
    """Wait, briefly, until what was sent is in the store and has its status."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_SECONDS
    while not await _are_stored(visit, ids):
        if loop.time() > end:
            return False
        await asyncio.sleep(_LOOK_SECONDS)
    return True


def _back(visit: Visit, file: CaseFile, form: Form, name: str, many: int) -> Response:
    """To the case, with a receipt for so many events, which only this session can show."""
    query = urlencode({"done": form.kind, "form": name, "events": many,
                       "receipt": receipt(f"{form.kind} {name} {many}", visit.secret)})  # fmt: skip
    return RedirectResponse(f"/cases/{quote(file.person, safe='')}?{query}", 303)
