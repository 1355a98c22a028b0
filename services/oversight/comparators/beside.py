"""What stands beside a measure: England, the region, statistical neighbours, and examples."""

from collections.abc import Iterable, Iterator, Sequence
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
from services.oversight.measures.measured import in_words


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
        """The figure in the measure's unit."""
        return "not published" if self.figure is None else in_words(measure, self.figure)

    def in_words(self, measure: Measure) -> str:
        """The figure with whose it is and of when, in a few words."""
        return f"{self.area} {self.value_in_words(measure)} ({plain_day(self.on)})"


def published_beside(
    measure: Measure, comparators: Iterable[Comparator], council: str
) -> list[Beside]:
    """The newest published figures beside a measure; of the same definition first.

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
    return sorted(found, key=lambda item: not item.comparator.same)


def _of(comparator: Comparator, council: str) -> Iterator[Beside]:
    yield from _newest(comparator, "country")
    region = neighbours().region.get(council)
    if region:
        yield from _newest(comparator, "region", region)
    yield from _neighbours(comparator, council)
    if council:
        for item in _newest(comparator, "council", council):
            yield replace(item, area=f"{council}, as published")
    yield from _newest(comparator, "example")


def _newest(comparator: Comparator, kind: AreaKind, area: str = "") -> Iterator[Beside]:
    """The newest figure of each area of a kind; or of one."""
    newest: dict[str, PublishedFigure] = {}
    for item in comparator.figures:
        if item.kind == kind and area in ("", item.area):
            before = newest.get(item.area)
            if before is None or before.on < item.on:
                newest[item.area] = item
    for item in newest.values():
        yield Beside(item.area, item.figure, item.on, item.numerator, item.denominator, comparator)


def _neighbours(comparator: Comparator, council: str) -> Iterator[Beside]:
    """The median of the statistical neighbours whose figures were published."""
    names = neighbours().neighbours.get(council, ())
    theirs = [item for name in names for item in _newest(comparator, "council", name)]
    known: Sequence[float] = [item.figure for item in theirs if item.figure is not None]
    if known:
        yield Beside(
            area="Statistical neighbours",
            figure=median(known),
            on=max(item.on for item in theirs),
            numerator=None,
            denominator=None,
            comparator=comparator,
            note=f"Median of {len(known)} of {len(names)}: {', '.join(names)}",
        )
