"""The preview of the annual return: how it would count today, what would fail, and the files."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.collection_year import CollectionYear
from services.assessment.annual_return.entries import (
    Block,
    CareLeaverEntry,
    EpisodeEntry,
    Suitability,
)
from services.oversight.rounding import to_one_place
from services.store import annual_return
from services.store.annual_return import FlawCount, Wanted
from services.store.view import View

AGE_BANDS: Mapping[str, tuple[int, int]] = {
    "17-18": (17, 18),
    "19-21": (19, 21),
    "22-25": (22, 25),
}
"""Ages as the department publishes councils' figures together."""

SUITABILITIES: tuple[Suitability, ...] = get_args(Suitability)
IN_SHARE: tuple[Suitability, ...] = ("suitable", "unsuitable", "no information", "missing")
"""What the share of the unsuitable is of: not whoever the department leaves out."""

CARE_LEAVER_COLUMNS = ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM")
EPISODE_COLUMNS = (
    "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
    "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
)  # fmt: skip
FLAW_COLUMNS = ("Case", "Block", "Year or DECOM", "Rule", "Column", "Fault")
NOT_HELD = ("CIN", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST")
"""Columns that Sightline holds nothing for."""


@dataclass(frozen=True, slots=True)
class Band:
    """The care leavers of some ages, by how they count; `name` is `17-18`, or `age not known`."""

    name: str
    counts: Mapping[Suitability, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts[name] for name in SUITABILITIES)

    @property
    def unsuitable_share(self) -> float | None:
        """The share of the unsuitable in per cent to one place, as the department counts it."""
        share = share_of_unsuitable(self.counts)
        return None if share is None else to_one_place(share, "fewer")


@dataclass(frozen=True, slots=True)
class CareLeaverPreview:
    """The block of care leavers: by age, what would fail, and beside the list of today."""

    bands: Sequence[Band]
    flaws: Sequence[FlawCount]
    beside: Mapping[tuple[Suitability, str], int]


def share_of_unsuitable(counts: Mapping[Suitability, int]) -> float | None:
    """The share of the unsuitable among those who count, in per cent; None where nobody does.

    What is missing counts as not unsuitable: it makes the share smaller than it may be.
    """
    whole = sum(counts.get(name, 0) for name in IN_SHARE)
    return 100 * counts.get("unsuitable", 0) / whole if whole else None


async def care_leavers_by_suitability(
    connection: AsyncConnection, view: View, year: CollectionYear, ages: tuple[int, int]
) -> Mapping[Suitability, int]:
    """How many care leavers of some ages count how, on the day of a view."""
    found = await annual_return.by_age_and_suitability(connection, view, Wanted(year, ages))
    return _summed(found, set(range(ages[0], ages[1] + 1)))


async def preview_care_leavers(
    connection: AsyncConnection, view: View, year: CollectionYear
) -> CareLeaverPreview:
    """The block of care leavers of a year, as it would be sent on the day of a view."""
    wanted = Wanted(year)
    found = await annual_return.by_age_and_suitability(connection, view, wanted)
    return CareLeaverPreview(
        list(_bands(found)),
        await annual_return.flaw_counts(connection, view, "care_leavers", year),
        await annual_return.beside_the_list(connection, view, wanted),
    )


def _bands(found: Mapping[tuple[int | None, Suitability], int]) -> Iterator[Band]:
    ages: dict[str, set[int | None]] = {
        name: set(range(first, last + 1)) for name, (first, last) in AGE_BANDS.items()
    }
    ages["age not known"] = {None}
    for name, of in ages.items():
        band = Band(name, _summed(found, of))
        if name in AGE_BANDS or band.total:
            yield band


def _summed(
    found: Mapping[tuple[int | None, Suitability], int], ages: Collection[int | None]
) -> dict[Suitability, int]:
    """The counts of some ages together."""
    counts: dict[Suitability, int] = dict.fromkeys(SUITABILITIES, 0)
    for (age, suitability), number in found.items():
        if age in ages:
            counts[suitability] += number
    return counts


def care_leaver_rows(entries: Iterable[CareLeaverEntry]) -> Iterator[Sequence[str]]:
    """Rows of the file OC3, with days as the department writes them."""
    for it in entries:
        born = f"{it.born:%d/%m/%Y}" if it.born else ""
        yield it.person, born, it.in_touch, it.activity, it.accommodation


def episode_rows(entries: Iterable[EpisodeEntry]) -> Iterator[Sequence[str]]:
    """Rows of the file Episodes; what is not held is empty."""
    for it in entries:
        ended = f"{it.ended:%d/%m/%Y}" if it.ended else ""
        yield (
            it.person, f"{it.began:%d/%m/%Y}", it.reason, it.legal_status, "", it.placement,
            it.provider, ended, it.ceased, "", "", "", it.urn,
        )  # fmt: skip


def flaw_rows(entries: Iterable[CareLeaverEntry | EpisodeEntry]) -> Iterator[Sequence[str]]:
    """Everything that is missing or would fail, as rows of a file."""
    for entry in entries:
        for flaw in entry.flaws:
            yield entry.person, *_which(entry), *flaw


def _which(entry: CareLeaverEntry | EpisodeEntry) -> tuple[Block, str]:
    """The block of a row, and what tells it from the young person's others: a year, or a day."""
    if isinstance(entry, CareLeaverEntry):
        return "care_leavers", str(CollectionYear(entry.year))
    return "episodes", f"{entry.began:%d/%m/%Y}"


def as_on(entry: CareLeaverEntry, day: date) -> date:
    """The day of which a row speaks as it would be sent on a day: the birthday, once it is past."""
    if entry.about is not None and entry.about <= day:
        return entry.about
    return min(day, CollectionYear(entry.year).last_day)
