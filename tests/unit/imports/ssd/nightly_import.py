"""Nightly extracts of an invented council, taken one after another without broker or store."""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from schemas.days import london_day
from schemas.envelope import Event, read_event
from schemas.policy import Policy
from services.assessment.resolution import receive
from services.assessment.statuses import assess_events, statuses
from services.imports.snapshots.load import SnapshotResult, completed, load_snapshot
from services.imports.snapshots.read import Files
from services.imports.snapshots.treatment import RowTreatment
from services.imports.ssd.read import Dataset, read_people, reconcile_dwellings
from services.imports.ssd.tables import rows_of_files
from services.imports.tabular.faults import FaultReport
from services.sources.holdings import holdings_by_subject
from services.sources.statements import Holdings, Provenance

Tables = Mapping[str, Sequence[Mapping[str, str]]]
SOURCE = "/ssd"


def write_tables(tables: Tables, folder: Path) -> list[Path]:
    """The tables as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        paths.append(path)
    return paths


class NightlyImports:
    """What was heard of one source so far, night by night."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[Event] = []
        self.dataset = Dataset()
        self.faults = FaultReport()
        self.files = Files()

    async def import_night(self, on: date, tables: Tables) -> list[dict[str, Any]]:
        """One night's extract; the events that it yields, but for its end."""
        provenance = Provenance(SOURCE, datetime(on.year, on.month, on.day, 2, tzinfo=UTC))
        self.dataset, self.faults, files = Dataset(), FaultReport(), Files()
        self.files = files
        rows = rows_of_files(
            write_tables(tables, self.folder / str(on)), self.dataset.tables, self.faults
        )
        people = read_people(rows, self.dataset, files, london_day(provenance.as_at))
        holdings = holdings_by_subject(receive(self.heard, Policy()), Policy())

        async def load_holdings(subjects: Sequence[str]) -> dict[str, Holdings]:
            return {subject: holdings[subject] for subject in subjects if subject in holdings}

        result: SnapshotResult = await load_snapshot(
            people, files, sorted(filter(None, holdings)), load_holdings, provenance,
            RowTreatment(), self.faults, reconcile_dwellings,
        )  # fmt: skip
        for whole in [*result.events, *completed(provenance, result, files.kinds)]:
            event = read_event(whole)
            assert isinstance(event, Event), event
            self.heard.append(event)
        return result.events

    def status(self, person: str, concern: str, on: date) -> dict[str, Any] | None:
        """A colour of a day, by everything heard so far."""
        for item in statuses(assess_events(self.heard, Policy()), on):
            if (item["person"], item["concern"]) == (person, concern):
                return item
        return None


def names_of(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of events, in order of the alphabet."""
    return sorted(event["type"][len("sightline.") : -len(".v1")] for event in events)
