"""The weeks of a measure as SVG, with the steps of its target. Geometry only."""

from dataclasses import dataclass
from datetime import date

from services.oversight.measures.measured import Measured
from services.web.kit.charts import HEIGHT, WIDTH, scale

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 12, 34
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class MeasureChart:
    """The line of the figures, its points, the steps of the target, and the axes."""

    line: str
    points: list[tuple[float, float]]
    steps: list[tuple[float, float, float]]
    across: list[tuple[float, date]]
    up: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    floor: int = HEIGHT - _BOTTOM


def measure_chart(item: Measured, day: date) -> MeasureChart:
    """The chart of a measure's weeks up to a day, and on to the last step of its target."""
    known = [(week.as_of, week.value) for week in item.weeks if week.value is not None]
    steps = item.measure.targets
    first = min([on for on, _ in known], default=day)
    last = max([day, *(step.by for step in steps), *(on for on, _ in known)])
    most = max([value for _, value in known] + [step.value for step in steps], default=0)
    top, step_up = scale(_WHOLE if item.measure.unit == "per cent" else max(int(most) + 1, 1))
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    days = max((last - first).days, 1)

    def x(on: date) -> float:
        return round(_LEFT + wide * max((on - first).days, 0) / days, 1)

    def y(value: float) -> float:
        return round(_TOP + high * (1 - min(value, top) / top), 1)

    begins = [first, *(step.by for step in steps)]
    points = [(x(on), y(value)) for on, value in known]
    return MeasureChart(
        " ".join(f"{a},{b}" for a, b in points),
        points,
        [(x(since), x(s.by), y(s.value)) for since, s in zip(begins, steps, strict=False)],
        [(x(on), on) for on in dict.fromkeys((first, day, last))],
        [(y(number), number) for number in range(0, top + 1, step_up)],
    )
