"""A made-up return, read in, comes out of the preview as it went in."""

from dataclasses import dataclass
from datetime import date

import pytest

from schemas.envelope import Event, read_event
from schemas.policy import Policy
from services.assessment.annual_return.rows import AnnualReturn, annual_return
from services.assessment.fold import fold
from services.assessment.resolution import receive, resolve
from services.assessment.rulebook import rulebook_for
from services.oversight.annual_return import care_leaver_rows
from tests.system.imports.generated_returns import RETURN_FORMATS, Row, make_return, write
from tests.system.imports.test_independent_count import CommandRunner

YEAR = 2025


Tables = dict[str, list[Row]]


@dataclass
class Read:
    """A return as it was made, and what the preview has of each of its children."""

    tables: Tables
    found: dict[str, AnnualReturn]
    last_day: date

    def episodes_of(self, child: str) -> list[Row]:
        return [row for row in self.tables["episodes"] if row["CHILD"] == child]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    folder = tmp_path_factory.mktemp("preview")
    made = make_return(13, YEAR, 200)
    path = write(made, folder / "return", RETURN_FORMATS[0], 13)
    raw = CommandRunner(folder).events(path, "--year", made.label)
    events = [event for item in raw if isinstance(event := read_event(item), Event)]
    rulebook = rulebook_for(Policy())
    people = resolve(receive(events, Policy()), Policy())
    found = {who: annual_return(fold(settled), rulebook) for who, settled in people.items()}
    return Read(made.tables, found, made.last_day)


def test_every_care_leaver_comes_out_as_they_went_in(read: Read) -> None:
    sent = {
        row[0]: row
        for it in read.found.values()
        for row in care_leaver_rows(
            entry
            for entry in it.care_leavers
            if entry.year == YEAR
            and entry.start <= read.last_day
            and (entry.until is None or read.last_day < entry.until)
        )
    }
    left_out = 0
    for row in read.tables["oc3"]:
        child, born = row["CHILD"], row["DOB"]
        got = sent.pop(child, None)
        if got is None:  # rule 1007: looked after on the 17th birthday
            left_out += 1
            assert looked_after_at_17(read.episodes_of(child), born)
        else:
            written = f"{born:%d/%m/%Y}"
            assert got == (child, written, row["IN_TOUCH"], row["ACTIV"], row["ACCOM"])
    assert left_out < len(read.tables["oc3"]) / 5
    for child, row_ in sent.items():  # left care in the year, and the file said nothing of them
        assert read.episodes_of(child)[-1]["REC"] not in ("", "X1"), row_


def looked_after_at_17(episodes: list[Row], born: date) -> bool:
    seventeen = born.replace(year=born.year + 17)
    return any(it["DECOM"] <= seventeen and (not it["DEC"] or it["DEC"] > seventeen)
               for it in episodes)  # fmt: skip


CARER_IS_NOT_HELD = {"T": "P", "U": "B"}
"""Whether the carer stayed the same is not held, so RNE does not tell these apart."""


def test_every_episode_comes_out_as_it_went_in(read: Read) -> None:
    children = {row["CHILD"] for row in read.tables["episodes"]}
    assert len(children) > 100
    for child in children:
        sent = [
            it
            for it in read.found[child].episodes
            if it.start <= read.last_day and (it.until is None or read.last_day < it.until)
        ]
        episodes = read.episodes_of(child)
        assert len(sent) == len(episodes), child
        for got, row in zip(sent, episodes, strict=True):
            assert (got.began, got.legal_status, got.placement, got.provider, got.urn) == (
                row["DECOM"], row["LS"], row["PLACE"], row["PLACE_PROVIDER"], row["URN"],
            ), (child, got)  # fmt: skip
            assert (got.ended or "", got.ceased) == (row["DEC"], row["REC"]), (child, got)
            known = {CARER_IS_NOT_HELD.get(name, name) for name in (got.reason, row["RNE"])}
            assert len(known - {""}) == 1, (child, got, row["RNE"])
