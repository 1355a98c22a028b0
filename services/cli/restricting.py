"""`sightline person restrict`, `restricted` and `unrestrict`: a case for named people alone."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.recipients import Recipients
from services.access.audit import Act, account
from services.access.directory import Directory
from services.access.scope import OF_RECIPIENT, is_told_of_cases, scope_of
from services.access.staff_directory import recipients_now
from services.cli.console import MISUSED, Json, fail, print_json, print_plain, print_table
from services.cli.person_export import checked_reference
from services.cli.store import change, read_recorded, record
from services.clock import now_utc
from services.oversight.cases import view_of
from services.settings import load_policy, load_recipients, load_settings
from services.store import derived, event_log, restrictions
from services.store.cases import is_visible
from services.store.restrictions import Restriction

_Reference = Annotated[str, typer.Argument(help="The case reference.")]
_To = Annotated[
    list[str], typer.Option("--to", help="Who may see it: a staff id or a recipient's; repeatable.")
]
_AlthoughUnknown = Annotated[
    bool, typer.Option("--although-unknown", help="Even where nothing is held of it yet.")
]
_Why = Annotated[str, typer.Option("--why", help="Why; it is kept.")]


def restrict(
    reference: _Reference, to: _To, why: _Why, although_unknown: _AlthoughUnknown = False
) -> None:
    """Let only named people see a young person: in lists, counts, mails and on the case's page.

    It takes nothing away from whoever is not named but this case, and gives nobody a case that is
    not theirs. One of those who are named must be somebody to whom it can climb, and be sent a
    digest that names it.
    """
    checked_reference(reference)
    if not why.strip():
        fail("--why is empty; say why it is restricted.", MISUSED)

    async def work(connection: AsyncConnection) -> list[str]:
        settings = load_settings()
        policy = load_policy(settings.policy)
        everybody = await recipients_now(connection, load_recipients(settings.recipients), policy)
        directory = Directory(everybody, policy)
        readers = sorted({reader for id_ in to for reader in _readers(directory, id_)})
        if into := await derived.survivor_of(connection, reference):
            fail(f"{reference} was merged into {into}: restrict that, with all that became it.")
        if not although_unknown and not await event_log.count_of(connection, [reference]):
            fail(
                f"Nothing is held of {reference}. Where that is right, and something is to come, "
                "add --although-unknown."
            )
        if not await _is_sent_to_one(connection, everybody, readers, reference):
            fail(
                f"None of {', '.join(to)} is a manager who is sent a digest with {reference} in "
                "it: nobody would be told when it turns red. Name one, such as the head of the "
                "service."
            )
        now = now_utc()
        restriction = Restriction(reference, tuple(readers), now, account(), why)
        await restrictions.keep(connection, restriction)
        await record(connection, Act.RESTRICTED, reference, f"{', '.join(readers)}: {why}")
        known = {item.id for item in everybody.staff} | {item.id for item in everybody.recipient}
        return [id_ for id_ in to if id_ not in known]

    unknown = change(work)
    print_plain(f"Only {', '.join(to)} may see {reference} from now on, where it is theirs.")
    for id_ in unknown:
        print_plain(f"{id_} is not in the staff directory: is that the id they sign in with?")


def _readers(directory: Directory, id_: str) -> frozenset[str]:
    """The ids of somebody who is named by one of them."""
    readers = directory.user(id_, ()).readers
    if any(item.id == id_ for item in directory.recipients.recipient):
        readers |= directory.user(f"{OF_RECIPIENT}{id_}", ()).readers
    return readers


async def _is_sent_to_one(
    connection: AsyncConnection, everybody: Recipients, readers: Iterable[str], person: str
) -> bool:
    """Whether somebody who is named has a digest that is about a young person's team."""
    today = london_day(now_utc())
    named = [item for item in everybody.recipient if f"{OF_RECIPIENT}{item.id}" in readers]
    for recipient in filter(is_told_of_cases, named):
        view = view_of(replace(scope_of(recipient), restricted=True), today)
        if await is_visible(connection, view, person):
            return True
    return False


def restricted(as_json: Json = False) -> None:
    """List who is restricted to named people, to whom and why."""
    found = read_recorded(restrictions.listed, "who is restricted")
    if as_json:
        print_json(map(asdict, found))
    elif not found:
        print_plain("Nobody is restricted to named people.")
    else:
        rows = (
            (item.person, ", ".join(item.readers), f"{item.at:%Y-%m-%d}", item.who, item.why)
            for item in found
        )
        print_table("Restricted", ("Case", "To", "When", "By", "Why"), rows)


def unrestrict(reference: _Reference, why: _Why) -> None:
    """Let everybody see a case again whose it is."""
    checked_reference(reference)

    async def work(connection: AsyncConnection) -> bool:
        if not await restrictions.lift(connection, reference):
            return False
        await record(connection, Act.UNRESTRICTED, reference, why)
        return True

    if not change(work):
        fail(f"{reference} is not restricted; sightline person restricted lists who is.")
    print_plain(f"{reference} is restricted no longer.")
