"""Sections of a digest on what was promised, escalated and looked at: numbers and dates alone."""

from typing import Literal

from schemas.days import plain_day
from schemas.digest import CampaignLine, Digest, Escalated, Promised
from services.digests.section import Section


def promised_section(digest: Digest, promised: Promised) -> Section:
    """What was promised: how much of it is done, and what is late and open."""
    title = "Promised and not done"
    lead = (
        f"Due in the next 7 days: {promised.due}. Done in the last 7 days: {promised.in_time} in "
        f"time, {promised.done_late} late."
    )
    weeks = [week for week in promised.weeks if week.due]
    if weeks:
        shares = ", ".join(
            f"{week.in_time} of {week.due} in the week to {plain_day(week.through)}"
            for week in weeks
        )
        lead += f" Done by the day they were due: {shares}."
    if not (promised.late or promised.due or promised.in_time or promised.done_late or weeks):
        return Section(title, "empty", lead="No action is open or was done lately.", count=0)
    rest = promised.late - len(promised.lines)
    more = f"{rest:,} more are listed on Sightline." if rest and promised.lines else ""
    link = digest.links.get("promised", "")
    kind: Literal["promised", "empty"] = "promised" if promised.lines else "empty"
    return Section(title, kind, promised.lines, lead, more, count=promised.late, link=link)


def escalated_section(digest: Digest, escalated: Escalated, *, listed: bool) -> Section:
    """Reviewing officers' escalations that are open, with those to be answered now."""
    formal = f", {escalated.formal} of them formal" if escalated.formal else ", none formal"
    lead = (
        f"{escalated.open} open{formal}; {escalated.late} overdue now or before. A formal one is "
        "to be resolved within 20 working days."
    )
    rest = escalated.to_answer - len(escalated.lines)
    more = f"{rest:,} more are listed on Sightline." if rest and escalated.lines else ""
    link = digest.links.get("escalated", "")
    title = "Reviewing officers’ escalations"
    if not escalated.lines or not listed:
        return Section(title, "empty", lead=lead, count=escalated.open, link=link)
    return Section(title, "escalated", escalated.lines, lead, more, count=escalated.open, link=link)


def measures_section(digest: Digest) -> Section:
    """Oversight measures of the whole council, those that need somebody first."""
    order = ("missed", "off course", "on course", "met")
    judged = [item for item in digest.measures if item.state in order]
    judged.sort(key=lambda item: order.index(item.state))
    items = [
        f"{it.state.capitalize()}: {it.name}, {it.value}; target {it.target}"
        + (f". {it.published}" if it.published else "")
        for it in judged
    ]
    others = [item.name for item in digest.measures if item.state not in order]
    if others:
        items.append(f"Not known yet: {', '.join(others)}")
    link = digest.links.get("measures", "")
    return Section("Measures, the whole council", "sentences", tuple(items), link=link)


def campaigns_section(digest: Digest) -> Section:
    """Review campaigns that are open, each with how many of the recipient's are left."""
    items = tuple((_campaign(item), item.link or "") for item in digest.campaigns)
    return Section("Review campaigns: those counted here", "counts", items, count=len(items))


def _campaign(item: CampaignLine) -> str:
    left = f"{item.left} of {item.total} left to be assessed by {plain_day(item.due)}"
    return f"Begun on {plain_day(item.begun_on)}: {left}{' (overdue)' if item.late else ''}"
