"""Erasing: what is held of one young person goes, of nobody else anything, and it stays gone."""

from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import orjson
import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from events.wire import Message
from schemas.policy import Policy, Retention
from services.assessment.derivation import Rules
from services.digests.render import render_html, render_text
from services.store import audit_log, erasures, recount, removal, weekly_analyses
from services.store.audit_log import Wanted
from services.store.database import Database
from services.store.erasures import Erasure
from services.store.redaction import names_one, naming, redacted
from services.store.tables import (
    digests,
    events,
    feed_hours,
    metadata,
    reported,
    reported_counts,
    reports,
)
from services.store.weekly_analyses import WeeklyAnalysis
from services.tracking.erase import Asked, erase
from services.tracking.handler import BEHIND, Tracker
from services.tracking.rebuild import rebuild
from services.tracking.retention import remove_what_is_old
from tests.store.database.test_held import NOW, council, lived
from tests.store.oversight.council import store_council
from tests.store.oversight.readers import READERS
from tests.store.oversight.test_one_number import digest_of
from tests.store.tracking.tracker_harness import rows
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
    assert (kept.why, kept.who, kept.erased_with) == (
        "asked for by her",
        "account registrar",
        "ZOE-1",
    )
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
        await recount.count_again(connection)
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
        erasure = Erasure("ZOE-1", NOW, "x", "y", "ZOE-1", 0)
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


