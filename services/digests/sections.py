"""The sections of a digest, in the order in which they are read, and the sentence above them."""

from dataclasses import replace
from typing import Literal

from schemas.days import plain_day
from schemas.digest import Baseline, Digest
from services.digests.oversight_sections import (
    campaigns_section,
    escalated_section,
    measures_section,
    promised_section,
)
from services.digests.section import Section

_NOTHING_CLIMBS_TO = ("lead_member", "reviewing_officer")


def headline(digest: Digest) -> str:
    """A digest in one sentence."""
    red = digest.red
    words = f"{red:,} red"
    if not digest.first:
        words += f": {digest.newly_red_count} new, {digest.stopped_count} no longer red"
        if digest.rated_down_count:
            words += f", {digest.rated_down_count} rated down"
        if digest.recipient.shows == "totals":
            before = sum(i.last_week.red for i in digest.concerns if i.tracked and i.last_week)
            words = f"{red:,} red, {change(red, before)} since last week"
    needs = digest.needs_you_count
    if needs:
        words += f". {needs} {'needs' if needs == 1 else 'need'} you this week"
    return words + "."


def first_words(digest: Digest) -> str:
    """What the first mail says it is; empty in every later one."""
    if not digest.first:
        return ""
    return (
        "This is the first of Sightline’s weekly digests to you. Each says who is red, amber or "
        "green by your council’s rules and against the week before, what has climbed to you, what "
        "was promised and not done, and what Sightline does not know. It holds no name and no "
        "detail of a case: those are behind the links, where you sign in."
    )


def scope(digest: Digest) -> str:
    """Whose cases are counted, in a sentence."""
    recipient = digest.recipient
    if recipient.scope == "all":
        return "Every young person is counted."
    if recipient.scope == "workers":
        return "Your own cases are counted."
    ids = getattr(recipient, recipient.scope)
    called = [f"{digest.names[id_]} ({id_})" if id_ in digest.names else id_ for id_ in ids]
    return f"Counted here: {recipient.scope} {', '.join(called)}."


def sections(digest: Digest) -> list[Section]:
    """The sections in the order in which they are read; an empty one says so in a sentence."""
    listed = digest.recipient.shows != "totals"
    found = []
    if digest.recipient.role not in _NOTHING_CLIMBS_TO and listed:
        found.append(_needs_you(digest))
    found.append(Section("Red now", "figures", lead=_lead(digest)))
    if digest.promised is not None:
        found.append(promised_section(digest, digest.promised))
    if digest.escalated is not None:
        found.append(escalated_section(digest, digest.escalated, listed=listed))
    if digest.campaigns:
        found.append(campaigns_section(digest))
    if listed:
        found += _lists(digest)
    if digest.measures:
        found.append(measures_section(digest))
    if digest.baseline:
        found.append(_baseline(digest, digest.baseline))
    found += _unknown(digest)
    return found


def _unknown(digest: Digest) -> list[Section]:
    """What is not known: of the whole council, and of what is counted here where that is less."""
    title = "What Sightline does not know"
    if not (digest.unknown or digest.unknown_here):
        nothing = "Every feed was heard, nothing is refused and no question is open."
        return [Section(title, "empty", lead=nothing)]
    if digest.recipient.scope == "all":
        return [Section(title, "sentences", (*digest.unknown, *digest.unknown_here))]
    parts = (
        (f"{title}, in the whole council", digest.unknown),
        (f"{title} of what is counted here", digest.unknown_here),
    )
    return [Section(words, "sentences", items) for words, items in parts if items]


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
    """The lists that have something in them; of all others one line."""
    found, empty = [], []
    for field, title, kind, none in _LISTS:
        if digest.first and field in ("still_red", "stopped"):
            continue
        if not none and not getattr(digest, f"{field}_count"):
            continue
        if digest.first and field == "newly_red":
            title, none = "Red", "Nobody is red."  # noqa: PLW2901 (of the first digest)
        section = _listed(digest, field, title.format(horizon_days=digest.horizon_days), kind, none)
        if section.kind == "empty":
            empty.append(none)
        else:
            found.append(section)
    if empty:
        found.append(Section("Otherwise", "empty", lead=" ".join(empty)))
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


def change(now: int, before: int) -> str:
    """How many more or fewer there are than before, in words."""
    if now == before:
        return "no change"
    return f"{abs(now - before)} {'more' if now > before else 'fewer'}"
