"""`sightline status` and `sightline assess`: what colour, since when, and why."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.envelope import Event, Refusal
from schemas.policy import Policy
from services.access.audit import Act
from services.assessment.statuses import assess_events, assess_received, statuses
from services.bootstrap.database import open_database
from services.cli.console import (
    WRONG,
    AsOf,
    Json,
    KnownAt,
    day_option,
    err,
    fail,
    print_json,
    print_table,
    read_input,
    run,
    time_option,
)
from services.cli.event_files import read_json, split_events
from services.cli.store import record
from services.clock import now_utc
from services.oversight.cases import view_of
from services.oversight.derived_by import not_derived
from services.settings import Settings, load_policy, load_settings
from services.store import derived, stored_events, subject_links
from services.store.case_filter import Filter
from services.store.cases import cases_of, statuses_after
from services.store.scope import EVERYTHING

_AT_A_TIME = 2000

_PersonArgument = Annotated[str, typer.Argument(help="A case identifier; everyone without it.")]
_FileArgument = Annotated[str, typer.Argument(help="JSON Lines or a JSON array; - for stdin.")]
_PolicyOption = Annotated[Path | None, typer.Option("--policy", help="A policy file (TOML).")]


def status(
    person: _PersonArgument = "", as_of: AsOf = "", known_at: KnownAt = "", as_json: Json = False
) -> None:
    """Print statuses from the database, on any day, as known at any time."""
    day, known = day_option(as_of), time_option(known_at)
    settings = load_settings()
    found, incomplete = run(_from_database(settings, person, day, known))
    for sentence in incomplete:
        err.print(sentence, markup=False, soft_wrap=True)
    if isinstance(found, str):
        fail(found)
    _print(found, as_json=as_json, day=day)


def assess(
    file: _FileArgument = "-",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    policy: _PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Assess events from a file: no broker, no database."""
    day, known = day_option(as_of), time_option(known_at)
    council = load_policy(policy)
    events: list[Event] = []
    refused = 0
    for number, item in enumerate(_read(file), start=1):
        if isinstance(item, Event):
            events.append(item)
        else:
            refused += 1
            err.print(f"Event {number}: {item.reason}", markup=False, soft_wrap=True)
    _print(statuses(assess_events(events, council, known), day), as_json=as_json, day=day)
    if refused:
        raise typer.Exit(WRONG)


async def _from_database(
    settings: Settings, person: str, day: date, known: datetime | None
) -> tuple[list[dict[str, Any]] | str, list[str]]:
    """Statuses of a day, and sentences on what is not derived yet, once it is recorded who asks."""
    policy = load_policy(settings.policy)
    async with open_database(settings) as database:
        async with database.writing() as connection:
            await record(connection, Act.READ_BY_COMMAND, person, f"status of {day}")
        async with database.reading() as connection:
            found = await _asked(connection, policy, person, day, known)
            return found, [] if known else await not_derived(connection, policy)


async def _asked(
    connection: AsyncConnection, policy: Policy, person: str, day: date, known: datetime | None
) -> list[dict[str, Any]] | str:
    """Statuses of a day; a sentence where nobody of their own has that case identifier."""
    people = await subject_links.connected(connection, [person]) if person else None
    if known is not None:
        received = await stored_events.load(connection, people, known)
        assessed = assess_received(received, policy)
        mine = {name: item for name, item in assessed.items() if person in ("", name)}
        return statuses(mine, day) if mine or not person else _nobody(person, None)
    if person:
        mine_now = await cases_of(connection, person, day)
        if not mine_now and not await derived.is_known(connection, person):
            return _nobody(person, await derived.survivor_of(connection, person))
        return [period.as_status(person) for _, period in mine_now]
    return [status async for status in _everyone_on(connection, day)]


async def _everyone_on(connection: AsyncConnection, day: date) -> AsyncIterator[dict[str, Any]]:
    """Every status of a day, by person and concern, some thousand at a time."""
    view = view_of(EVERYTHING, london_day(now_utc()), day)
    after = ("", "")
    while some := await statuses_after(connection, view, Filter(), after, _AT_A_TIME):
        for stretch, period in some:
            yield period.as_status(stretch.person)
        after = (some[-1][0].person, some[-1][0].concern.value)


def _nobody(person: str, survivor: str | None) -> str:
    if survivor:
        return f"{person} was merged; ask about {survivor}."
    return f"Nobody is known by the case identifier {person}."


def _read(file: str) -> Iterator[Event | Refusal]:
    return (read_json(item) for item in split_events(read_input(file)))


def _print(found: list[dict[str, Any]], *, as_json: bool, day: date) -> None:
    if as_json:
        print_json(found)
        return
    print_table(
        f"Statuses on {day.isoformat()}",
        ("Person", "Concern", "Colour", "Since", "Next change", "Why"),
        (
            (
                item["person"],
                item["concern"],
                item["rag"],
                item["since"],
                item["next_change"] or "",
                item["reasons"][0]["text"] if item["reasons"] else "",
            )
            for item in found
        ),
    )