async def break_off(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Erase ZOE-1, and end before any mail is looked at."""

    async def breaks(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(removal, "redact_mails", breaks)
        with pytest.raises(RuntimeError):
            await erase(database, "ZOE-1", RULES, ASKED)


@pytest.mark.parametrize("named", ["ZOE-1", "ZOE-2"])
async def test_what_broke_off_is_done_the_second_time_whatever_a_mail_calls_them(
    database: Database, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    await council(database)
    async with database.writing() as connection:
        await connection.execute(
            text("UPDATE digests SET message = :mail WHERE recipient = 'reads ZOE-1'"),
            {"mail": f"Subject: x\r\n\r\n{named}: red for ten weeks\r\n".encode()},
        )
    await break_off(database, monkeypatch)
    _, mails = await erase(database, "ZOE-1", RULES, ASKED)
    assert mails == 1
    async with database.reading() as connection:
        found = await connection.scalars(select(digests.c.message))
    assert not any(f"{named}:".encode() in (mail or b"") for mail in found)


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


async def test_whoever_was_merged_into_them_and_is_not_derived_yet_stays(
    database: Database,
) -> None:
    await track(database, lived("ZOE-1").raw)
    behind = Tracker(database, RULES, lambda: NOW)
    merged = lived("BEA-1").add("person.merged", into="ZOE-1").raw
    await behind.track([Message(orjson.dumps(event)) for event in merged], waiting=BEHIND)
    await erase(database, "ZOE-1", RULES, ASKED)
    assert "cases" in await naming_rows(database, "BEA-1")
    async for _ in rebuild(database, RULES, NOW):
        pass
    assert "cases" in await naming_rows(database, "BEA-1")
    assert "people" not in await naming_rows(database, "'ZOE-1'")


async def test_whoever_was_merged_into_them_and_then_into_another_stays(
    database: Database,
) -> None:
    await track(database, [*lived("A-1").raw, *lived("B-1").raw])
    bea = lived("BEA-1").add("person.merged", into="A-1", time="2026-11-01T09:00:00Z")
    bea.add("person.merged", into="B-1", id="m2", time="2026-11-02T09:00:00Z")
    await track(database, bea.raw)
    await erase(database, "A-1", RULES, ASKED)
    taken_back = {
        **bea.raw[-1], "id": "r1", "type": "sightline.event.retracted.v1", "data": {"id": "m2"},
        "time": "2026-11-03T09:00:00Z",
    }  # fmt: skip
    await track(database, [taken_back])
    assert "cases" in await naming_rows(database, "BEA-1")


async def test_what_they_corrected_of_somebody_else_stays_corrected(database: Database) -> None:
    ada = lived("ADA-1").lives("2026-10-01", "B", id="a2")
    await track(database, [*ada.raw, *lived("ZOE-1").raw])
    wrong = ada.raw[-1]
    taken_back = {
        **wrong, "id": "r1", "subject": "ZOE-1", "type": "sightline.event.retracted.v1",
        "data": {"id": wrong["id"]}, "time": "2026-11-03T09:00:00Z",
    }  # fmt: skip
    await track(database, [taken_back])
    before = await rows(database, "cases", "periods")
    ours = {name: [row for row in found if row[0] == "ADA-1"] for name, found in before.items()}
    await erase(database, "ZOE-1", RULES, ASKED)
    assert await rows(database, "cases", "periods") == ours
    async for _ in rebuild(database, RULES, NOW):
        pass
    assert await rows(database, "cases", "periods") == ours
    assert "people" not in await naming_rows(database, "'ZOE-1'")


async def test_an_event_that_was_said_to_be_theirs_counts_for_nobody_else_again(
    database: Database,
) -> None:
    ada = lived("ADA-1").lives("2026-10-01", "B", id="a2")
    await track(database, ada.raw)
    before = await rows(database, "cases", "periods")
    moved = {**ada.raw[-1], "subject": "ZOE-1", "time": "2026-11-02T09:00:00Z"}
    await track(database, [*lived("ZOE-1").raw, moved])
    await erase(database, "ZOE-1", RULES, ASKED)
    after = await rows(database, "cases", "periods")
    assert after != before
    alone = lived("ADA-1")
    assert {row[0] for row in after["cases"]} == {"ADA-1"}
    other = await rows(database, "cases", "periods")
    async with database.reading() as connection:
        kept = await connection.scalars(select(events.c.event_id).where(events.c.person == "ADA-1"))
    assert set(kept) == {event["id"] for event in alone.raw}
    async for _ in rebuild(database, RULES, NOW):
        pass
    assert await rows(database, "cases", "periods") == other


async def test_a_namesake_in_another_namespace_keeps_what_was_refused(database: Database) -> None:
    rules = Rules.of(Policy.model_validate({"sources": {"/fost": {"namespace": "fost"}}}))
    bad = {**lived("123").raw[1], "source": "/fost", "id": "bad", "data": {}}
    tracker = Tracker(database, rules, lambda: NOW)
    await tracker.track([Message(orjson.dumps(bad))])
    await erase(database, "123", rules, ASKED)
    assert "refused" in await naming_rows(database, "fost/123")


@pytest.mark.parametrize(
    ("text_of_mail", "named"),
    [
        ("Red for 104 days", False),
        ("1,104 cases: all", False),
        ("#104: a colour", False),
        ("104: Missing. Red for 3 weeks", True),
        ("<strong>104</strong>", True),
        ('<a href="https://s.example/cases/104?digest=x">', True),
        ('<a href="https://s.example/cases/1045">', False),
    ],
)
def test_a_reference_of_digits_is_no_other_number(text_of_mail: str, named: bool) -> None:
    assert bool(naming(["104"]).search(text_of_mail)) is named


async def test_a_refused_event_that_is_open_again_is_not_old(database: Database) -> None:
    await council(database)
    async with database.writing() as connection:
        await connection.execute(
            text("UPDATE refused SET settled_at = '2026-06-01 09:00:00+00:00'")
        )
    retention = Retention(refused_days=60, published_days=None)
    assert await remove_what_is_old(database, retention, NOW) == []


async def test_a_week_s_analysis_is_removed_when_it_is_old(database: Database) -> None:
    made = WeeklyAnalysis(
        "2026-W40", date(2026, 9, 28), NOW - timedelta(days=60), is_incomplete=False
    )
    async with database.writing() as connection:
        await weekly_analyses.keep(connection, made, b"x", b"y")
    kept = Retention(analyses_days=61, published_days=None)
    assert await remove_what_is_old(database, kept, NOW) == []
    old = Retention(analyses_days=60, published_days=None)
    assert await remove_what_is_old(database, old, NOW + timedelta(days=1)) == ["1 weekly analyses"]


async def test_a_week_s_report_and_the_hours_of_feeds_are_removed_when_they_are_old(
    database: Database,
) -> None:
    await council(database)
    then = NOW - timedelta(days=401)
    async with database.writing() as connection:
        await connection.execute(
            insert(reports).values(
                week="2026-W45", as_of=then.date(), due_at=then, made_at=then, tracked=[],
                missing=[], unknown=[], policy="", version="",
            )
        )  # fmt: skip
        await connection.execute(
            insert(reported_counts).values(week="2026-W45", concern="missing", rag="red", number=1)
        )
        await connection.execute(update(feed_hours).values(hour=then))
        await connection.execute(
            insert(feed_hours).values(source="/x", hour=NOW - timedelta(weeks=19), accepted=1)
        )
    kept = Retention(reports_days=402, published_days=None)
    assert await remove_what_is_old(database, kept, NOW) == []
    old = Retention(reports_days=400, published_days=None)
    said = await remove_what_is_old(database, old, NOW + timedelta(days=1))
    assert said == ["1 weekly reports, with their cases"]
    async with database.reading() as connection:
        for table in (reports, reported, reported_counts):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
        assert list(await connection.scalars(select(feed_hours.c.source))) == ["/x"]


async def test_mails_refused_events_and_messages_are_removed_when_they_are_old(
    database: Database,
) -> None:
    await council(database)
    retention = Retention(mails_days=400, refused_days=60, published_days=30)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE digests SET sent_at = '2025-10-01 09:00:00+00:00'"))
        await connection.execute(
            text(
                "UPDATE refused SET settled_at = '2026-09-01 09:00:00+00:00', state = 'dismissed' "
                "WHERE number = 1"
            )
        )
        await connection.execute(text("UPDATE outbox SET sent_at = '2026-11-01 09:00:00+00:00'"))
        await connection.execute(
            insert(metadata.tables["outbox"]).values(
                subject="s", content="{}", message_id="not sent", created_at=NOW
            )
        )
    early = await remove_what_is_old(database, retention, NOW)
    assert len(early) == 2
    later = await remove_what_is_old(database, retention, NOW + timedelta(days=20))
    assert later == ["7 messages to other systems that were published"]
    async with database.reading() as connection:
        assert set(await connection.scalars(select(digests.c.message))) == {None}
        assert len((await connection.execute(select(digests))).all()) == 3
        assert (await connection.execute(select(events))).first()
        found, _ = await audit_log.entries(connection, Wanted(act="removed what was old"), most=9)
    assert len(found) == 2
    assert len((await naming_rows(database, "not sent"))["outbox"]) == 1
