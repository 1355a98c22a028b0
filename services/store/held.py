"""All that the store holds of one young person, table by table (UK GDPR, Article 15)."""

from collections.abc import Collection, Mapping
from email import message_from_bytes
from email.policy import default
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.redaction import naming
from services.store.subject_links import connected
from services.store.tables import (
    actions,
    assignments,
    audit,
    campaign_members,
    cases,
    digests,
    duties,
    erasures,
    events,
    grants,
    iro_escalations,
    links,
    merged,
    notified,
    outbox,
    people,
    periods,
    policy_changes,
    published,
    questions,
    refused,
    reported,
    resendings,
    restrictions,
    return_care_leavers,
    return_episodes,
    reviews_held,
    underived,
)


class Held(NamedTuple):
    """What one table holds: what that is, in words, and the rows by the names of their columns."""

    what: str
    rows: list[dict[str, Any]]


BY_REFERENCE: Mapping[Table, tuple[str, tuple[str, ...]]] = {
    events: ("What source systems and staff recorded, as it was received", ("person", "reaches")),
    refused: ("What was received and could not be read, as it came, and why", ("person",)),
    merged: ("Case references that became one", ("subject", "survivor")),
    links: ("Case references whose events bear on one another", ("one", "other")),
    people: ("That there is such a case, and hashes of what is worked out of it", ("person",)),
    assignments: ("Whose the case was, from when to when", ("person",)),
    periods: ("Colours, past and to come, each with the rules that give it", ("person",)),
    cases: ("The case as lists show it, past and to come", ("person",)),
    actions: ("Actions that were agreed, past and to come, each with its dates", ("person",)),
    iro_escalations: ("Reviewing officers' escalations, each with its dates", ("person",)),
    duties: ("What was to be done for a looked-after child by a day, and when it was", ("person",)),
    reviews_held: ("Risk assessments and supervisions, each with its day", ("person",)),
    return_care_leavers: ("The annual return's rows of a care leaver", ("person",)),
    return_episodes: ("The annual return's rows of episodes of care", ("person",)),
    campaign_members: ("Campaigns in whose cohort it is", ("person",)),
    policy_changes: ("What would differ under a policy that somebody tried", ("person",)),
    questions: ("What is asked of the record", ("person",)),
    published: ("The colours that were last sent to other systems", ("person",)),
    reported: ("What each week's report said", ("person",)),
    underived: ("That its newest events are still to be worked through", ("person",)),
    erasures: ("That everything was removed, when and why", ("person",)),
    restrictions: ("That only named people may see it, and why", ("person",)),
    audit: ("Who looked at the case, and who did what", ("person",)),
}
"""Tables that name a case in a column, with those columns."""

BY_EVENT: Mapping[Table, str] = {
    resendings: "When what was recorded was sent again",
    grants: "What the sender of an event was permitted",
    notified: "Who was sent a notice of an event on the same day",
}
"""Tables that name an event by its source and id."""

_MAIL = "Digests that name the case: the week, to whom and when; not what they say of others"
_MAIL_COLUMNS = (digests.c.week, digests.c.recipient, digests.c.state, digests.c.sent_at)


async def held_of(connection: AsyncConnection, person: str) -> tuple[set[str], dict[str, Held]]:
    """The references that somebody has or had, and what each table holds of them.

    Tables that hold nothing are left out.
    """
    names = await connected(connection, [person])
    found: dict[str, Held] = {}
    for table, (what, columns) in BY_REFERENCE.items():
        named = or_(*(among(table.c[column], names) for column in columns))
        found[table.name] = Held(what, await _rows(connection, table, named))
    known = {(row["source"], row["event_id"]) for row in found[events.name].rows}
    for table, what in BY_EVENT.items():
        found[table.name] = Held(what, await _of_events(connection, table, known))
    waiting = await outbox_of(connection, names)
    found[outbox.name] = Held("Changed colours and case notes for other systems", waiting)
    weeks = {row["week"] for row in found[reported.name].rows}
    found[digests.name] = Held(_MAIL, await digests_naming(connection, names, weeks))
    return names, {str(name): held for name, held in found.items() if held.rows}


async def outbox_of(connection: AsyncConnection, names: Collection[str]) -> list[dict[str, Any]]:
    """The messages of the outbox that are about one of these."""
    told = or_(*(outbox.c.content.contains(f'"{name}"', autoescape=True) for name in names))
    # Letters may be compared without their case there; references differ by it.
    return [
        row
        for row in await _rows(connection, outbox, told)
        if orjson.loads(row["content"]).get("subject") in names
    ]


async def _rows(
    connection: AsyncConnection, table: Table, named: ColumnElement[bool]
) -> list[dict[str, Any]]:
    key = list(table.primary_key.columns)
    rows = await connection.execute(select(table).where(named).order_by(*key))
    return [row._asdict() for row in rows]


async def _of_events(
    connection: AsyncConnection, table: Table, known: Collection[tuple[str, str]]
) -> list[dict[str, Any]]:
    rows = await _rows(connection, table, among(table.c.event_id, {id_ for _, id_ in known}))
    return [row for row in rows if (row["source"], row["event_id"]) in known]


async def digests_naming(
    connection: AsyncConnection, names: Collection[str], weeks: Collection[str]
) -> list[dict[str, Any]]:
    """The digests that name one of these cases, of the weeks whose report does."""
    named = naming(names)
    statement = select(*_MAIL_COLUMNS, digests.c.message).where(
        among(digests.c.week, weeks), digests.c.message.is_not(None)
    )
    found = []
    async with connection.stream(statement) as rows:
        async for row in rows:
            mail = message_from_bytes(row.message, policy=default)
            text = mail.get_body(("plain",))
            if text is not None and named.search(str(text.get_content())):
                found.append({column.name: getattr(row, column.name) for column in _MAIL_COLUMNS})
    return found
