"""Invented lives that are hard to read: collisions, corrections, circles, and days that matter.

`random_life(seed)` gives the events of one to three young people, each valid under the contract.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from .boundary_contact import BOUNDARIES_OF_CONTACT
from .boundary_lives import BOUNDARY_LIVES
from .boundary_moves import BOUNDARIES_OF_MOVES
from .handwriting import written
from .life_builder import LifeBuilder, Sent
from .scenes import care, closing, dwelling, person, placement, plan, proceedings
from .scenes_of_work import (
    acted_upon,
    action,
    away,
    escalation,
    pathway,
    rated_well,
    review,
    student,
    visit,
)
from .source_faults import SOURCE_FAULTS, merge

Scene = Callable[[LifeBuilder], None]
SCENES: dict[str, tuple[Scene, ...]] = {
    "leaver": (
        *(dwelling, dwelling, dwelling, care, review, action),
        *(student, acted_upon, rated_well, closing),
    ),
    "placed": (
        *(placement, placement, placement, placement, dwelling),
        *(review, action, rated_well, closing, care, visit),
    ),
    "court": (proceedings, proceedings, proceedings, care, action, review),
    "planned": (care, plan, plan, review, review, review, action, placement),
    "leaves": (care, placement, placement, dwelling, dwelling, review, action, rated_well),
    "seen": (visit, visit, visit, placement, placement, care, plan, review, closing, rated_well),
    "pathway": (pathway, pathway, visit, care, person, closing, review, action, dwelling),
    "runs": (away, away, away, care, review, rated_well, closing, placement, action),
    "any": (
        *(care, placement, dwelling, proceedings, plan, review),
        *(action, closing, escalation, visit, pathway, away),
    ),
}
BOUNDARIES: tuple[Scene, ...] = (
    *(*BOUNDARY_LIVES, *BOUNDARIES_OF_MOVES, *BOUNDARIES_OF_CONTACT),
    *(student, acted_upon, rated_well),
)
IN_CARE = ("placed", "planned", "seen", "runs")


def boundary_lives(t: LifeBuilder) -> None:
    """One or two short lives on boundaries and nothing else: what differs is easy to see."""
    for _ in range(t.rng.choice((1, 1, 2))):
        t.rng.choice(BOUNDARIES)(t)


def scenes(t: LifeBuilder) -> None:
    """A whole life, of scenes that belong together; the first young person has the longest."""
    person(t)
    in_care = t.focus in IN_CARE
    if t.chance(0.9 if in_care else 0.35):
        care(t, first=in_care)
    most = 9 if t.subject == t.subjects[0] else 3
    for _ in range(t.rng.randint(most // 3, most)):
        t.rng.choice(SCENES[t.focus])(t)


def as_written(seed: int, event: Sent) -> Sent:
    """An event as its source writes it; the same content is written alike each time."""
    content = json.dumps([seed, event["type"], event["subject"], event["data"]])
    name = event["type"].removeprefix("sightline.").removesuffix(".v1")
    return {**event, "data": written(random.Random(content), name, event["data"])}


def random_life(seed: int) -> list[Sent]:
    """The events of one to three young people, in the order in which they happen to arrive."""
    t = LifeBuilder(seed)
    tell = boundary_lives if t.chance(0.5) else scenes
    for subject in t.subjects:
        t.subject, t.focus = subject, t.rng.choice(tuple(SCENES))
        tell(t)
    while len(t.sent) < 5:
        escalation(t)
    if len(t.subjects) > 1:
        for _ in range(t.rng.choice((1, 1, 2, 3, 4))):
            merge(t)
    for _ in range(t.rng.choice((0, 0, 1, 2, 3, 5))):
        t.rng.choice(SOURCE_FAULTS)(t)
    events = t.sent if len(t.sent) <= 45 else t.rng.sample(t.sent, 45)
    if t.chance(0.7):
        t.rng.shuffle(events)
    return [as_written(seed, one) for one in events]
