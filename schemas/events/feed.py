"""Events that are about no one young person: what a source holds, takes back, and counts."""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from schemas.days import Day, Time
from schemas.events.base import EventData, Example, Identifier, Text
from schemas.reading import AsWritten

Count = Annotated[int, Field(ge=0)]
Figure = Annotated[float, Field(allow_inf_nan=False)]


class OpenSpells(AsWritten):
    """How many open spells of each kind the source holds."""

    model_config = ConfigDict(frozen=True, strict=True)

    care: Count | None = None
    placement: Count | None = None
    accommodation: Count | None = None
    pre_proceedings: Count | None = None


class SnapshotCompleted(EventData):
    """A source has sent all it holds; a difference from what is stored of it raises a question."""

    name = "snapshot.completed"
    has_subject = False
    example: ClassVar[Example] = {
        "as_at": "2026-11-20T02:00:00Z",
        "open": {"care": 812, "placement": 815, "accommodation": 431, "pre_proceedings": 58},
        "people": 1310,
    }

    date: Day | None = None
    as_at: Time | Day | None = None
    open: OpenSpells | None = None
    people: Count | None = None


class EventRetracted(EventData):
    """The event `id` of the same source was sent in error: it counts as never sent."""

    name = "event.retracted"
    permission = "retract"
    has_subject = False
    example: ClassVar[Example] = {"id": "placement/p-3301#9f2c"}

    id: Identifier


class MeasureRecorded(EventData):
    """A figure that another system counts: a numerator of a denominator, or a value."""

    name = "measure.recorded"
    has_subject = False
    example: ClassVar[Example] = {
        "measure": "personal_advisers_per_hundred",
        "date": "2026-11-20",
        "numerator": 41,
        "denominator": 44,
    }

    measure: Text
    date: Day
    numerator: Figure | None = None
    denominator: Figure | None = None
    value: Figure | None = None
