"""What is held of one young person: all of it, and nothing of anybody else."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import orjson
from sqlalchemy import insert, select

from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store import audit_log
from services.store.audit_log import Entry
from services.store.database import Database
from services.store.held import BY_REFERENCE, held_of
from services.store.tables import digests, metadata, outbox, reported
from services.tracking.handler import BEHIND, Tracker
from tests.story import Story

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NAMING = {"person", "subject", "survivor", "reaches", "one", "other"}
OTHERWISE = {
    ("sessions", "person"),  # a member of staff
    ("outbox", "subject"),  # of the broker; the case is in its content
    ("events", "subject"), ("refused", "subject"),  # as the source has it; `person` is looked for
    ("quality", "people"),
}  # fmt: skip


def test_every_table_that_names_a_case_is_asked() -> None:
    naming = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in NAMING
    }
    asked = {(table.name, name) for table, (_, names) in BY_REFERENCE.items() for name in names}
    assert naming - OTHERWISE == asked


def lived(person: str) -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant", team="north").lives(
        "2026-08-01", "S"
    )


async def council(database: Database) -> None:
    """Two young people of whom everything is held, one of them under two references."""
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    zoe = lived("ZOE-1").action("2026-09-01", "2026-09-20")
    stories = [zoe, lived("ZOE-2").add("person.merged", into="ZOE-1"), lived("ADA-1")]
    wrong = [
        {**lived(person).raw[1], "id": f"bad-{person}", "data": {}} for person in ("ZOE-1", "ADA-1")
    ]
    events = [*(event for story in stories for event in story.raw), *wrong]
    await tracker.track([Message(orjson.dumps(event)) for event in events])
    later = [{**event, "time": "2026-11-01T09:00:00Z"} for event in zoe.raw[:1]]
    await tracker.track([Message(orjson.dumps(event)) for event in later])
    moved = [*lived("ZOE-1").lives("2026-10-01", "B", id="a2").raw[2:]]
    await tracker.track([Message(orjson.dumps(event)) for event in moved], waiting=BEHIND)
    async with database.writing() as connection:
        entries = [Entry(NOW, "w1", "", "saw a case", person, "") for person in ("ZOE-1", "ADA-1")]
        await audit_log.append(connection, entries)
        for person in ("ZOE-1", "ADA-1", "ZOE-1.2"):
            mail = EmailMessage()
            mail.set_content(f"Red for ten weeks: {person}.\n" + "x" * 2000)
            week = {"week": "2026-W45"}
            await connection.execute(insert(digests).values(**week, **digest(person, mail)))
            await connection.execute(insert(reported).values(**week, **report(person)))
        other = orjson.dumps({"subject": "zoe-1", "data": {"text": 'ZOE-1 and "ZOE-1"'}}).decode()
        await connection.execute(
            insert(outbox).values(subject="s", content=other, message_id="m", created_at=NOW)
        )


def digest(person: str, mail: EmailMessage) -> dict[str, Any]:
    return {"recipient": f"reads {person}", "state": "sent", "address": "", "attempts": 1,
            "message_id": person, "message": mail.as_bytes()}  # fmt: skip


def report(person: str) -> dict[str, Any]:
    return {"person": person, "concern": "missing", "rag": "red", "rule_rag": "red",
            "since": NOW.date(), "since_basis": "exact", "reasons": []}  # fmt: skip


async def test_all_that_names_them_is_held_and_nothing_of_anybody_else(database: Database) -> None:
    await council(database)
    async with database.reading() as connection:
        names, held = await held_of(connection, "ZOE-2")
        assert names == {"ZOE-1", "ZOE-2"}
        for table in metadata.sorted_tables:
            if table in (digests, outbox, reported):
                continue
            rows = (await connection.execute(select(table))).all()
            naming = [row for row in rows if "ZOE-" in repr(row)]
            found = held[table.name].rows if table.name in held else []
            assert len(found) >= len(naming), table.name
    assert {"events", "refused", "cases", "merged", "audit", "outbox", "digests"} <= held.keys()
    assert {"resendings", "underived", "reported"} <= held.keys()
    assert {orjson.loads(it["content"])["subject"] for it in held["outbox"].rows} == {"ZOE-1"}
    assert [row["recipient"] for row in held["digests"].rows] == ["reads ZOE-1"]
    assert "ADA-1" not in repr(held)


async def test_nothing_is_held_of_nobody(database: Database) -> None:
    await council(database)
    async with database.reading() as connection:
        assert await held_of(connection, "NOBODY") == ({"NOBODY"}, {})
