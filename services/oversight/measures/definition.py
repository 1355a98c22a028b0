"""What a measure is: a small dated file that says what is counted, and what it is to come to.

Those that are shipped stand in `shipped`; a council's own stand in the folder that
`SIGHTLINE_MEASURES` names, and replace a shipped one of the same file name.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.status import Concern, Rag
from services.assessment.duties import DutyKind
from services.assessment.stretch import ArrangementKind
from services.oversight.rounding import Better
from services.oversight.shipped_files import shipped_in
from services.store.case_filter import Filter

Unit = Literal["per cent", "number"]
_FILTERS: dict[str, str] = {"colour": "rag", "no_plan": "no_action"}
"""What a filter's field is called in `Filter`, where that is another word."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cases(_Part):
    """Cases of a list: the fields of its filter, as its address has them."""

    concern: Concern | None = None
    colour: Rag | None = None
    reason: str = ""
    weeks: int = 0
    no_plan: bool = False
    late: bool = False
    unlawful: bool = False
    overdue: bool = False
    never_reviewed: bool = False
    rated_down: bool = False
    unowned: bool = False
    arrangement: ArrangementKind | None = None
    not_approved: bool = False

    @property
    def filter(self) -> Filter:
        """The same as a query has it."""
        given = {_FILTERS.get(name, name): getattr(self, name) for name in self.model_fields_set}
        return Filter(**given)

    @property
    def query(self) -> dict[str, str]:
        """The same as an address has it."""
        given = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        return {name: "yes" if value is True else str(value) for name, value in given.items()}


class Target(_Part):
    """A step of a target: the value that is to be reached by a day."""

    by: date
    value: float


class Caseload(_Part):
    """Young people with a case, by whose they are: on average, or at the most."""

    by: Literal["worker", "team"]
    figure: Literal["average", "largest"]
    limit: Annotated[int, Field(ge=1)] | None = None


class Returned(_Part):
    """Care leavers of some ages as the annual return counts them.

    `figure` is the share in unsuitable accommodation, or of those who are in touch.
    """

    from_age: Annotated[int, Field(ge=17, le=25)]
    to_age: Annotated[int, Field(ge=17, le=25)]
    figure: Literal["unsuitable", "in_touch"] = "unsuitable"

    @property
    def ages(self) -> tuple[int, int]:
        """The youngest and the oldest."""
        return self.from_age, self.to_age


_COUNTS = ("cases", "duty", "actions_weeks", "escalations", "caseload", "returned", "told")


class Measure(_Part):
    """One measure. Exactly one of its counts is given.

    Attributes:
        id: the name of its file.
        name: what people call it.
        what: what it counts, in a sentence.
        since: the day from which it is defined so.
        unit: a share in per cent, or a number.
        better: which way is better.
        owner: who answers for it: a role, not a person.
        targets: steps with their days, the first first.
        cases: the cases that are counted; of a share, those of which it is one.
        short: of a share of cases, those that fall short.
        duty: duties to looked-after children since 1 April, as a share kept in time.
        actions_weeks: actions due in so many weeks, as a share done in time.
        escalations: reviewing officers' escalations, open or overdue.
        caseload: young people by worker or team.
        returned: care leavers of the annual return, as the share that is unsuitable or in touch.
        told: a figure that another system counts (measure.recorded), by its name.
        retired: it is shown no more.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    what: Annotated[str, StringConstraints(min_length=1)]
    since: date
    unit: Unit
    better: Better
    owner: str = ""
    targets: tuple[Target, ...] = ()
    cases: Cases | None = None
    short: Cases | None = None
    duty: DutyKind | None = None
    actions_weeks: Annotated[int, Field(ge=1, le=52)] | None = None
    escalations: Literal["open", "late"] | None = None
    caseload: Caseload | None = None
    returned: Returned | None = None
    told: str | None = None
    retired: bool = False

    @model_validator(mode="after")
    def _counts_one_thing(self) -> Self:
        given = [name for name in _COUNTS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"it counts {' and '.join(given) or 'nothing'}; it must have one of "
                f"{', '.join(_COUNTS)}"
            )
        if (self.short is not None) != (self.unit == "per cent" and given == ["cases"]):
            raise ValueError("short must be given for a share of cases, and for nothing else")
        if list(self.targets) != sorted(self.targets, key=lambda step: step.by):
            raise ValueError("targets must be in the order of their days")
        return self


def read_measure(id_: str, text: str) -> Measure:
    """A measure out of its file.

    Raises:
        ValueError: it is no TOML, or a field is missing, unknown or wrong.
    """
    content: dict[str, Any] = tomllib.loads(text)
    return Measure.model_validate({"id": id_, **content})


@cache
def shipped() -> tuple[Measure, ...]:
    """The measures that are shipped, in the order of their file names."""
    return shipped_in("services.oversight.measures", read_measure)


def with_own(own: Iterable[Measure]) -> tuple[Measure, ...]:
    """The shipped measures and a council's own, which win; those that are retired are left out."""
    found = {measure.id: measure for measure in (*shipped(), *own)}
    return tuple(measure for measure in found.values() if not measure.retired)
