"""Erasing what is held of a young person: the record, what follows from it, and mails about it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.access.audit import Act
from services.assessment.derivation import Rules
from services.store import (
    audit_log,
    case_count_changes,
    derived,
    erasures,
    event_log,
    removal,
    subject_links,
)
from services.store.audit_log import Entry
from services.store.case_count_changes import Counted
from services.store.database import Database
from services.store.erasures import Erasure
from services.tracking.derive import derive_people, lock_people
from services.tracking.transaction import in_one_transaction


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for an erasure, why and when."""

    who: str
    why: str
    at: datetime


async def names_of(connection: AsyncConnection, person: str) -> set[str]:
    """The references of one young person: theirs, those merged into it, those erased with it."""
    return (
        {person}
        | await derived.merged_into(connection, person)
        | await erasures.erased_with(connection, person)
    )


async def erase(
    database: Database, person: str, rules: Rules, asked: Asked
) -> tuple[Mapping[str, int], int]:
    """Erase what is held of a young person, under all their references.

    That it was erased is kept, with why and by whom, as is who looked at the case. Mails that named
    it stay without it. A second time removes what was left when the first broke off.

    Returns how many rows were removed of each table, and from how many mails it was taken.
    """

    async def work(connection: AsyncConnection) -> tuple[set[str], Mapping[str, int]]:
        await erasures.begin(connection)
        await lock_people(connection, [person])
        names = await names_of(connection, person)
        return names, await _remove(connection, person, names, rules, asked)

    names, removed = await in_one_transaction(database, work)
    after: tuple[str, str] | None = ("", "")
    mails = 0
    while after is not None:
        async with database.writing() as connection:
            after, changed = await removal.redact_mails(connection, names, after)
            mails += changed
    return removed, mails


async def _remove(
    connection: AsyncConnection, person: str, names: Collection[str], rules: Rules, asked: Asked
) -> Mapping[str, int]:
    """Remove everything but mails; whoever was linked with them is derived anew."""
    others = await subject_links.connected(connection, names) - set(names)
    events = await event_log.count_of(connection, names)
    for name in sorted(names):
        erasure = Erasure(name, asked.at, asked.who, asked.why, person, events)
        await erasures.keep(connection, erasure)
    counted = Counted()
    await derived.forget(connection, names, {}, counted)
    await case_count_changes.keep(connection, counted)
    removed = await removal.remove_of(connection, names)
    entries = [
        Entry(asked.at, asked.who, "", Act.ERASED.value, name, asked.why) for name in sorted(names)
    ]
    await audit_log.append(connection, entries)
    if others:
        await derive_people(connection, others, rules, asked.at)
    return removed
