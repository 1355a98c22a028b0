"""Every measure on a day: its figure, what it is judged, and the figures of the weeks before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import plain_day
from services.oversight.measures.definition import Measure
from services.oversight.measures.figures import Figure, figure_of
from services.oversight.measures.judging import Judgement, Point, judge
from services.oversight.rounding import to_one_place
from services.store import measure_figures
from services.store.measure_figures import KeptFigure
from services.store.view import View


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure on a day.

    Attributes:
        measure: the measure.
        figure: its figure, of the cases that the reader may see.
        judgement: what it is judged; without a forecast for a reader of a part of the council,
            whose own weeks are not kept.
        weeks: the figures of the whole council, as each week's report gave them, oldest first.
        is_of_all: whether the figure is that of the whole council.
    """

    measure: Measure
    figure: Figure
    judgement: Judgement
    weeks: Sequence[KeptFigure]
    is_of_all: bool

    @property
    def value_in_words(self) -> str:
        """The figure with its unit, and of a share how many it is of."""
        value = in_words(self.measure, self.figure.value)
        if self.measure.unit == "per cent" and self.figure.denominator:
            return f"{value} ({self.figure.numerator:,.0f} of {self.figure.denominator:,.0f})"
        return value

    @property
    def target_in_words(self) -> str:
        """The step that counts, with its day; empty where there is none."""
        target = self.judgement.target
        if target is None:
            return ""
        bound = "or more" if self.measure.better == "more" else "or fewer"
        return f"{in_words(self.measure, target.value)} {bound} by {plain_day(target.by)}"

    @property
    def forecast_in_words(self) -> str:
        """When the target will be reached if it goes on so, and how sure that is."""
        if self.judgement.state == "not known":
            if self.figure.value is None:
                return "There is nothing to count, or nothing was told."
            if not self.is_of_all:
                return "Not met yet. Only the whole council’s figures are forecast."
            return "Not met yet, and too early to say: it takes the figures of four weeks."
        forecast = self.judgement.forecast
        if forecast is None:
            return ""
        if forecast.on is None:
            return "As it goes it will not be reached within three years."
        latest = (
            f"on {plain_day(forecast.latest)} at the latest" if forecast.latest else "perhaps not"
        )
        earliest = plain_day(forecast.earliest or forecast.on)
        return (
            f"If it goes on so it will be reached on {plain_day(forecast.on)}: on {earliest} at "
            f"the earliest, {latest}."
        )


async def measured(
    connection: AsyncConnection, view: View, measures: Iterable[Measure]
) -> list[Measured]:
    """Each measure on the day of a view."""
    kept = await measure_figures.kept(connection, view.day)
    is_of_all = view.scope.everything
    found = []
    for measure in measures:
        figure = await figure_of(connection, view, measure)
        weeks = kept.get(measure.id, [])
        points = _points(weeks) if view.scope.everything else []
        judgement = judge(measure, view.day, figure.value, points)
        found.append(Measured(measure, figure, judgement, weeks, is_of_all))
    return found


def to_keep(week: str, day: date, found: Iterable[Measured]) -> list[KeptFigure]:
    """The figures as a week's report keeps them."""
    return [
        KeptFigure(
            week,
            item.measure.id,
            day,
            item.figure.value,
            item.figure.numerator,
            item.figure.denominator,
            item.judgement.state,
        )
        for item in found
    ]


def in_words(measure: Measure, value: float | None) -> str:
    """A value in its unit."""
    if value is None:
        return "not known"
    return with_unit(measure, to_one_place(value, measure.better))


def with_unit(measure: Measure, value: float) -> str:
    """A value to the nearest tenth, with its unit."""
    number = f"{value:,.1f}".removesuffix(".0")
    return f"{number} per cent" if measure.unit == "per cent" else number


def _points(weeks: Sequence[KeptFigure]) -> list[Point]:
    return [Point(item.as_of, item.value) for item in weeks if item.value is not None]
