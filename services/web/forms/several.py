"""Several cases recorded at once: each with an answer of its own, or one for all.

Where one of them cannot be recorded as it stands, none is, and the page says why.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from events.broker import BROKER_ERRORS
from events.publish import NotStoredError
from schemas.case_reference import is_case_reference
from schemas.days import london_day
from schemas.status import Concern
from services.access.audit import Act
from services.web.forms.answers import Answers
from services.web.forms.form import Recording
from services.web.forms.submission import NOT_STORED, send_in, wait_until_stored
from services.web.kit import csrf
from services.web.kit.request import NotFound, PageRequest
from services.web.pages.case_access import MovedOn

MOST = 50
"""Cases on one page: whoever has more begins with the gravest."""

_CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that was ticked, and what it is about: a concern, or nothing."""

    person: str
    about: str

    def field(self, name: str) -> str:
        """The field of its own answer to a question."""
        return own_field(name, self.person, self.about)

    def has_own(self, request: PageRequest, shared: Collection[str]) -> bool:
        """Whether it has an answer of its own to any of the questions that are shared."""
        return any(request.form_value(self.field(name)) for name in shared)

    def answers(self, request: PageRequest, shared: Collection[str]) -> Answers:
        """Its answers: to the questions that are shared its own, else all of those for all."""
        own = self.has_own(request, shared)

        def value_of(name: str) -> str:
            return request.form_value(self.field(name) if own and name in shared else name)

        return Answers(value_of)


def own_field(name: str, person: str, about: str = "") -> str:
    """The name of the field by which one case has an answer of its own."""
    return f"{name}.{about}.{person}"


def chosen_field(person: str, about: str = "") -> str:
    """The name of the box that chooses a case."""
    return own_field(_CHOSEN, person, about)


@dataclass(frozen=True, slots=True)
class Several:
    """A form about several cases.

    Attributes:
        form: what is recorded of each.
        did: what was done to them, in a word that an address has.
        shared: the questions with an answer for all, of which each may have its own.
        check: reads the answers of one, given the day, and adds what is wrong with them.
        abouts: what they may be about.
        most: cases on one page.
    """

    form: Recording
    did: str
    shared: tuple[str, ...]
    check: Callable[[Answers, date], object]
    abouts: Collection[str] = tuple(Concern)
    most: int = MOST

    async def submit(
        self,
        request: PageRequest,
        path: str,
        show: Callable[[Answers, int], Awaitable[Response]],
        **query: str,
    ) -> Response:
        """Record every case that was chosen, and go back to the page; sent twice, it counts once.

        Args:
            request: the form as it was sent.
            path: the page's.
            show: the page with what is wrong and a status.
            query: what the page's address has besides.
        """
        chosen = list(self._chosen(request))[: self.most]
        answers = Answers(request.form_value)
        self._check(request, answers, chosen)
        if answers.faults:
            return await show(answers, 422)
        try:
            done = await self._record(request, chosen)
        except (NotStoredError, *BROKER_ERRORS):
            answers.fault("send", NOT_STORED)
            return await show(answers, 503)
        receipt = csrf.receipt(f"{self.did} {done}", request.key)
        address = urlencode({**query, "done": str(done), "receipt": receipt})
        return RedirectResponse(f"{path}?{address}", 303)

    def number_done(self, request: PageRequest) -> int | None:
        """How many were just recorded; None without a valid receipt."""
        query = request.http.query_params
        done, receipt = query.get("done", ""), query.get("receipt", "")
        if not done.isdigit():
            return None
        is_valid = csrf.is_valid_receipt(receipt, f"{self.did} {done}", request.key)
        return int(done) if is_valid else None

    def values(self, answers: Answers) -> dict[str, Any]:
        """What the page of every such form needs."""
        return {
            "answers": answers, "faults": answers.faults, "anchor": answers.anchor,
            "asks_about_names": answers.asks_about_names, "chosen_field": chosen_field,
            "own_field": own_field,
            "is_chosen": lambda case: bool(answers[chosen_field(case.person, case.concern)]),
        }  # fmt: skip

    def _chosen(self, request: PageRequest) -> Iterator[Chosen]:
        """What was ticked, as far as it can be read."""
        for name in request.form or ():
            box, _, rest = name.partition(".")
            about, _, person = rest.partition(".")
            if box == _CHOSEN and person and about in self.abouts:
                yield Chosen(person, about)

    def _check(self, request: PageRequest, answers: Answers, chosen: Collection[Chosen]) -> None:
        """Add what is wrong with the answers of each, at its own field where it has one."""
        if not chosen:
            answers.fault("cases", "Choose at least one case")
        today = london_day(request.app.clock())
        for item in chosen:
            mine = item.answers(request, self.shared)
            self.check(mine, today)
            own = self.shared if item.has_own(request, self.shared) else ()
            answers.add_faults_of(mine, partial(_field, item, own))

    async def _record(self, request: PageRequest, chosen: Collection[Chosen]) -> int:
        """Record each, and wait until they are stored; how many were recorded.

        What is recorded already, or has nothing any more to record it about, is passed over.

        Raises:
            NotStoredError: the stream refused it; one of `BROKER_ERRORS`: the broker does not
                answer.
        """
        sent = []
        for item in chosen:
            answers = item.answers(request, self.shared)
            try:
                ids = await send_in(request, self.form, item.person, item.about, answers)
            except NotFound:
                if is_case_reference(item.person):
                    await request.app.audit.record(request.user, Act.WAS_DENIED, item.person)
                continue
            except MovedOn:
                continue
            if ids is not None:
                sent.append(ids)
        await wait_until_stored(request, [id_ for ids in sent for id_ in ids])
        return len(sent)


def _field(item: Chosen, own: Collection[str], name: str) -> str:
    """The field in which an answer of one case was given: its own, else that for all."""
    return item.field(name) if name in own else name
