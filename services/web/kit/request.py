"""A request for a page, with the signed-in user and the permission that its route requires."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request

from services.access.directory import User
from services.access.roles import Permission
from services.web.kit.csrf import SessionKey
from services.web.state import AppState


class NotFound(Exception):  # noqa: N818 (it is an answer, not an error)
    """There is no such thing, or not for this user. `person` is the case that was asked for."""

    def __init__(self, person: str = "") -> None:
        super().__init__()
        self.person = person


def address_of(http: Request) -> str:
    """Where a request comes from; empty where that is not known."""
    return http.client.host if http.client else ""


@dataclass(slots=True)
class PageRequest:
    """One request for a page.

    `http` is Starlette's request, `signed_in` the user where somebody is signed in, `secret` the
    secret of their session, `form` what was posted, and `required` the permission that the route
    requires; None where the route is public.
    """

    http: Request
    app: AppState
    signed_in: User | None = None
    secret: str = ""
    form: FormData | None = None
    required: Permission | None = None

    @property
    def key(self) -> SessionKey:
        """What proves that something was said to this session."""
        return SessionKey(self.app.secret, self.secret)

    @property
    def permission(self) -> Permission:
        """The permission that the route requires.

        Raises:
            NotFound: the route is public.
        """
        if self.required is None:
            raise NotFound
        return self.required

    @property
    def user(self) -> User:
        """The signed-in user.

        Raises:
            NotFound: nobody is signed in, which only a public route lets happen.
        """
        if self.signed_in is None:
            raise NotFound
        return self.signed_in

    def form_value(self, name: str) -> str:
        """What was typed into a field, without the spaces around it."""
        value = self.form.get(name, "") if self.form is not None else ""
        return value.replace("\x00", "").strip() if isinstance(value, str) else ""

    def can(self, permission: Permission) -> bool:
        """Whether the user has a permission, whatever cases it covers."""
        return self.signed_in is not None and permission in self.signed_in.permissions


async def page_request(http: Request) -> PageRequest:
    """A request with the user of its session cookie, if its session still holds."""
    app: AppState = http.app.state.app_state
    secret = http.cookies.get(app.cookie, "")
    user = await app.sessions.user(secret) if secret else None
    return PageRequest(http, app, user, secret if user else "")
