"""What is wrong between the episodes of one child: gaps, overlaps, reasons that do not fit."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from schemas.codes import PLACEMENTS
from services.imports.ssda903.cells import Cells
from services.imports.ssda903.episodes import STARTS_CARE, Episode
from services.imports.tabular.faults import Became


def check_sequence(episodes: Sequence[Episode], born: date | None, cells: Cells) -> None:
    """Add a fault for whatever does not fit; only the REC of an open episode is left out for it."""
    for episode in episodes:
        _check_alone(episode, born, cells)
    for one, other in pairwise(episodes):
        _check_pair(one, other, cells)
    if episodes and episodes[-1].end and episodes[-1].ceased == "X1":
        expected = "X1 says that another episode begins on the same day; none does in this return"
        cells.fault(episodes[-1].row, "REC", expected, Became.KEPT)


def _check_alone(episode: Episode, born: date | None, cells: Cells) -> None:
    row, last = episode.row, cells.year.last_day
    if born and episode.start < born:
        cells.fault(row, "DECOM", f"a day after the birth on {born:%d/%m/%Y}", Became.KEPT)
    if episode.start > last:
        cells.fault(row, "DECOM", f"a day up to {last:%d/%m/%Y}", Became.KEPT)
    if episode.end and episode.end > last + timedelta(days=1):
        cells.fault(row, "DEC", f"a day up to {last:%d/%m/%Y}, or nothing", Became.KEPT)
    known = PLACEMENTS.get(episode.place)
    until = known.last_day if known else None
    if (
        until
        and until < last
        and (episode.end is None or episode.end > until)
        and (
            (row.table, "PLACE") not in cells.codes
            or episode.place in cells.codes[row.table, "PLACE"]
        )
    ):
        expected = f"another code: {episode.place} was valid to {until:%d/%m/%Y}"
        cells.fault(row, "PLACE", expected, Became.KEPT)
    if episode.end == episode.start:
        cells.fault(row, "DEC", "a day after DECOM: an episode lasts a night", Became.KEPT)
    if episode.end and not row["REC"]:
        expected = "the reason why the episode ceased; without it care is taken to go on"
        cells.fault(row, "REC", expected, Became.KEPT)
    if not episode.end and row["REC"]:
        expected = "nothing, while DEC tells no day on which the episode ceased"
        cells.fault(row, "REC", expected, Became.FIELD_LEFT_OUT)


def _check_pair(one: Episode, other: Episode, cells: Cells) -> None:
    row = other.row
    if one.start == other.start:
        expected = (
            "another episode of this child begins on the same day; the later in the file counts"
        )
        cells.fault(row, "DECOM", expected, Became.KEPT)
    if one.end is None:
        expected = f"the day on which it ended: another episode begins on {other.start:%d/%m/%Y}"
        cells.fault(one.row, "DEC", expected, Became.KEPT)
    elif one.end > other.start:
        expected = f"a day up to {other.start:%d/%m/%Y}, when the next episode begins"
        cells.fault(one.row, "DEC", expected, Became.KEPT)
    elif one.ceased == "X1" and one.end < other.start:
        expected = (
            f"X1 says that the next begins on the same day; it does on {other.start:%d/%m/%Y}"
        )
        cells.fault(one.row, "REC", expected, Became.KEPT)
    if one.ends_care and other.reason and other.reason != STARTS_CARE:
        cells.fault(row, "RNE", "S, since the episode before ended care", Became.KEPT)
    if not one.ends_care and other.reason == STARTS_CARE:
        expected = "a reason other than S: the episode before did not end care, which goes on"
        cells.fault(row, "RNE", expected, Became.KEPT)
    if other.reason == "L" and not one.ends_care:
        _check_legal(one, other, cells)


def _check_legal(one: Episode, other: Episode, cells: Cells) -> None:
    if one.legal_status == other.legal_status:
        expected = "another legal status: L says that it changed"
        cells.fault(other.row, "LS", expected, Became.KEPT)
    if one.place != other.place:
        expected = f"{one.place or 'the placement before'}: L says that only legal status changed"
        cells.fault(other.row, "PLACE", expected, Became.KEPT)
