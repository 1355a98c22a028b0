"""What was known when, and counted for whom, where events name other subjects or workers left."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.derivation import Rules
from services.oversight.cases import view_of
from services.store import case_counts
from services.store.case_filter import Filter
from services.store.cases import cases_of, count_cases
from services.store.database import Database
from services.store.scope import Scope
from services.store.staff import StaffMember, keep
from services.tracking.handler import Tracker
from services.tracking.rebuild import rebuild
from tests.store.tracking.tracker_harness import derive_marked, rows, track_with
from tests.unit.assessment.made_council import TODAY, event

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BEFORE = date(2026, 9, 1)


class Clock:
    """The time of the tracker, which a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def receive(database: Database, *batches: tuple[int, list[dict[str, Any]]]) -> None:
    clock = Clock()
    tracker = Tracker(database, Rules.of(Policy()), clock)
    for days, raw in batches:
        clock.now = NOW - timedelta(days=days)
        await track_with(tracker, raw)


def red(person: str, **more: Any) -> list[dict[str, Any]]:
    return [
        event(
            "person.updated",
            person,
            1,
            BEFORE,
            date_of_birth="2006-05-01",
            eligibility="former_relevant",
            in_touch="yes",
            team="t",
            personal_adviser="w1",
            **more,
        ),
        event(
            "accommodation.started",
            person,
            2,
            BEFORE,
            accommodation_id="a1",
            code="S",
            suitable=False,
        ),
    ]


async def known(database: Database, person: str) -> date | None:
    async with database.reading() as connection:
        ((stretch, _),) = [
            item
            for item in await cases_of(connection, person, TODAY)
            if item[0].concern == "unsuitable_accommodation"
        ]
    assert stretch.rule_rag == "red"
    return stretch.known_on


async def test_a_red_that_a_retraction_of_another_subject_uncovers_is_known_when_that_is_stored(
    database: Database,
) -> None:
    """The end of the stay was stored on 1 October and taken back today under another subject."""
    end = event("accommodation.ended", "p", 3, BEFORE + timedelta(days=1), accommodation_id="a1")
    back = event("event.retracted", "p", 4, None, id="p.3")
    back["subject"] = "q"  # a retraction is of the source's event, whoever it names
    await receive(database, (50, [*red("p"), end]), (0, [back]))
    assert await known(database, "p") == TODAY


async def test_a_red_that_an_event_moved_to_another_subject_uncovers_is_known_then(
    database: Database,
) -> None:
    """The end was sent with the wrong subject, and today again, with its id, with the right."""
    end = event("accommodation.ended", "p", 3, BEFORE + timedelta(days=1), accommodation_id="a1")
    right = {**end, "subject": "q", "time": "2026-11-20T09:00:00Z"}
    await receive(database, (50, [*red("p"), end]), (0, [right]))
    assert await known(database, "p") == TODAY


async def test_a_red_of_a_survivor_that_no_event_names_as_its_subject_was_known_at_once(
    database: Database,
) -> None:
    """q was merged into p, which has no event of its own; today something else of q is stored."""
    merge = event("person.merged", "q", 9, None, into="p")
    more = event("person.updated", "q", 10, TODAY, initials="A.B.")
    await receive(database, (50, [*red("q"), merge]), (0, [more]))
    assert await known(database, "p") == TODAY - timedelta(days=50)


async def test_rebuild_gives_the_same_rows_after_the_directory_says_that_a_past_worker_had_left(
    database: Database,
) -> None:
    """w1 was the worker until 10 October; today's extract says that w1 was gone on 1 October."""
    moved = event("person.updated", "p", 5, date(2026, 10, 10), personal_adviser="w2")
    await receive(database, (50, [*red("p"), moved]))
    member = StaffMember("w1", "/ssd", "", "", "", date(2026, 10, 1), NOW)
    async with database.writing() as connection:
        await keep(connection, "/ssd", [member], TODAY)
    clock = Clock()
    tracker = Tracker(database, Rules.of(Policy()), clock)
    await derive_marked(tracker)
    before = await rows(database, "cases")
    async for _ in rebuild(database, Rules.of(Policy()), NOW):
        pass
    assert await rows(database, "cases") == before


async def test_a_service_called_none_is_no_missing_service(database: Database) -> None:
    """Who sees those of no service counts 1 red (overview, digest) and lists 0."""
    await receive(database, (0, red("p", service="none")))
    view = view_of(Scope(unserved=True), TODAY)
    async with database.reading() as connection:
        counted = await case_counts.counts(connection, view)
        listed = await count_cases(connection, view, Filter(rag=Rag.RED))
    assert listed == counted.get((Concern.UNSUITABLE_ACCOMMODATION, "red"), 0)
