"""Rendering digests, notices and alarms as HTML that Outlook shows, and as the same plain text."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from schemas.days import plain_day
from schemas.digest import CaseLine, Digest, Notice
from schemas.recipients import ROLE_TITLES
from services.digests.sections import change, first_words, headline, scope, sections
from services.templating import Environment, template_environment

FONT = "font-family:Arial,Helvetica,sans-serif;"


def render_html(digest: Digest) -> str:
    """The HTML part: tables, inlined styles, bars as table cells; RAG as word, shape and colour."""
    return _environment(html=True).get_template("email/digest.html.j2").render(_context(digest))


def render_text(digest: Digest) -> str:
    """The plain-text part."""
    text = _environment(html=False).get_template("email/digest.txt.j2").render(_context(digest))
    return _tidy(text)


def _tidy(text: str) -> str:
    """Text without spaces at the ends of lines and without two empty lines together."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or number == 0 or lines[number - 1]]
    return "\n".join(kept).strip() + "\n"


def render_page(name: str, **context: Any) -> str:
    """A small page of its own, such as the index of the mailbox."""
    return _environment(html=True).get_template(name).render(context)


def _context(digest: Digest) -> dict[str, Any]:
    columns = ["Last week", "Four weeks ago"]
    if digest.baseline:
        columns.append(f"Baseline, {plain_day(digest.baseline.on)}")
    return {
        "digest": digest,
        "font": FONT,
        "headline": headline(digest),
        "role": ROLE_TITLES[digest.recipient.role],
        "scope": scope(digest),
        "first_words": first_words(digest),
        "without_cases": [
            item.concern.heading for item in digest.concerns if item.tracked and item.is_empty
        ],
        "sections": sections(digest),
        "columns": columns,
        "most": max((item.red for item in digest.concerns), default=0),
        "change": change,
        "footer": _FOOTER,
        "overview": digest.overview,
    }


def render_notice(notice: Notice) -> tuple[str, str]:
    """A same-day notice as HTML and as plain text."""
    count = len({item.reference or item for item in notice.items})
    context = {
        "notice": notice,
        "font": FONT,
        "role": ROLE_TITLES[notice.recipient.role],
        "headline": f"{count} young {'person is' if count == 1 else 'people are'} "
        "placed unlawfully.",
        "lead": "This is told on the day it became known here. Each stays in the weekly digest "
        "until it is no longer red.",
        "footer": _FOOTER,
        "overview": notice.overview,
    }
    return _both_parts("email/notice.html.j2", "email/notice.txt.j2", context)


def render_alarm(
    council: str, subject: str, sentences: list[str], feeds: str, overview: str
) -> tuple[str, str]:
    """The alarm of silent feeds as HTML and as plain text."""
    context = {
        "council": council,
        "subject": subject,
        "sentences": sentences,
        "feeds": feeds,
        "overview": overview,
        "font": FONT,
        "footer": "This mail was sent once by Sightline for this silence; replies are not read.",
    }
    return _both_parts("email/alarm.html.j2", "email/alarm.txt.j2", context)


def render_analysis(
    council: str, subject: str, overview: str, not_derived: Sequence[str]
) -> tuple[str, str]:
    """The mail that brings a week's analysis, as HTML and as plain text; what it lacks on top."""
    context = {
        "council": council,
        "subject": subject,
        "overview": overview,
        "not_derived": not_derived,
        "font": FONT,
        "footer": "This mail was sent by Sightline to whom the policy names; replies are not read.",
    }
    return _both_parts("email/analysis.html.j2", "email/analysis.txt.j2", context)


def _both_parts(html: str, text: str, context: dict[str, Any]) -> tuple[str, str]:
    """A mail as HTML and as plain text, by the names of its templates."""
    return (
        _environment(html=True).get_template(html).render(context),
        _tidy(_environment(html=False).get_template(text).render(context)),
    )


_FOOTER = (
    "Weeks red count from the day it turned red in the young person's life, not from when it was "
    "recorded. Each colour, its rule and its facts are on the case page, behind sign-in. This mail "
    "was sent by Sightline; replies are not read."
)


def _red_for(item: CaseLine) -> str:
    weeks = _weeks(item.weeks_red)
    return f"at least {weeks}" if item.at_least else weeks


def _not_green_for(item: CaseLine) -> str:
    return f"{_weeks(item.weeks_not_green)} not green"


def _weeks(number: int) -> str:
    if number == 0:
        return "less than a week"
    return f"{number} week" if number == 1 else f"{number} weeks"


@cache
def _environment(*, html: bool) -> Environment:
    environment = template_environment(html=html)
    filters: dict[str, Callable[..., Any]] = {
        "plain": plain_day,
        "red_for": _red_for,
        "not_green_for": _not_green_for,
    }
    environment.filters.update(filters)
    return environment
