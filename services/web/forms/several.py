"""Several cases recorded at once: each with an answer of its own, or one for all.

Where one of them cannot be recorded as it stands, none is, and the page says why.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from schemas.case_reference import is_case_reference
from services.access.audit import Act
from services.web.forms.answers import Answers
from services.web.forms.form import Recording
from services.web.forms.submission import send_in, wait_until_stored
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


def chosen_in(
    request: PageRequest, abouts: Collection[str] = ("",), most: int = MOST
) -> list[Chosen]:
    """What was ticked, as far as it can be read; no more than one page offers."""
    return list(_read(request, abouts))[:most]


def _read(request: PageRequest, abouts: Collection[str]) -> Iterator[Chosen]:
    for name in request.form or ():
        box, _, rest = name.partition(".")
        about, _, person = rest.partition(".")
        if box == _CHOSEN and person and about in abouts:
            yield Chosen(person, about)


async def record_each(
    request: PageRequest, form: Recording, chosen: Collection[Chosen], shared: Collection[str]
) -> int:
    """Record every case that was chosen, and wait until they are stored; how many were recorded.

    What is recorded already, or has nothing any more to record it about, is passed over.

    Raises:
        NotStoredError: the stream refused it; one of `BROKER_ERRORS`: the broker does not answer.
    """
    sent = []
    for item in chosen:
        try:
            ids = await send_in(
                request, form, item.person, item.about, item.answers(request, shared)
            )
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


def check_each(
    answers: Answers,
    request: PageRequest,
    chosen: Collection[Chosen],
    shared: Collection[str],
    check: Callable[[Answers], object],
) -> None:
    """Add what is wrong with the answers of each, at its own field where it has one."""
    if not chosen:
        answers.fault("cases", "Choose at least one case")
    for item in chosen:
        mine = item.answers(request, shared)
        check(mine)
        own = shared if item.has_own(request, shared) else ()
        answers.add_faults_of(mine, partial(_field, item, own))


def _field(item: Chosen, own: Collection[str], name: str) -> str:
    """The field in which an answer of one case was given: its own, else that for all."""
    return item.field(name) if name in own else name


def receipt_of(request: PageRequest, did: str, number: int) -> dict[str, str]:
    """What an address has to say how many were just recorded."""
    statement = f"{did} {number}"
    return {"done": str(number), "receipt": csrf.receipt(statement, request.key)}


def number_done(request: PageRequest, did: str) -> int | None:
    """How many were just recorded; None without a valid receipt."""
    query = request.http.query_params
    done, receipt = query.get("done", ""), query.get("receipt", "")
    if not done.isdigit() or not csrf.is_valid_receipt(receipt, f"{did} {done}", request.key):
        return None
    return int(done)
