"""An unlawful red is told by e-mail on the day it becomes known, once to each on the ladder."""

from datetime import UTC, date, datetime, timedelta

from events.stream import Lag
from schemas.policy import Policy
from services.digests.schedule import tick
from services.digests.send import send_due
from services.digests.unlawful_notice import notify
from services.store import staff
from services.store.database import Database
from services.store.staff import StaffMember
from tests.store.digests.council import DIRECTOR, HEAD, MANAGER, Council, parts
from tests.story import Story

FOUND = date(2026, 11, 10)


async def nothing_waits() -> Lag | None:
    return Lag(0, 0)


async def much_waits() -> Lag | None:
    return Lag(5000, 0)


def placed(person: str = "p1", *, team: str | None = "north", service: str = "leaving") -> Story:
    return (
        Story(person, born="2012-03-01", service=service, personal_adviser="w1",
              **({"team": team} if team else {}))
        .care("2026-11-01")
        .placed("2026-11-08", "Z12", registration="unregistered")
    )  # fmt: skip


async def told_today(council: Council) -> list[str]:
    council.outbox.sent.clear()
    await notify(council.mail_context, nothing_waits)
    await send_due(council.mail_context)
    return sorted(council.outbox.addresses)


async def test_everybody_on_the_ladder_whose_case_it_is_is_told_once(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    await council.receive(placed().raw, FOUND)
    assert await told_today(council) == [
        "director@council.example", "head@council.example", "manager@council.example",
    ]  # fmt: skip
    assert await told_today(council) == []
    council.now += timedelta(days=1)
    assert await told_today(council) == []


async def test_a_notice_has_no_detail_in_its_subject_and_a_link_in_its_body(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    await council.receive(placed().raw, FOUND)
    await told_today(council)
    mail = council.mail_to(DIRECTOR)
    assert mail["Subject"] == "Sightline: 1 unlawful placement"
    for part in parts(mail):
        assert "p1" in part
        assert "https://sightline.example/cases/p1?digest=2026-W46-notice-" in part
        assert "2012" not in part


async def test_the_next_unlawful_red_is_told_by_itself(sqlite_store: Database) -> None:
    council = Council(sqlite_store)
    await council.receive(placed("p1").raw, FOUND)
    await told_today(council)
    await council.receive(placed("p2").raw)
    council.now += timedelta(minutes=1)
    assert len(await told_today(council)) == 3
    assert "p1" not in parts(council.mail_to(DIRECTOR))[1]


async def test_one_that_became_lawful_and_unlawful_again_is_told_again(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    story = placed()
    await council.receive(story.raw, FOUND)
    await told_today(council)
    story.placed("2026-11-12", "U4", id="b").placed(
        "2026-11-14", "Z12", id="c", registration="unregistered"
    )
    await council.receive(story.raw, date(2026, 11, 14))
    assert len(await told_today(council)) == 3


async def test_a_red_that_is_not_unlawful_waits_for_the_weekly_digest(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    story = Story("p1", born="2006-05-01", eligibility="former_relevant", team="north")
    await council.receive(story.lives("2026-10-01", "S").raw, FOUND)
    assert await told_today(council) == []


async def test_nothing_dated_before_the_policy_s_start_is_told(sqlite_store: Database) -> None:
    council = Council(sqlite_store, Policy(live_from=date(2026, 11, 11)))
    await council.receive(placed().raw, FOUND)
    assert await told_today(council) == []


async def test_a_case_of_another_service_is_not_told_to_this_head(sqlite_store: Database) -> None:
    council = Council(sqlite_store)
    await council.receive(placed(team="elsewhere", service="elsewhere").raw, FOUND)
    assert await told_today(council) == ["director@council.example"]
    assert HEAD.address not in council.outbox.addresses


async def test_while_a_backlog_is_worked_through_a_notice_waits_but_not_long(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    await council.receive(placed().raw, FOUND)
    assert await notify(council.mail_context, much_waits) == 0
    council.now = datetime(2026, 11, 10, 18, 31, tzinfo=UTC)
    assert await notify(council.mail_context, much_waits) == 3


async def test_a_corrected_start_date_is_no_second_notice(sqlite_store: Database) -> None:
    council = Council(sqlite_store)
    story = placed()
    await council.receive(story.raw, FOUND)
    await told_today(council)
    corrected = {**story.raw[-1], "time": "2026-11-11T12:00:00Z"}
    corrected["data"] = {**corrected["data"], "date": "2026-11-07"}
    await council.receive([corrected], date(2026, 11, 11))
    assert await told_today(council) == []


async def test_a_second_unlawful_placement_in_one_unbroken_red_is_told(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    story = placed()
    await council.receive(story.raw, FOUND)
    await told_today(council)
    story.placed("2026-11-12", "Z12", id="second", registration="unregistered")
    await council.receive(story.raw, date(2026, 11, 12))
    assert len(await told_today(council)) == 3


async def at_each_wake(council: Council, waiting: int = 0) -> list[str]:
    """Whom the scheduler sends a notice to as it wakes."""

    async def lag_now() -> Lag | None:
        return Lag(waiting, 0)

    council.outbox.sent.clear()
    await tick(council.mail_context, lag_now)
    notices = (mail for mail in council.outbox.sent if "notice" in str(mail["Message-ID"]))
    return sorted(str(mail["To"]) for mail in notices)


async def test_what_a_council_brings_along_is_told_in_the_first_digest(
    sqlite_store: Database,
) -> None:
    """Import first, mail later: nothing known before is news of the day."""
    council = Council(sqlite_store)
    await council.receive(placed("p1").raw, FOUND)
    assert await at_each_wake(council, 900) == []
    assert await at_each_wake(council) == []
    council.now += timedelta(hours=1)
    assert await at_each_wake(council) == []
    await council.receive(placed("p2").raw)
    assert len(await at_each_wake(council)) == 3
    assert "p1" not in parts(council.mail_to(DIRECTOR))[1]
    await council.send_weekly_digests()
    assert "p1" in parts(council.mail_to(DIRECTOR))[1]


async def test_a_manager_who_comes_later_finds_what_stands_in_the_first_digest(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store, recipients=(MANAGER,))
    await council.receive(placed("p1").raw, FOUND)
    assert await at_each_wake(council) == []
    later = Council(sqlite_store)
    later.now = council.now + timedelta(days=30)
    assert await at_each_wake(later) == []
    later.now += timedelta(minutes=1)
    await later.receive(placed("p2").raw)
    assert len(await at_each_wake(later)) == 3


async def test_a_second_unlawful_placement_of_what_was_brought_along_is_news(
    sqlite_store: Database,
) -> None:
    council = Council(sqlite_store)
    story = placed("p1")
    await council.receive(story.raw, FOUND)
    assert await at_each_wake(council) == []
    story.placed("2026-11-12", "Z12", id="c", registration="unregistered")
    await council.receive(story.raw, date(2026, 11, 12))
    assert len(await at_each_wake(council)) == 3


async def test_a_store_that_has_written_before_goes_on_as_it_did(sqlite_store: Database) -> None:
    """It came to this version while an unlawful placement became known."""
    council = Council(sqlite_store)
    await council.send_weekly_digests()
    await council.receive(placed("p1").raw, date(2026, 11, 18))
    assert len(await at_each_wake(council)) == 3


async def test_managers_of_the_staff_directory_are_told_as_well(sqlite_store: Database) -> None:
    council = Council(sqlite_store, recipients=(DIRECTOR,))
    await council.receive(placed().raw, FOUND)
    manager = StaffMember(
        "m7", "/ssd", "m7@council.example", "team_manager", "north", None, council.now
    )
    async with sqlite_store.writing() as connection:
        await staff.keep(connection, "/ssd", [manager], FOUND)
    assert await told_today(council) == ["director@council.example", "m7@council.example"]
