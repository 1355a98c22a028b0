"""Thirty nights of a source's rows: each night all is as the last rows alone would have it."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from schemas.policy import Policy
from schemas.status import Concern
from services.assessment.statuses import assess_events, on_day
from tests.share import share_of
from tests.unit.imports.snapshots.extract import Extract

BEGUN = date(2026, 10, 1)
LEAVER = {"person": "A", "date_of_birth": "2007-03-01", "eligibility": "former_relevant"}
CHILD = {"person": "C", "date_of_birth": "2012-05-01"}
CARE = {"person": "C", "care_id": "c", "start": "2024-05-01", "end": "", "legal_status": "C2"}
KINDS = {
    "accommodation": ("A", "accommodation_id", ("S", "U", "E", "B", "V")),
    "placements": ("C", "placement_id", ("H5", "U4", "K2", "K3")),
}
SHOWN = {"A": Concern.UNSUITABLE_ACCOMMODATION, "C": Concern.UNREGULATED_PLACEMENT}

Row = dict[str, str]


class Record:
    """The rows of one young person of one kind, as a caseworker changes them."""

    def __init__(self, kind: str, chance: Random) -> None:
        self.kind, self.chance = kind, chance
        self.person, self.id_field, self.codes = KINDS[kind]
        self.count = 0
        self.rows = [self.row(BEGUN - timedelta(days=30))]

    def row(self, start: date) -> Row:
        self.count += 1
        return {
            "person": self.person, self.id_field: f"{self.person}{self.count}",
            "start": str(start), "end": "", "code": self.chance.choice(self.codes),
        }  # fmt: skip

    def change(self, day: date) -> None:
        """What happens on a day: mostly nothing."""
        last = self.rows[-1]
        happens = self.chance.choice(("", "", "move", "move", "undo", "correct", "lose", "end"))
        if happens == "move":
            last["end"] = last["end"] or str(day)
            self.rows.append(self.row(day))
        elif happens == "undo" and len(self.rows) > 1:
            self.rows.pop()
            self.rows[-1]["end"] = ""
        elif happens == "correct":
            earlier = date.fromisoformat(last["start"]) - timedelta(days=self.chance.randint(1, 20))
            if all(row["start"] < str(earlier) for row in self.rows[:-1]):
                last["start"] = str(earlier)
        elif happens == "lose" and len(self.rows) > 1:
            del self.rows[self.chance.randrange(len(self.rows) - 1)]
        elif happens == "end":
            last["end"] = str(day)


def shown(extract: Extract, day: date) -> dict[str, Any]:
    """The colour and the rules of each young person on a day."""
    assessments = assess_events(extract.events(), Policy())
    found = {}
    for person, concern in SHOWN.items():
        status = on_day(assessments[person], concern, day)
        found[person] = status and (str(status.rag), [reason.rule for reason in status.reasons])
    return found


def rows_of(records: list[Record]) -> dict[str, list[Row]]:
    rows = {record.kind: [dict(row) for row in record.rows] for record in records}
    return {"people": [LEAVER, CHILD], "care": [CARE]} | rows


@pytest.mark.parametrize("seed", range(share_of(40)))
def test_every_night_all_is_as_the_last_rows_alone_would_have_it(seed: int) -> None:
    chance = Random(seed)
    records = [Record(kind, chance) for kind in KINDS]
    nightly = Extract()
    for night in range(30):
        day = BEGUN + timedelta(days=night)
        for record in records:
            record.change(day)
        if chance.random() < 0.15:
            continue  # a night without an extract
        rows = rows_of(records)
        nightly.snapshot(str(day), rows)
        fresh = Extract()
        fresh.snapshot(str(day), rows)
        assert shown(nightly, day) == shown(fresh, day), f"night {night}: {rows}"
        assert nightly.compare(f"{day}T04:00", rows).names == []
