"""The figures of measures: recomputed by hand out of the rows, for every reader and both stores."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from services.oversight.cases import view_of
from services.oversight.measures.definition import Measure, shipped
from services.oversight.measures.figures import figure_of
from services.oversight.measures.measured import measured, to_keep
from services.store import measure_figures
from services.store.database import Database
from services.store.tables import actions, return_care_leavers
from services.store.view import View
from services.tracking.handler import Tracker
from tests.share import by_turn
from tests.store.oversight.council import RULES, restrict_some, store_council
from tests.store.oversight.line_count import stored
from tests.store.oversight.readers import READERS
from tests.store.tracking.tracker_harness import NOW, track_with
from tests.unit.assessment.made_council import TODAY

DAYS = [TODAY - timedelta(days=60), TODAY, TODAY + timedelta(days=20)]
BY_ID = {measure.id: measure for measure in shipped()}


def share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


async def test_each_figure_is_that_of_the_rows_counted_one_by_one(database: Database) -> None:
    await store_council(database)
    await restrict_some(database)
    whole = await stored(database)
    async with database.reading() as connection:
        every_action = list(await connection.execute(select(actions)))
        every_leaver = list(await connection.execute(select(return_care_leavers)))
        assert len({row.suitability for row in every_leaver}) > 2
        for place, reader in enumerate(READERS):
            theirs = whole.theirs(reader.scope, TODAY)
            for day in by_turn(DAYS, place):
                view = view_of(reader.scope, TODAY, day)
                rows = [r for r in whole.on(reader.scope, TODAY, day) if r.rag != "none"]

                async def value(id_: str, view: View = view) -> float | None:
                    return (await figure_of(connection, view, BY_ID[id_])).value

                visits = [row for row in rows if row.concern == "visits"]
                late = [row for row in visits if row.review_due and row.review_due < day]
                assert await value("visits_in_time") == share(len(visits) - len(late), len(visits))
                reds = [row for row in rows if row.rag == "red"]
                planned = [row for row in reds if row.actions]
                assert await value("reds_with_a_plan") == share(len(planned), len(reds))
                unlawful = [
                    row
                    for row in rows
                    if row.concern == "unregulated_placement" and row.statutory == "unlawful"
                ]
                assert await value("unregistered_placements") == len(unlawful)
                pre = [row for row in rows if row.concern == "pre_proceedings"]
                over = [row for row in pre if " PP1 " in row.rules]
                assert await value("pre_proceedings_12_weeks") == share(
                    len(pre) - len(over), len(pre)
                )
                counted = Counter(
                    row.suitability
                    for row in every_leaver
                    if row.person in theirs
                    and row.year == (day.year if day.month > 3 else day.year - 1)
                    and row.start <= day < row.until
                    and row.age is not None
                )
                whole_of = counted.total() - counted["not counted"]
                assert await value("unsuitable_17_to_25") == share(counted["unsuitable"], whole_of)
                of_worker: Counter[str] = Counter()
                for person, worker in {
                    (row.person, who)
                    for row in rows
                    for who in (row.personal_adviser, row.social_worker)
                    if who
                }:
                    del person
                    of_worker[worker] += 1
                largest = max(of_worker.values(), default=None)
                assert await value("caseload_largest") == largest
                mine = [row for row in every_action if row.person in theirs]
                applying = {(row.person, row.concern) for row in rows}
                due = [
                    row
                    for row in mine
                    if row.start <= day < row.until
                    and day - timedelta(weeks=4) <= row.due < day
                    and (row.state != "cancelled" or row.closed_on > row.due)
                    and (row.state != "open" or (row.person, row.concern) in applying)
                ]
                kept = [r for r in due if r.state == "done" and r.closed_on <= r.due]
                assert await value("actions_in_time") == share(len(kept), len(due))


async def test_what_a_week_gave_is_kept_as_it_was(database: Database) -> None:
    await store_council(database)
    view = view_of(READERS[0].scope, TODAY)
    async with database.writing() as connection:
        found = await measured(connection, view, shipped())
        await measure_figures.keep(connection, to_keep("2026-W47", TODAY, found))
    async with database.reading() as connection:
        before = await measure_figures.kept(connection, TODAY - timedelta(days=1))
        later = await measured(connection, view_of(READERS[0].scope, TODAY), shipped())
    assert before == {}
    for one, other in zip(found, later, strict=True):
        assert [(it.week, it.value, it.state) for it in other.weeks] == [
            ("2026-W47", one.figure.value, one.judgement.state)
        ]


def told(day: str, id_: str = "", **figures: object) -> dict[str, object]:
    return {
        "specversion": "1.0", "id": id_ or f"m {day} {figures}", "source": "/test/cms",
        "type": "sightline.measure.recorded.v1", "time": f"{day}T18:00:00Z",
        "datacontenttype": "application/json",
        "data": {"measure": "advisers", "date": day, **figures},
    }  # fmt: skip


async def test_a_figure_that_another_system_counts_is_its_last_told(database: Database) -> None:
    tracker = Tracker(database, RULES, clock=lambda: NOW)
    back = {
        **told("2026-11-10", "x"), "id": "r", "type": "sightline.event.retracted.v1",
        "data": {"id": "gone"},
    }  # fmt: skip
    await track_with(
        tracker,
        [
            told("2026-11-02", numerator=3, denominator=4),
            told("2026-11-09", numerator=1, denominator=4),
            told("2026-11-10", "gone", numerator=4, denominator=4),
            back,
        ],
    )
    measure = Measure.model_validate(
        {"id": "a", "name": "A", "what": "x.", "since": "2026-12-01", "unit": "per cent",
         "better": "more", "told": "advisers"}
    )  # fmt: skip
    async with database.reading() as connection:

        async def on(day: str) -> float | None:
            view = view_of(READERS[0].scope, TODAY, type(TODAY).fromisoformat(day))
            return (await figure_of(connection, view, measure)).value

        assert await on("2026-11-01") is None
        assert await on("2026-11-02") == 75
        assert await on("2026-11-08") == 75
        assert await on("2026-11-20") == 25
