"""What doctor and the metrics say is wrong: of each part, when it is and when it is not."""

import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from events.wire import Message
from schemas.policy import Policy
from schemas.recipients import Recipient, Recipients
from services.assessment.derivation import Rules
from services.bootstrap.health.ailment import Part, Patient
from services.bootstrap.health.examined import Examined, ailments
from services.bootstrap.health.machine import LITTLE_DISK
from services.settings import Settings
from services.store import mail_queue, marks, underived
from services.store.database import Database
from services.store.mail_queue import Delivery
from services.tracking.handler import BEHIND, Tracker
from tests.store.oversight.council import restrict
from tests.story import Story

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SOMEBODY = Recipients(
    recipient=(Recipient(id="d1", name="D", role="chief_officer", address="d@council.example"),)
)
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 (what shutil.disk_usage returns)


@pytest.fixture
def patient(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9 << 30, 0, 8 << 30))
    settings = Settings(data_dir=folder)
    return Patient(settings, Policy(), SOMEBODY, database, None)


async def track(patient: Patient, raw: list[dict[str, object]], waiting: int = 0) -> None:
    tracker = Tracker(patient.database, Rules.of(patient.policy), lambda: NOW)
    await tracker.track([Message(orjson.dumps(event)) for event in raw], waiting)


async def wrong(patient: Patient, now: datetime = NOW) -> set[str]:
    found = await Examined(patient, lambda: now)()
    return {part for part, is_wrong in found.items() if is_wrong}


async def copied(patient: Patient, at: datetime) -> None:
    async with patient.database.writing() as connection:
        await marks.set_mark(connection, marks.BACKED_UP, at.isoformat())


async def test_nothing_is_wrong_with_a_store_that_is_copied_and_heard(patient: Patient) -> None:
    await copied(patient, NOW - timedelta(days=1))
    await track(patient, Story("p1").care("2026-10-01").raw)
    assert await wrong(patient) == set()
    assert set(await Examined(patient, lambda: NOW)()) == {part.value for part in Part}


async def test_copies_grow_too_old_after_two_days(patient: Patient) -> None:
    assert await wrong(patient) == {Part.BACKUPS}
    await copied(patient, NOW - timedelta(days=2) + timedelta(seconds=1))
    assert await wrong(patient) == set()
    assert await wrong(patient, NOW + timedelta(seconds=1)) == {Part.BACKUPS}


async def test_a_clock_that_is_behind_the_tracker_s_is_told(patient: Patient) -> None:
    await copied(patient, NOW - timedelta(minutes=10))
    await track(patient, Story("p1").care("2026-10-01").raw)
    assert await wrong(patient, NOW - timedelta(minutes=2)) == set()
    assert await wrong(patient, NOW - timedelta(minutes=2, seconds=1)) == {Part.CLOCK}


async def test_what_waits_what_failed_and_what_was_refused_are_told(patient: Patient) -> None:
    await copied(patient, NOW)
    await track(patient, Story("p1").care("2026-10-01").raw, waiting=BEHIND)
    assert await wrong(patient) == {Part.DERIVING}
    async with patient.database.writing() as connection:
        await underived.set_aside(connection, "p1", "ValueError", NOW)
    assert await wrong(patient) == {Part.SET_ASIDE}
    await track(patient, [{**Story("p2").care("2026-10-01").raw[0], "data": {}}])
    assert await wrong(patient) == {Part.SET_ASIDE, Part.REFUSED}


async def test_a_silent_feed_is_told(patient: Patient) -> None:
    await track(patient, Story("p1").care("2026-10-01").raw)
    later = NOW + timedelta(days=9)
    await copied(patient, later)
    assert await wrong(patient, later) == {Part.FEEDS}


async def test_mail_that_fails_and_nobody_to_write_to_are_told(patient: Patient) -> None:
    await copied(patient, NOW)
    due = Delivery("2026-W47", "d1", mail_queue.DUE, "d@x.uk", "<1>", b"", 3, None, None, "450")
    async with patient.database.writing() as connection:
        await mail_queue.add_delivery(connection, due)
    assert await wrong(patient) == {Part.MAIL}
    alone = Patient(patient.settings, Policy(), Recipients(), patient.database, None)
    assert await wrong(alone) == {Part.MAIL, Part.RECIPIENTS}


async def test_little_disk_and_a_folder_that_others_may_read_are_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await copied(patient, NOW)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9 << 30, 0, LITTLE_DISK - 1))
    patient.settings.data_dir.chmod(0o750)
    assert await wrong(patient) == {Part.DISK, Part.PERMISSIONS}
    found = {item.part: item for item in await ailments(patient, NOW)}
    assert found[Part.DISK].what.startswith("1,023 MB are free")
    assert found[Part.PERMISSIONS].cure == f"chmod 700 {patient.settings.data_dir}"


async def test_a_database_that_is_gone_is_told_and_the_rest_still_examined(
    patient: Patient,
) -> None:
    patient.settings.data_dir.chmod(0o755)
    async with patient.database.writing() as connection:
        await connection.execute(text("DROP TABLE feeds"))
    assert await wrong(patient) == {Part.PERMISSIONS, Part.DATABASE}


async def test_a_restricted_case_that_is_in_nobody_s_digest_is_told(patient: Patient) -> None:
    await copied(patient, NOW)
    await track(patient, Story("p1").care("2026-10-01").raw)
    lead = Recipient(id="lead", name="L", role="lead_member", address="l@council.example")
    everybody = Recipients(recipient=(*SOMEBODY.recipient, lead))
    patient = replace(patient, recipients=everybody)
    for readers, found in (
        (("w1",), {Part.RESTRICTED}),
        (("w1", "recipient:lead"), {Part.RESTRICTED}),
        (("w1", "recipient:d1"), set()),
    ):
        await restrict(patient.database, "p1", *readers)
        assert await wrong(patient) == found
