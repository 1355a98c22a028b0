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
from services.imports.snapshots.layout import Ways
from services.imports.snapshots.load import Taken, completed, take
from services.imports.snapshots.read import Files
from services.imports.ssd.read import Dataset, people_of, settle_dwellings
from services.imports.ssd.tables import rows_of_files
from services.imports.tabular.faults import FaultReport
from services.sources.holdings import slots_by_subject
from services.sources.statements import Held, Voice

Tables = Mapping[str, Sequence[Mapping[str, str]]]
SOURCE = "/ssd"


def written(tables: Tables, folder: Path) -> list[Path]:
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


class Nights:
    """What was heard of one source so far, night by night."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[Event] = []
        self.dataset = Dataset()
        self.faults = FaultReport()

    async def take(self, on: date, tables: Tables) -> list[dict[str, Any]]:
        """One night's extract; the events that it yields, but for its end."""
        voice = Voice(SOURCE, datetime(on.year, on.month, on.day, 2, tzinfo=UTC))
        self.dataset, self.faults, files = Dataset(), FaultReport(), Files()
        rows = rows_of_files(
            written(tables, self.folder / str(on)), self.dataset.tables, self.faults
        )
        people = people_of(rows, self.dataset, files, london_day(voice.as_at))
        held = slots_by_subject(receive(self.heard, Policy()))

        async def held_now(subjects: Sequence[str]) -> dict[str, Held]:
            return {subject: held[subject] for subject in subjects if subject in held}

        taken: Taken = await take(
            people, files, sorted(filter(None, held)), held_now, voice, Ways(), self.faults,
            settle_dwellings,
        )  # fmt: skip
        for whole in [*taken.events, *completed(voice, taken, files.kinds)]:
            event = read_event(whole)
            assert isinstance(event, Event), event
            self.heard.append(event)
        return taken.events

    def status(self, person: str, concern: str, on: date) -> dict[str, Any] | None:
        """A colour of a day, by everything heard so far."""
        for told in statuses(assess_events(self.heard, Policy()), on):
            if (told["person"], told["concern"]) == (person, concern):
                return told
        return None


def names_of(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of events, in order of the alphabet."""
    return sorted(event["type"][len("sightline.") : -len(".v1")] for event in events)
