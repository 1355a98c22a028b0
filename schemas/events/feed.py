"""Events about the feed itself: what the source holds, and what it takes back."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.days import Day, Time
from schemas.events.base import EventData, Identifier

Count = Annotated[int, Field(ge=0)]


class OpenSpells(BaseModel):
    """How many open spells of each kind the source holds."""

    model_config = ConfigDict(frozen=True, strict=True)

    care: Count | None = None
    placement: Count | None = None
    accommodation: Count | None = None
    pre_proceedings: Count | None = None


class SnapshotCompleted(EventData):
    """A source has sent all it holds; a difference from what we hold of it is a loud question."""

    date: Day | None = None
    as_at: Time | Day | None = None
    open: OpenSpells | None = None
    people: Count | None = None


class EventRetracted(EventData):
    """The event `id` of the same source was sent in error: it counts as never sent."""

    id: Identifier
