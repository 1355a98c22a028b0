"""What stands beside a measure: England, the region, statistical neighbours, and examples."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from schemas.days import plain_day
from services.oversight.comparators.definition import (
    AreaKind,
    Comparator,
    PublishedFigure,
    neighbours,
)
from services.oversight.measures.definition import Measure
from services.oversight.measures.measured import with_unit


@dataclass(frozen=True, slots=True)
class Beside:
    """One published figure beside a measure.

    Attributes:
        area: whose it is, in words.
        figure: the figure; None where it was not published.
        on: the day, or the last day of the period, that it is about.
        numerator, denominator: of a share, as published.
        comparator: what it is and who published it.
        note: how it was made, where it was not published so.
    """

    area: str
    figure: float | None
    on: date
    numerator: float | None
    denominator: float | None
    comparator: Comparator
    note: str = ""

    def value_in_words(self, measure: Measure) -> str:
        """The figure in the measure's unit, to the nearest tenth: it is judged by nobody here."""
        return "not published" if self.figure is None else with_unit(measure, self.figure)

    def in_words(self, measure: Measure) -> str:
        """The figure with whose it is and of when, in a few words."""
        return f"{self.area} {self.value_in_words(measure)} ({plain_day(self.on)})"


def published_beside(
    measure: Measure, comparators: Iterable[Comparator], council: str
) -> list[Beside]:
    """The newest published figures beside a measure; of the same definition first, then by day.

    Args:
        measure: the measure.
        comparators: all that is published.
        council: the council's name as it is published; empty where the policy does not say.
    """
    found = [
        item
        for comparator in comparators
        if comparator.measure == measure.id
        for item in _of(comparator, council)
    ]
    newest_first = sorted(found, key=lambda item: item.on, reverse=True)
    return sorted(newest_first, key=lambda item: not item.comparator.same)


def _of(comparator: Comparator, council: str) -> Iterator[Beside]:
    yield from _newest(comparator, "country")
    region = neighbours().region.get(council)
    if region:
        yield from _newest(comparator, "region", region)
    yield from _neighbours(comparator, council)
    if council:
        for item in _newest(comparator, "council", council):
            yield replace(item, area=f"{item.area}, as published")
    yield from _newest(comparator, "example")


def _newest(comparator: Comparator, kind: AreaKind, area: str = "") -> Iterator[Beside]:
    """The newest figure of each area of a kind; or of one."""
    newest: dict[str, PublishedFigure] = {}
    for item in comparator.figures:
        if item.kind == kind and area in ("", *item.areas):
            before = newest.get(item.area)
            if before is None or before.on < item.on:
                newest[item.area] = item
    for item in newest.values():
        yield Beside(item.area, item.figure, item.on, item.numerator, item.denominator, comparator)


def _neighbours(comparator: Comparator, council: str) -> Iterator[Beside]:
    """The median of the statistical neighbours, where the figures of most were published.

    Small figures are the ones that are not: of a few neighbours it would say too much.
    """
    names = neighbours().neighbours.get(council, ())
    theirs = [item for name in names for item in _newest(comparator, "council", name)]
    known = {item.area: item.figure for item in theirs if item.figure is not None}
    if not theirs:
        return
    is_enough = 2 * len(known) > len(names)
    yield Beside(
        area="Statistical neighbours",
        figure=median(known.values()) if is_enough else None,
        on=max(item.on for item in theirs),
        numerator=None,
        denominator=None,
        comparator=comparator,
        note=f"Median of the {len(known)} of {len(names)} that are published: {', '.join(known)}"
        if is_enough
        else f"Too few are published: {len(known)} of {len(names)}",
    )
