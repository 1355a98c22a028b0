"""Pages out of templates: GOV.UK Frontend's components, our few of our own, nothing undefined."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from jinja2 import (
    ChainableUndefined,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from starlette.responses import HTMLResponse

from schemas.days import LONDON, plain_day
from schemas.status import Concern, Rag
from services.access.roles import May
from services.web.kit.cache import Kept
from services.web.kit.csrf import new_token
from services.web.kit.request import Visit

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
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
    ("Overview", "/", May.SEE_OVERVIEW),
    ("Cases", "/cases", May.SEE_CASES),
    ("Questions", "/questions", May.SEE_QUESTIONS),
    ("Data quality", "/quality", May.SEE_QUESTIONS),
    ("Feeds", "/feeds", May.SEE_FEEDS),
    ("Refused events", "/refused", May.SEE_REFUSED),
    ("Digests", "/digests", May.SEE_DIGESTS),
    ("Audit log", "/audit", May.SEE_AUDIT),
)


@cache
def static_url(name: str) -> str:
    """The address of a static file; another content has another address, so it can be kept."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


def moment(value: datetime | None) -> str:
    """A moment in London, to the minute: 3 March 2026, 14:05."""
    if value is None:
        return "never"
    local = value.astimezone(LONDON)
    return f"{plain_day(local.date())}, {local:%H:%M}"


def day(value: date | str | None) -> str:
    """A day as GOV.UK writes it."""
    if value is None:
        return "no date"
    return plain_day(date.fromisoformat(value) if isinstance(value, str) else value)


def many(number: int, one: str, more: str = "") -> str:
    """A number with its noun: 1 case, 2 cases."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


@cache
def environment() -> Environment:
    """The templates, with GOV.UK Frontend's macros, which need an environment that forgives."""
    components = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for folder, macro in _COMPONENTS.items():
        module = components.get_template(
            f"govuk_frontend_jinja/components/{folder}/macro.html"
        ).module
        pages.globals[macro] = getattr(module, macro)
    pages.globals.update(static_url=static_url, many=many, Rag=Rag, Concern=Concern, May=May)
    pages.filters.update(day=day, moment=moment)
    return pages


def page(visit: Visit, template: str, *, status: int = 200, **told: Any) -> HTMLResponse:
    """A page for one visit."""
    text = environment().get_template(f"pages/{template}").render(_context(visit) | told)
    return HTMLResponse(text, status)


_FORMS_MARK, _FRESH_MARK = token_hex(), token_hex()
"""Where what is new each time goes into a page that is kept; nobody can write these words."""

_KEPT: Kept[str] = Kept(400)


async def kept_page(
    visit: Visit,
    template: str,
    state: Hashable | None,
    told: Callable[[], Awaitable[Mapping[str, Any]]],
    fresh: Callable[[], Awaitable[str]] | None = None,
) -> HTMLResponse:
    """A page that is rendered once for a person and a state of things; `state` None keeps nothing.

    But for its form's token, and for a part of it that is new each time: `fresh`, as HTML.
    """

    async def render() -> str:
        marks = {"token": lambda: _FORMS_MARK, "fresh": _FRESH_MARK}
        values = _context(visit) | marks | dict(await told())
        return environment().get_template(f"pages/{template}").render(values)

    rendering = render() if state is None else _KEPT.get((template, visit.person, state), render)
    text = await rendering
    text = text.replace(_FORMS_MARK, new_token(visit.secret))
    if fresh is not None:
        text = text.replace(_FRESH_MARK, await fresh(), 1)
    return HTMLResponse(text)


def part(template: str, **told: Any) -> str:
    """A part of a page, as HTML."""
    return environment().get_template(f"pages/{template}").render(told)


def _context(visit: Visit) -> dict[str, Any]:
    parts, somebody = visit.parts, visit.somebody
    path = visit.request.url.path
    return {
        "council": parts.policy.council,
        "person": somebody,
        "called": parts.directory.called,
        "navigation": [
            {"text": text, "href": href, "active": path == href or path.startswith(f"{href}/")}
            for text, href, may in _NAVIGATION
            if somebody is not None and may in somebody.may
        ],
        "is_demo": bool(parts.made_up),
        "token": (lambda: new_token(visit.secret)) if visit.secret else (lambda: ""),
        "may": visit.may,
    }
