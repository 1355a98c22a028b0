"""Rendering digests, notices and alarms as HTML that Outlook shows, and as the same plain text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from schemas.days import plain_day
from schemas.digest import Baseline, CaseLine, Digest, Notice
from schemas.recipients import ROLE_TITLES

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FONT = "font-family:Arial,Helvetica,sans-serif;"


TemplateFault = TemplateError
"""What a template raises that is not there or cannot be used."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a digest.

    `kind` chooses the layout of `items`; `lead` stands before them, `more` after; `count` is shown
    beside the title, where not None, `link` opens all that it counts, and `then` is where several
    are acknowledged at once.
    """

    title: str
    kind: Literal["figures", "cases", "stopped", "turning", "counts", "sentences", "empty"]
    items: tuple[Any, ...] = ()
    lead: str = ""
    more: str = ""
    count: int | None = None
    link: str = ""
    then: str = ""


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
        "headline": _headline(digest),
        "role": ROLE_TITLES[digest.recipient.role],
        "scope": _scope(digest),
        "sections": _sections(digest),
        "columns": columns,
        "most": max((item.red for item in digest.concerns), default=0),
        "change": _change,
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
    html = _environment(html=True).get_template("email/notice.html.j2").render(context)
    return html, _tidy(_environment(html=False).get_template("email/notice.txt.j2").render(context))


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
    html = _environment(html=True).get_template("email/alarm.html.j2").render(context)
    return html, _tidy(_environment(html=False).get_template("email/alarm.txt.j2").render(context))


_FOOTER = (
    "Weeks red count from the day it turned red in the young person's life, not from when it was "
    "recorded. Each colour, its rule and its facts are on the case page, behind sign-in. This mail "
    "was sent by Sightline; replies are not read."
)


def _headline(digest: Digest) -> str:
    red = digest.red
    words = f"{red:,} red"
    if not digest.first:
        words += f": {digest.newly_red_count} new, {digest.stopped_count} no longer red"
        if digest.rated_down_count:
            words += f", {digest.rated_down_count} rated down"
        if digest.recipient.shows == "totals":
            before = sum(i.last_week.red for i in digest.concerns if i.tracked and i.last_week)
            words = f"{red:,} red, {_change(red, before)} since last week"
    needs = digest.needs_you_count
    if needs:
        words += f". {needs} {'needs' if needs == 1 else 'need'} you this week"
    return words + "."


def _scope(digest: Digest) -> str:
    recipient = digest.recipient
    if recipient.scope == "all":
        return "Every young person is counted."
    if recipient.scope == "workers":
        return "Your own cases are counted."
    return f"Counted here: {recipient.scope} {', '.join(getattr(recipient, recipient.scope))}."


def _sections(digest: Digest) -> list[Section]:
    """The sections in the order in which they are read; an empty one says so in a sentence."""
    listed = digest.recipient.shows != "totals"
    sections = []
    if digest.recipient.role != "lead_member" and listed:
        sections.append(_needs_you(digest))
    sections.append(Section("Red now", "figures", lead=_lead(digest)))
    if listed:
        sections += _lists(digest)
    if digest.baseline:
        sections.append(_baseline(digest, digest.baseline))
    sections.append(
        Section("What Sightline does not know", "sentences", digest.unknown)
        if digest.unknown
        else Section(
            "What Sightline does not know",
            "empty",
            lead="Every feed was heard, nothing is refused and no question is open.",
        )
    )
    return sections


_LISTS: tuple[tuple[str, str, Literal["cases", "stopped", "turning"], str], ...] = (
    ("newly_red", "Newly red", "cases", "Nobody is newly red."),
    ("still_red", "Still red", "cases", "Nobody was red last week and still is."),
    ("stopped", "No longer red", "stopped", "Nobody stopped being red."),
    ("rated_down", "Rated down: the rules still say red", "stopped", ""),
    (
        "turning",
        "Turns red in the next {horizon_days} days if nothing happens",
        "turning",
        "Nobody turns red by the passing of time alone.",
    ),
    ("unowned", "Red with no team or no worker", "cases", "Every red has both."),
)
"""The lists of a digest: its field, the title, how it is laid out, and what an empty one says.

One that says nothing is left out when it is empty.
"""


def _lists(digest: Digest) -> list[Section]:
    found = []
    for field, title, kind, none in _LISTS:
        if digest.first and field in ("still_red", "stopped"):
            continue
        if not none and not getattr(digest, f"{field}_count"):
            continue
        if digest.first and field == "newly_red":
            title, none = "Red", "Nobody is red."  # noqa: PLW2901 (of the first digest)
        found.append(
            _listed(digest, field, title.format(horizon_days=digest.horizon_days), kind, none)
        )
    return found


def _listed(
    digest: Digest, field: str, title: str, kind: Literal["cases", "stopped", "turning"], none: str
) -> Section:
    """A list, with how many there are and, where it was cut short, how many more and where."""
    items, count = getattr(digest, field), getattr(digest, f"{field}_count")
    if not items:
        return Section(title, "empty", lead=none, count=0)
    rest = count - len(items)
    more = f"{rest:,} more are listed on Sightline." if rest else ""
    link = digest.links.get(field, "")
    return Section(title, kind, items, more=more, count=count, link=link)


def _needs_you(digest: Digest) -> Section:
    section = _listed(
        digest, "needs_you", "What needs you this week", "cases", "Nothing has climbed to you."
    )
    rest = digest.needs_you_count - len(digest.needs_you)
    more = f"{rest} more need you; each is marked, with why, in the lists below." if rest else ""
    acknowledge = digest.links.get("to_acknowledge", "") if digest.needs_you_count else ""
    return replace(section, more=more, then=acknowledge)


def _lead(digest: Digest) -> str:
    sentence = "Last week is as it was reported then."
    if digest.first:
        sentence = "This is the first report: there is no last week to compare with."
    known = [
        figure
        for item in digest.concerns
        for figure in (item.four_weeks, item.baseline)
        if figure and figure.basis == "as now known"
    ]
    if known:
        days = sorted({figure.on for figure in known})
        sentence += f" {' and '.join(plain_day(day) for day in days)}: as now known."
    return sentence


def _baseline(digest: Digest, baseline: Baseline) -> Section:
    """What became of the baseline's reds, each count with the list that it counts."""
    counts = (
        (f"{baseline.red} were red on {plain_day(baseline.on)} ({baseline.basis})", "baseline"),
        (f"{baseline.still_red} of them are red now", "baseline_red"),
        (f"{baseline.amber} are amber", "baseline_amber"),
        (f"{baseline.green} are green", "baseline_green"),
        (f"for {baseline.no_longer} the concern no longer applies", ""),
        (f"{baseline.unowned_then} had no team then", "baseline_unowned_then"),
    )
    items = tuple((text, digest.links.get(name, "")) for text, name in counts)
    return Section("What became of those red at the baseline", "counts", items)


def _change(now: int, before: int) -> str:
    if now == before:
        return "no change"
    return f"{abs(now - before)} {'more' if now > before else 'fewer'}"


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
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701 (the text part is no HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "plain": plain_day,
        "red_for": _red_for,
        "not_green_for": _not_green_for,
    }
    environment.filters.update(filters)
    return environment
