"""Erasing: what is held of one young person goes, of nobody else anything, and it stays gone."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.digests.render import render_html, render_text
from services.store import audit_log, case_count_changes, erasures, removal
from services.store.audit_log import Wanted
from services.store.database import Database
from services.store.erasures import Erasure
from services.store.redaction import names_one, naming, redacted
from services.store.tables import digests, events, metadata
from services.tracking.erase import Asked, erase
from services.tracking.handler import Tracker
from services.tracking.rebuild import rebuild
from services.tracking.retention import remove_what_is_old
from tests.store.database.test_held import NOW, council, lived
from tests.store.oversight.council import store_council
from tests.store.oversight.readers import READERS
from tests.store.oversight.test_one_number import digest_of
from tests.store.tracking.tracker_harness import rows
from tests.story import Story
from tests.unit.assessment.made_council import TODAY

RULES = Rules.of(Policy())
ASKED = Asked("account registrar", "asked for by her", NOW)
KEPT = {"audit", "erasures"}


async def track(database: Database, raw: list[dict[str, Any]], at: datetime = NOW) -> None:
    tracker = Tracker(database, RULES, lambda: at)
    await tracker.track([Message(orjson.dumps(event)) for event in raw])


async def naming_rows(database: Database, name: str) -> dict[str, list[str]]:
    """Every row of every table that has these letters in it somewhere."""
    found = {}
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            rows_of = [repr(tuple(row)) for row in await connection.execute(select(table))]
            if named := sorted(row for row in rows_of if name in row):
                found[str(table.name)] = named
    return found


async def entry(database: Database, person: str) -> Erasure:
    async with database.reading() as connection:
        (found,) = [item for item in await erasures.listed(connection) if item.person == person]
    return found


async def test_all_that_is_held_goes_and_nothing_of_anybody_else(database: Database) -> None:
    await council(database)
    others = await naming_rows(database, "ADA-1")
    removed, mails = await erase(database, "ZOE-1", RULES, ASKED)
    assert removed["events"] > 4
    assert mails == 1
    left = await naming_rows(database, "ZOE-1")
    # ZOE-1.2 is somebody else, and the recipient of a digest here is called after its case.
    ours = {table for table, named in left.items() if any("ZOE-1'" in row for row in named)}
    assert ours == KEPT | {"digests"}
    assert (await naming_rows(database, "ZOE-2")).keys() == KEPT
    assert await naming_rows(database, "ADA-1") == others
    kept = await entry(database, "ZOE-2")
    assert (kept.why, kept.who, kept.until) == ("asked for by her", "account registrar", None)
    async with database.reading() as connection:
        found, _ = await audit_log.entries(connection, Wanted(person="ZOE-1"), most=9)
        assert (await audit_log.verify(connection, {})).faults == []
        (mail,) = await connection.scalars(
            select(digests.c.message).where(digests.c.recipient == "reads ZOE-1")
        )
    assert {item.act for item in found} == {"saw a case", "erased what was held"}
    assert b"ZOE-1" not in mail
    counted = await rows(database, "case_counts")
    async with database.writing() as connection:
        await case_count_changes.count_again(connection)
    assert await rows(database, "case_counts") == counted


async def test_it_stays_erased_when_everything_is_sent_again(database: Database) -> None:
    zoe, ada = lived("ZOE-1"), lived("ADA-1")
    await track(database, [*zoe.raw, *ada.raw])
    await erase(database, "ZOE-1", RULES, ASKED)
    wrong = {**zoe.raw[1], "id": "bad", "data": {}}
    later = {**zoe.raw[1], "id": "later", "time": "2030-01-01T00:00:00Z"}
    await track(database, [*zoe.raw, wrong, later, *ada.raw], NOW + timedelta(days=1))
    assert (await naming_rows(database, "ZOE-1")).keys() == KEPT
    kept = await entry(database, "ZOE-1")
    assert (kept.came_again, kept.last_came_at) == (len(zoe.raw) + 2, NOW + timedelta(days=1))
    async for _ in rebuild(database, RULES, NOW):
        pass
    assert (await naming_rows(database, "ZOE-1")).keys() == KEPT
    async with database.writing() as connection:
        assert await erasures.lift(connection, "ZOE-1", NOW)
    await track(database, zoe.raw)
    assert "cases" in await naming_rows(database, "ZOE-1")


async def test_whoever_is_merged_into_somebody_erased_stays_of_their_own(
    database: Database,
) -> None:
    await track(database, lived("ZOE-1").raw)
    await erase(database, "ZOE-1", RULES, ASKED)
    await track(database, lived("BEA-1").add("person.merged", into="ZOE-1").raw)
    assert (await naming_rows(database, "ZOE-1")).keys() == KEPT
    assert "cases" in await naming_rows(database, "BEA-1")


async def test_somebody_who_shared_an_event_is_derived_without_it(database: Database) -> None:
    """One content of an event named the one, a later one the other: they are two people."""
    ada = lived("ADA-1")
    moved = [{**event, "subject": "ZOE-1"} for event in ada.raw[1:]]
    await track(database, ada.raw)
    await track(database, [{**event, "time": "2026-11-02T09:00:00Z"} for event in moved])
    await erase(database, "ZOE-1", RULES, ASKED)
    after = await rows(database)
    async for _ in rebuild(database, RULES, NOW):
        pass
    assert await rows(database) == after
    assert {row[0] for row in after["people"]} == {"ADA-1"}


async def test_the_log_lets_nothing_else_be_deleted(database: Database) -> None:
    await track(database, [*lived("ZOE-1").raw, *lived("ADA-1").raw])
    async with database.writing() as connection:
        erasure = Erasure("ZOE-1", NOW, "x", "y", None, 0)
        await erasures.keep(connection, erasure)
    for statement in (
        "DELETE FROM events", "DELETE FROM events WHERE person = 'ADA-1'", "DELETE FROM erasures",
        "DELETE FROM grants",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match=r"only be appended to|erased is kept"):
            async with database.writing() as connection:
                await connection.execute(text(statement))
    async with database.writing() as connection:
        await erasures.lift(connection, "ZOE-1", NOW)
    with pytest.raises(DBAPIError, match="only be appended to"):
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM events WHERE person = 'ZOE-1'"))


async def test_what_broke_off_is_done_the_second_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await council(database)

    async def breaks(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(removal, "redact_mails", breaks)
        with pytest.raises(RuntimeError):
            await erase(database, "ZOE-1", RULES, ASKED)
    _, mails = await erase(database, "ZOE-1", RULES, ASKED)
    assert mails == 1


async def test_a_digest_goes_on_without_the_case_and_with_all_others(database: Database) -> None:
    await store_council(database)
    reader = READERS[0].recipient
    assert reader is not None
    async with database.reading() as connection:
        digest = await digest_of(connection, reader, TODAY)
    mail = EmailMessage(SMTP)
    mail["Subject"], mail["Message-ID"] = "Weekly digest", "<1@s.example>"
    mail.set_content(render_text(digest))
    mail.add_alternative(render_html(digest), subtype="html")
    listed = [item for item in digest.newly_red if item.reference]
    gone, *others = dict.fromkeys(str(item.reference) for item in listed)
    assert len(others) > 3
    named = naming([gone])
    assert names_one(mail.as_bytes(), named)
    without = redacted(mail.as_bytes(), named)
    assert not names_one(without, named)
    parts = message_from_bytes(without, EmailMessage, policy=SMTP)
    assert (parts["Message-ID"], parts["Subject"]) == ("<1@s.example>", "Weekly digest")
    for kind in ("plain", "html"):
        body, before = parts.get_body((kind,)), mail.get_body((kind,))
        assert body is not None
        assert before is not None
        assert gone not in body.get_content()
        for other in others:
            find = naming([other])
            found = len(find.findall(body.get_content()))
            assert found == len(find.findall(before.get_content())), (kind, other)
        reasons = {item.reason for item in listed if item.reference == gone}
        reasons -= {item.reason for item in listed if item.reference != gone}
        assert not any(reason in body.get_content() for reason in reasons)


LEFT = Story("old", born="2000-01-01", eligibility="former_relevant").lives("2018-03-01", "B")
"""Twenty-five on 1 January 2025: no concern applies from then on."""
KEEPING = Rules.of(Policy.model_validate({"retention": {"cases_years": 1}}))


@pytest.mark.parametrize(
    ("heard", "now", "gone"),
    [
        ("2024-06-01", "2025-12-31", False),
        ("2024-06-01", "2026-01-01", True),
        ("2025-03-01", "2026-02-28", False),
        ("2025-03-01", "2026-03-02", True),
    ],
)
async def test_a_case_that_is_over_for_as_long_as_the_policy_says_is_removed(
    database: Database, heard: str, now: str, gone: bool
) -> None:
    day = datetime.fromisoformat(f"{now}T03:00:00+00:00")
    await track(database, LEFT.raw, datetime.fromisoformat(f"{heard}T12:00:00+00:00"))
    await track(database, lived("ADA-1").raw, day - timedelta(days=1))
    done = await remove_what_is_old(database, KEEPING, day)
    assert done == (["1 cases that were over"] if gone else [])
    assert ("events" in await naming_rows(database, "'old'")) is not gone
    assert "cases" in await naming_rows(database, "ADA-1")
    assert await remove_what_is_old(database, KEEPING, day) == []
    if not gone:
        return
    await track(database, LEFT.raw, day)  # older than its removal
    assert (await naming_rows(database, "'old'")).keys() == KEPT
    back = Story("old", born="2010-01-01").care("2026-04-01").raw
    for event in back:
        event["time"] = "2026-04-02T12:00:00Z"
    await track(database, back, datetime(2026, 4, 3, tzinfo=UTC))
    assert "cases" in await naming_rows(database, "'old'")


async def test_mails_refused_events_and_messages_are_removed_when_they_are_old(
    database: Database,
) -> None:
    await council(database)
    rules = Rules.of(
        Policy.model_validate(
            {"retention": {"mails_days": 400, "refused_days": 60, "published_days": 30}}
        )
    )
    async with database.writing() as connection:
        await connection.execute(text("UPDATE digests SET sent_at = '2025-10-01 09:00:00+00:00'"))
        await connection.execute(
            text("UPDATE refused SET settled_at = '2026-09-01 09:00:00+00:00' WHERE number = 1")
        )
        await connection.execute(text("UPDATE outbox SET sent_at = '2026-11-01 09:00:00+00:00'"))
        await connection.execute(
            insert(metadata.tables["outbox"]).values(
                subject="s", content="{}", message_id="not sent", created_at=NOW
            )
        )
    early = await remove_what_is_old(database, rules, NOW)
    assert len(early) == 2
    later = await remove_what_is_old(database, rules, NOW + timedelta(days=20))
    assert later == ["7 messages to other systems that were published"]
    async with database.reading() as connection:
        assert set(await connection.scalars(select(digests.c.message))) == {None}
        assert len((await connection.execute(select(digests))).all()) == 3
        assert (await connection.execute(select(events))).first()
        found, _ = await audit_log.entries(connection, Wanted(act="removed what was old"), most=9)
    assert len(found) == 2
    assert len((await naming_rows(database, "not sent"))["outbox"]) == 1
