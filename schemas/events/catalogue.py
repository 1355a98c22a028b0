"""Every event of the contract, collected from the classes of its data, by name and by type."""

from collections.abc import Mapping

from schemas.events import (
    accommodation,
    action,
    care,
    feed,
    missing,
    oversight,
    permanence,
    person,
    placement,
    pre_proceedings,
    review,
)
from schemas.events.base import EventData

_FAMILIES = (
    person,
    care,
    placement,
    accommodation,
    pre_proceedings,
    permanence,
    review,
    action,
    oversight,
    missing,
    feed,
)
"""The files of this folder that hold events, in the order of the contract."""

CATALOGUE: Mapping[str, type[EventData]] = {
    model.name: model
    for family in _FAMILIES
    for model in vars(family).values()
    if isinstance(model, type) and issubclass(model, EventData) and "name" in vars(model)
}
"""Event name to the class of its data, in the order of the contract."""


def type_of(name: str) -> str:
    """The CloudEvents type of an event name: sightline.care.started.v1."""
    return f"sightline.{name}.v1"


def title_of(name: str) -> str:
    """An event's name as people read it: pre_proceedings.started is Pre-proceedings started."""
    return name.replace("pre_", "pre-").replace(".", " ").replace("_", " ").capitalize()


NAMES: Mapping[str, str] = {type_of(name): name for name in CATALOGUE}
"""CloudEvents type to event name."""
