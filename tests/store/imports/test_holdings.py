"""Snapshots against a real store: what is held of a source, and of no other."""

from collections.abc import Sequence

import pytest

from schemas.policy import Policy, SourcePermissions
from services.imports.snapshots.load import SnapshotResult, completed, load_snapshot
from services.imports.snapshots.read import Files
from services.imports.snapshots.treatment import RowTreatment, Vanished
from services.imports.tabular.faults import FaultReport
from services.sources.holdings import load_holdings
from services.sources.statements import Holdings, Provenance
from services.store import event_log
from services.store.database import Database
from tests.store.tracking.tracker_harness import track_with, tracker
from tests.story import Story
from tests.unit.imports.snapshots.extract import SOURCE, Rows, at, names, people_of

POLICY = Policy()


class Store:
    """Snapshots taken and tracked."""

    def __init__(self, database: Database, policy: Policy = POLICY) -> None:
        self.database, self.policy = database, policy
        self.tracker = tracker(database, policy)

    async def compare(self, time: str, rows: Rows, source: str = SOURCE) -> SnapshotResult:
        async with self.database.reading() as connection:
            subjects = await event_log.subjects_of(connection, source)

        async def holdings_of(wanted: Sequence[str]) -> dict[str, Holdings]:
            async with self.database.reading() as connection:
                return await load_holdings(connection, self.policy, source, wanted, at(time))

        provenance = Provenance(source, at(time))
        return await load_snapshot(
            people_of(rows),
            Files(kinds=set(rows)),
            subjects,
            holdings_of,
            provenance,
            RowTreatment({"placements": Vanished.END}),
            FaultReport(),
        )

    async def snapshot(self, time: str, rows: Rows, source: str = SOURCE) -> list[str]:
        result = await self.compare(time, rows, source)
        end = completed(Provenance(source, at(time)), result, set(rows))
        outcome = await track_with(self.tracker, [*result.events, *end])
        assert outcome.refused == set()
        return names(result.events)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def placed(*ids: str, person: str = "p1", **cells: str) -> Rows:
    """Placements, those of a higher number from an earlier day."""
    always = {"person": person, "end": "", "code": "U6"} | cells
    return {
        "placements": [
            {"placement_id": id_, "start": f"2026-01-{20 - int(id_):02}"} | always for id_ in ids
        ]
    }


async def test_what_changed_since_the_last_snapshot_and_nothing_else(store: Store) -> None:
    assert await store.snapshot("2026-03-01", placed("1", "2")) == ["placement.started"] * 2
    assert await store.snapshot("2026-03-02", placed("1", "2")) == []
    assert (
        await store.snapshot("2026-03-03", placed("1", "2", code="K2")) == ["placement.changed"] * 2
    )
    assert await store.snapshot("2026-03-04", placed("1", code="K2")) == ["placement.ended"]
    assert await store.snapshot("2026-03-05", placed("1", "2", code="K2")) == ["event.retracted"]
    assert await store.snapshot("2026-03-06", placed("1", "2", code="K2")) == []
    assert await store.snapshot("2026-03-07", placed("1", code="K2")) == ["placement.ended"]
    assert await store.snapshot("2026-03-08", placed("1", "2", code="K2")) == ["event.retracted"]


async def test_only_the_same_source_is_compared(store: Store) -> None:
    await store.snapshot("2026-03-01", placed("1"))
    assert await store.snapshot("2026-03-02", placed("1"), "/other") == ["placement.started"]
    assert await store.snapshot("2026-03-03", placed(), "/other") == ["placement.ended"]
    assert await store.snapshot("2026-03-04", placed("1")) == []


async def test_numbers_of_a_source_are_its_own(database: Database) -> None:
    policy = Policy(sources={"/other": SourcePermissions(namespace="other")})
    store = Store(database, policy)
    await store.snapshot("2026-03-01", placed("1"))
    assert await store.snapshot("2026-03-01", placed("1"), "/other") == ["placement.started"]
    assert await store.snapshot("2026-03-02", placed("1"), "/other") == []
    assert await store.snapshot("2026-03-03", placed(), "/other") == ["placement.ended"]
    assert await store.snapshot("2026-03-03", placed("1")) == []


async def test_what_was_said_later_than_the_snapshot_is_left_aside(store: Store) -> None:
    await store.snapshot("2026-03-01", placed("1"))
    live = Story().add(
        "placement.ended", on="2026-03-05", time="2026-03-05T12:00:00Z", placement_id="1",
        source=SOURCE,
    )  # fmt: skip
    await track_with(store.tracker, live.raw)
    assert await store.snapshot("2026-03-04", placed("1")) == []
    assert await store.snapshot("2026-03-06", placed("1")) == ["event.retracted"]


async def test_somebody_who_was_merged_is_still_the_sources_own(store: Store) -> None:
    await store.snapshot("2026-03-01", placed("1", person="old"))
    merge = Story("old").add("person.merged", time="2026-03-01T12:00:00Z", into="p1", source="/b")
    await track_with(store.tracker, merge.raw)
    assert await store.snapshot("2026-03-02", placed("1", person="old")) == []
    assert await store.snapshot("2026-03-03", placed("1")) == [
        "placement.started", "placement.ended",
    ]  # fmt: skip
