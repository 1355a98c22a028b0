"""Rendering of pages from templates, with the components of GOV.UK Frontend."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from starlette.responses import HTMLResponse

from schemas.case_reference import case_path
from schemas.days import plain_day, plain_moment
from schemas.events.catalogue import title_of
from schemas.status import Concern, Rag
from services.access.roles import Permission
from services.templating import template_environment
from services.web.kit.csrf import new_token
from services.web.kit.request import PageRequest

STATIC = Path(__file__).parents[1] / "static"

_COMPONENTS = {
    "back-link": "govukBackLink",
    "breadcrumbs": "govukBreadcrumbs",
    "button": "govukButton",
    "checkboxes": "govukCheckboxes",
    "date-input": "govukDateInput",
    "error-summary": "govukErrorSummary",
    "input": "govukInput",
    "inset-text": "govukInsetText",
    "notification-banner": "govukNotificationBanner",
    "pagination": "govukPagination",
    "radios": "govukRadios",
    "select": "govukSelect",
    "service-navigation": "govukServiceNavigation",
    "skip-link": "govukSkipLink",
    "textarea": "govukTextarea",
    "warning-text": "govukWarningText",
}

_NAVIGATION = (
    ("Overview", "/", Permission.SEE_OVERVIEW),
    ("Cases", "/cases", Permission.SEE_CASES),
    ("Actions", "/actions", Permission.SEE_CASES),
    ("Work due", "/work", Permission.SEE_CASES),
    ("Measures", "/measures", Permission.SEE_OVERVIEW),
    ("Reviewing officers", "/reviewing-officers", Permission.SEE_CASES),
    ("Analysis", "/analysis", Permission.TRY_POLICY),
    ("Annual return", "/return", Permission.TRY_POLICY),
    ("Policy", "/policy", Permission.TRY_POLICY),
    ("Questions", "/questions", Permission.SEE_QUESTIONS),
    ("Data quality", "/quality", Permission.SEE_QUESTIONS),
    ("Feeds", "/feeds", Permission.SEE_FEEDS),
    ("Refused events", "/refused", Permission.SEE_REFUSED),
    ("Digests", "/digests", Permission.SEE_DIGESTS),
    ("Audit log", "/audit", Permission.SEE_AUDIT),
)


@cache
def static_url(name: str) -> str:
    """The address of a static file; another content has another address, so it can be kept."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


def moment(value: datetime | None) -> str:
    """A moment in London, to the minute; never, where there is none."""
    return plain_moment(value) if value else "never"


def day(value: date | str | None) -> str:
    """A day as GOV.UK writes it."""
    if value is None:
        return "no date"
    return plain_day(date.fromisoformat(value) if isinstance(value, str) else value)


def pluralise(number: int, one: str, more: str = "") -> str:
    """A number with its noun: 1 case, 2 cases."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def in_page_order(
    faults: Mapping[str, str], fields: str, anchor: Callable[[str], str]
) -> dict[str, str]:
    """The faults of a form in the order in which its fields stand on the page.

    Args:
        faults: sentences by the name of the field.
        fields: the fields as they are rendered.
        anchor: the id of the input of a field.
    """

    def place(name: str) -> int:
        found = fields.find(f'id="{anchor(name)}"')
        return found if found >= 0 else len(fields)

    return {name: faults[name] for name in sorted(faults, key=place)}


@cache
def environment() -> Environment:
    """The environment of the templates, in which an undefined name is an error.

    GOV.UK Frontend's macros read values that are not there, so they have an environment of their
    own that allows it.
    """
    components = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages = template_environment(extensions=["jinja2.ext.do"])
    for folder, macro in _COMPONENTS.items():
        module = components.get_template(
            f"govuk_frontend_jinja/components/{folder}/macro.html"
        ).module
        pages.globals[macro] = getattr(module, macro)
    pages.globals.update(
        static_url=static_url, pluralise=pluralise, Rag=Rag, Concern=Concern,
        Permission=Permission, event_title=title_of,
    )  # fmt: skip
    pages.filters.update(day=day, moment=moment, case_path=case_path, in_page_order=in_page_order)
    return pages


def page(request: PageRequest, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page that answers a request; `values` are what its template needs besides."""
    text = environment().get_template(f"pages/{template}").render(_context(request) | values)
    return HTMLResponse(text, status)


def _context(request: PageRequest) -> dict[str, Any]:
    app, user = request.app, request.signed_in
    path = request.http.url.path
    return {
        "council": app.policy.council,
        "user": user,
        "display_name": app.directory.display_name,
        "team_name": app.directory.team_name,
        "service_name": app.directory.service_name,
        "navigation": [
            {"text": text, "href": href, "active": path == href or path.startswith(f"{href}/")}
            for text, href, permission in _NAVIGATION
            if user is not None and permission in user.permissions
        ],
        "whose": sha256(user.id.encode()).hexdigest()[:12] if user else "",
        "idle_seconds": int(app.sessions.limits.idle.total_seconds()) if user else 0,
        "is_demo": bool(app.demo_users),
        "token": (lambda: new_token(request.key)) if request.secret else (lambda: ""),
        "can": request.can,
    }
