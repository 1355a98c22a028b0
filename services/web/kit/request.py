"""A visit: one request, by whom, and by what right."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request

from services.access.directory import Person
from services.access.roles import May
from services.web.state import Parts


class NotHere(Exception):  # noqa: N818 (it is an answer, not an error)
    """There is no such thing, or not for the one who asks. `person` is the case that was tried."""

    def __init__(self, person: str = "") -> None:
        super().__init__()
        self.person = person


@dataclass(slots=True)
class Visit:
    """One request, by whom, with what it needs.

    `form` is what was posted, `right` what the door asked for that they came through.
    """

    request: Request
    parts: Parts
    somebody: Person | None = None
    secret: str = ""
    form: FormData | None = None
    right: May | None = None

    @property
    def through(self) -> May:
        """The right by which they came in.

        Raises:
            NotHere: they came by a door that is open to everybody.
        """
        if self.right is None:
            raise NotHere
        return self.right

    @property
    def person(self) -> Person:
        """Who is signed in; a door that is not open lets nobody else in."""
        if self.somebody is None:
            raise NotHere
        return self.somebody

    def answer(self, name: str) -> str:
        """What was typed into a field, without the spaces around it."""
        value = self.form.get(name, "") if self.form is not None else ""
        return value.replace("\x00", "").strip() if isinstance(value, str) else ""

    def may(self, may: May) -> bool:
        """Whether the person may do something."""
        return self.somebody is not None and may in self.somebody.may


async def visit_of(request: Request) -> Visit:
    """Who comes with this request."""
    parts: Parts = request.app.state.parts
    secret = request.cookies.get(parts.cookie, "")
    somebody = await parts.sessions.person(secret) if secret else None
    return Visit(request, parts, somebody, secret if somebody else "")
