"""A published figure to compare with: a small dated file that says what it is and who published it.

Those that are shipped stand in `shipped`; a council's own stand in the folder `comparators` of the
one that `SIGHTLINE_MEASURES` names, and replace a shipped one of the same file name.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.oversight.shipped_files import shipped_in

AreaKind = Literal["country", "region", "council", "example"]
"""`example` is one named council that published a figure, where nobody publishes all."""

Words = Annotated[str, StringConstraints(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedFigure(_Part):
    """The figure of an area: a value, or a share as what it is of. Neither where it is suppressed.

    `on` is the day, or the last day of the period, that it is about.
    """

    area: Words
    kind: AreaKind
    on: date
    value: float | None = None
    numerator: float | None = None
    denominator: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _is_one_figure(self) -> Self:
        parts = (self.numerator is not None) + (self.denominator is not None)
        if parts == 1 or (parts and self.value is not None):
            raise ValueError(
                f"{self.area} must have a value, or a numerator and a denominator, or none of them"
            )
        return self

    @model_validator(mode="after")
    def _is_of_an_area(self) -> Self:
        known = areas().get(self.kind)
        if known is not None and not known.issuperset(self.areas):
            raise ValueError(
                f"area is {self.area}; a {self.kind} must be named as the department writes it, "
                f"such as {min(known)}"
            )
        return self

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that it is of: `A / B` are two who have one service together."""
        return tuple(self.area.split(" / "))

    @property
    def figure(self) -> float | None:
        """The value, in per cent where it is a share; None where it was not published."""
        if self.value is not None:
            return self.value
        if self.numerator is None or self.denominator is None:
            return None
        return 100 * self.numerator / self.denominator


class Comparator(_Part):
    """Published figures that stand beside a measure.

    Attributes:
        id: the name of its file.
        measure: the measure, by its id.
        definition: what was counted, in a sentence.
        same: whether that is what the measure counts.
        differs: where it is not, how it differs.
        publisher: who published it.
        title: the publication.
        address: its page.
        published: the day on which it was published; absent where that is not known.
        rounding: how the numbers were rounded, and what was left out.
        figures: the figures.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
    measure: Words
    definition: Words
    same: bool
    differs: str = ""
    publisher: Words
    title: Words
    address: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    published: date | None = None
    rounding: str = ""
    figures: Annotated[tuple[PublishedFigure, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _says_how_it_differs(self) -> Self:
        if self.same == bool(self.differs):
            raise ValueError("differs must be given where same is false, and nowhere else")
        return self


class Neighbours(_Part):
    """The statistical neighbours of each council, as somebody published them, the closest first."""

    title: Words
    publisher: Words
    address: Words
    region: Mapping[str, str]
    neighbours: Mapping[str, tuple[str, ...]]


def read_comparator(id_: str, text: str) -> Comparator:
    """A comparator out of its file.

    Raises:
        ValueError: it is no TOML, or a field is missing, unknown or wrong.
    """
    content: dict[str, Any] = tomllib.loads(text)
    return Comparator.model_validate({"id": id_, **content})


@cache
def shipped() -> tuple[Comparator, ...]:
    """The comparators that are shipped, in the order of their file names."""
    return shipped_in("services.oversight.comparators", read_comparator)


@cache
def neighbours() -> Neighbours:
    """The statistical neighbours that are shipped."""
    file = files("services.oversight.comparators") / "neighbours.toml"
    return Neighbours.model_validate(tomllib.loads(file.read_text("utf-8")))


@cache
def areas() -> Mapping[str, frozenset[str]]:
    """The names of regions and councils, as the department writes them."""
    found = neighbours().region
    return {
        "region": frozenset(found.values()) | {"Inner London", "Outer London"},
        "council": frozenset(found) | {"Cumbria", "Northamptonshire"},
    }


def with_own(own: Iterable[Comparator]) -> tuple[Comparator, ...]:
    """The shipped comparators and a council's own, which win."""
    found = {item.id: item for item in (*shipped(), *own)}
    return tuple(found.values())
