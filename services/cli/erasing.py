"""`sightline person erase`, `erased` and `readmit`: removing what is held of a young person."""

from dataclasses import asdict
from typing import Annotated, NamedTuple

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.status import Rag
from services.access.audit import Act, account
from services.assessment.derivation import Rules
from services.bootstrap.database import open_database
from services.cli.console import MISUSED, Json, fail, print_json, print_plain, print_table, run
from services.cli.person_export import checked_reference
from services.cli.store import change, read_recorded, record
from services.clock import now_utc
from services.settings import load_policy, load_settings
from services.store import derived, erasures, event_log, underived
from services.store.cases import cases_of
from services.store.subject_links import connected
from services.tracking.erase import Asked, erase, names_of

_Reference = Annotated[str, typer.Argument(help="The case reference.")]
_Why = Annotated[str, typer.Option("--why", help="Why; it is kept.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do it. Nothing brings it back.")]
_AlthoughCurrent = Annotated[
    bool, typer.Option("--although-current", help="Even where a concern is counted today.")
]


def erase_person(
    reference: _Reference, why: _Why, yes: _Yes = False, although_current: _AlthoughCurrent = False
) -> None:
    """Remove all that is held of a young person, for good; that and why it was removed is kept.

    Without --yes it says what there is, and removes nothing. Events about the case that come
    afterwards are dropped and counted.
    """
    checked_reference(reference)
    if not why.strip():
        fail("--why is empty; say why it is removed.", MISUSED)
    looked_up = read_recorded(
        lambda connection: _looked_up(connection, reference), f"what is held of {reference}"
    )
    if looked_up.survivor:
        fail(f"{reference} was merged into {looked_up.survivor}: erase that, with all of its own.")
    if not looked_up.events and not yes:
        fail(f"Nothing is held of {reference}.")
    if looked_up.current and not although_current:
        fail(
            f"{reference} is counted today: {'; '.join(looked_up.current)}. Nobody would see it "
            "any more. Where that is right, add --although-current."
        )
    also = sorted(looked_up.names - {reference})
    under = f" (also as {', '.join(also)})" if also else ""
    if not yes:
        print_plain(
            f"Of {reference}{under} these would be removed: {looked_up.events:,} events, and all "
            "that follows from them. Nothing is removed yet: add --yes. Nothing brings it back."
        )
        return
    settings = load_settings()

    async def work() -> tuple[int, int]:
        async with open_database(settings) as database:
            rules = Rules.of(load_policy(settings.policy))
            asked = Asked(account(), why, now_utc())
            removed, mails = await erase(database, reference, rules, asked)
            return sum(removed.values()), mails

    rows, mails = run(work())
    print_plain(
        f"{rows:,} records of {reference}{under} are removed, and it is out of {mails:,} mails. "
        "Copies of the store and the broker's last 30 days still have it: docs/data-protection.md "
        "says what to do."
    )


class _LookedUp(NamedTuple):
    """What is known of a reference: whom it became, its references, its events, what is counted."""

    survivor: str | None
    names: set[str]
    events: int
    current: list[str]


async def _looked_up(connection: AsyncConnection, reference: str) -> _LookedUp:
    names = await names_of(connection, reference)
    today = london_day(now_utc())
    current = [
        f"{period.concern.heading} is {period.rag}"
        for _, period in await cases_of(connection, reference, today)
        if period.rag is not Rag.NONE
    ]
    if await underived.is_marked(connection, await connected(connection, names)):
        current.append("its newest events are still to be derived")
    return _LookedUp(
        await derived.survivor_of(connection, reference),
        names,
        await event_log.count_of(connection, names),
        current,
    )


def erased(as_json: Json = False) -> None:
    """List the case references that were erased, and what has come about them since."""
    found = read_recorded(erasures.listed, "who was erased")
    if as_json:
        print_json(map(asdict, found))
    elif not found:
        print_plain("Nobody was erased.")
    else:
        print_table(
            "Erased",
            ("Case", "When", "By", "Why", "Came again", "Lifted"),
            (
                (
                    item.person,
                    f"{item.at:%Y-%m-%d}",
                    item.who,
                    item.why,
                    f"{item.came_again:,}",
                    f"{item.lifted_at:%Y-%m-%d}" if item.lifted_at else "",
                )
                for item in found
            ),
        )


def readmit(reference: _Reference, why: _Why) -> None:
    """Let events about a case come again that was erased; what was removed stays removed."""
    checked_reference(reference)

    async def work(connection: AsyncConnection) -> bool:
        if not await erasures.lift(connection, reference, now_utc()):
            return False
        await record(connection, Act.READMITTED, reference, why)
        return True

    if not change(work):
        fail(f"Events about {reference} are not dropped; sightline person erased lists whose are.")
    print_plain(f"Events about {reference} are stored again from now on. Send them again.")
