"""The case line against each day evaluated alone, and its promises: no gap, no overlap."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from schemas.envelope import Event, read_event
from schemas.policy import Policy
from services.assessment.derivation import Derivation, Rules, derive
from services.assessment.knowledge import Knowledge
from services.assessment.received import Received
from services.assessment.resolution import receive, resolve
from services.assessment.stretch import Stretch
from tests.share import share_of
from tests.unit.assessment.day_by_day import Log, disagreement
from tests.unit.assessment.made_council import (
    GONE,
    POLICY,
    TODAY,
    WRITTEN,
    Raw,
    life,
    whose,
    written,
)

LIVES = int(os.environ.get("SIGHTLINE_LIVES") or share_of(16))
SEEDS = (*range(share_of(WRITTEN)), *range(WRITTEN, WRITTEN + LIVES))
GONE_ON = {id_: day.toordinal() for id_, day in GONE.items()}
LATE = POLICY.model_copy(update={"live_from": TODAY - timedelta(days=20)})


def read(raw: list[Raw]) -> list[Event]:
    events = [read_event(item) for item in raw]
    return [item for item in events if isinstance(item, Event)]


def received(raw: list[Raw], policy: Policy, seed: int) -> list[Received]:
    """The events, each stored on its own day or late; every third life is in no store."""
    found = receive(read(raw), policy)
    if seed % 3 == 2:
        return found
    chance = Random(seed)
    days = [TODAY - timedelta(days=chance.randint(0, 120)) for _ in range(4)]
    moments = {}
    for item in found:
        day = chance.choice(days)
        moment = datetime(day.year, day.month, day.day, chance.choice((0, 9, 23)), 30, tzinfo=UTC)
        moments[item.event.source, item.event.id, item.event.digest] = moment
    return stored_at(found, moments)


def stored_at(
    received: Sequence[Received], moments: Mapping[tuple[str, str, str], datetime]
) -> list[Received]:
    """The same, each as stored at a moment."""
    return [
        replace(item, sendings=((item.earliest, moments[key]), (item.latest, moments[key])))
        for item in received
        for key in [(item.event.source, item.event.id, item.event.digest)]
    ]


def derived(stored: list[Received], rules: Rules, gone: Mapping[str, int]) -> dict[str, Derivation]:
    knowledge = Knowledge(stored, rules.policy, rules.rulebook)
    return {
        person: derive(resolved, rules, knowledge, gone)
        for person, resolved in resolve(stored, rules.policy).items()
    }


def lived(seed: int) -> list[Raw]:
    if seed < WRITTEN:
        return written(seed)
    raw = life(seed)
    for subject in sorted({item["subject"] for item in raw if item["subject"]}):
        raw += whose(subject, Random(subject), 900)
    return raw


def days_of(stored: list[Received]) -> list[date]:
    dated = [getattr(item.event.data, "date", None) for item in stored]
    days = [day for day in dated if isinstance(day, date)]
    first = max(min(days, default=TODAY) - timedelta(days=2), date(2015, 1, 1))
    last = min(max(days, default=TODAY), date(2029, 1, 1)) + timedelta(days=150)
    return [first + timedelta(days=n) for n in range((last - first).days)]


@pytest.mark.parametrize("policy", [POLICY, LATE], ids=["always", "live_from"])
@pytest.mark.parametrize("shard", range(6))
def test_every_day_is_as_it_is_evaluated_alone(shard: int, policy: Policy) -> None:
    rules = Rules.of(policy)
    checked = 0
    for seed in SEEDS[shard::6]:
        stored = received(lived(seed), policy, seed)
        log = Log(stored, rules)
        for derivation in derived(stored, rules, GONE_ON).values():
            found = disagreement(log, derivation, GONE_ON, days_of(stored))
            assert not found, f"life {seed}: {found}"
            checked += 1
    assert checked > len(SEEDS) / 6 - 1


def test_lines_have_no_gap_and_no_overlap_and_differ_from_one_stretch_to_the_next() -> None:
    rules = Rules.of(POLICY)
    for seed in SEEDS:
        stored = received(lived(seed), POLICY, seed)
        for person, derivation in derived(stored, rules, GONE_ON).items():
            for concern, line in derivation.cases.items():
                here = f"life {seed}, {person}, {concern}"
                if line:
                    assert line[-1].end is None, here
                for one, other in pairwise(line):
                    assert one.end == other.start, here
                    assert one.start < other.start, here
                    assert shown(one) != shown(other), f"{here}: {one.start} {other.start}"


def shown(stretch: Stretch) -> dict[str, object]:
    return {
        name: getattr(stretch, name) for name in stretch.__slots__ if name not in {"start", "end"}
    }
