"""The weeks of a measure as SVG, with the steps of its target. Geometry only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.axes import Framed, Turn, Upward, x
from services.oversight.measures.measured import Measured
from services.oversight.policies_in_force import PolicyBegan

_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureChart(Framed):
    """The line of the figures, its points, and the steps of the target."""

    line: str
    points: list[tuple[float, float]]
    steps: list[tuple[float, float, float]]


def measure_chart(item: Measured, day: date, begun: Sequence[PolicyBegan] = ()) -> MeasureChart:
    """The chart of a measure's weeks up to a day, and on to the last step of its target."""
    known = [(week.as_of, week.value) for week in item.weeks if week.value is not None]
    steps = item.measure.targets
    first = min([on for on, _ in known], default=day)
    last = max([day, *(step.by for step in steps), *(on for on, _ in known)])
    most = max([value for _, value in known] + [step.value for step in steps], default=0)
    upward = Upward(_WHOLE if item.measure.unit == "per cent" else max(int(most) + 1, 1))
    days = max((last - first).days, 1)

    def across(on: date) -> float:
        return x(max((on - first).days, 0), days)

    def y(value: float) -> float:
        return upward.y(min(value, upward.top))

    begins = [first, *(step.by for step in steps)]
    points = [(across(on), y(value)) for on, value in known]
    return MeasureChart(
        line=" ".join(f"{a},{b}" for a, b in points),
        points=points,
        steps=[
            (across(since), across(step.by), y(step.value))
            for since, step in zip(begins, steps, strict=False)
        ],
        across=[(across(on), on) for on in dict.fromkeys((first, day, last))],
        up=upward.lines(),
        turns=[Turn(across(it.on), it.on, it.name) for it in begun if first <= it.on <= last],
    )
