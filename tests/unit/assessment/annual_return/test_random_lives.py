"""The annual return of random lives: its runs of days, asked about day by day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from schemas.collection_year import CollectionYear
from schemas.envelope import Event, read_event
from schemas.status import Concern
from services.assessment.annual_return.care_leavers import LAST_BIRTHDAY
from services.assessment.annual_return.entries import CareLeaverEntry
from services.assessment.annual_return.rows import annual_return
from services.assessment.day import Day
from services.assessment.facts import Facts
from services.assessment.fold import fold
from services.assessment.resolution import receive, resolve
from services.assessment.temporal import FOREVER
from services.assessment.timeline import Assessment, assess
from tests.share import share_of
from tests.unit.assessment.annual_return.returned import RULES
from tests.unit.independent.lives import random_life

SHARDS = 4
LIVES = max(share_of(400), 100)


def lives(shard: int) -> list[tuple[Facts, Assessment]]:
    found = []
    for seed in range(shard, LIVES, SHARDS):
        raw = [read_event(item) for item in random_life(seed)]
        events = [item for item in raw if isinstance(item, Event)]
        people = resolve(receive(events, RULES.policy), RULES.policy)
        for settled in people.values():
            facts = fold(settled)
            found.append((facts, assess(facts, RULES.rulebook)))
    return found


def days_of(entry: CareLeaverEntry) -> list[date]:
    """Every day of an entry within its year."""
    last = CollectionYear(entry.year).last_day
    end = min(entry.until or last, last + timedelta(days=1))
    return [entry.start + timedelta(days=n) for n in range((end - entry.start).days)]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_one_row_at_the_most_holds_on_a_day(shard: int) -> None:
    for facts, _ in lives(shard):
        found = annual_return(facts, RULES.rulebook).care_leavers
        for one, other in pairwise(found):
            if one.year == other.year:
                assert one.until is not None
                assert one.until <= other.start


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_digit_is_what_the_list_says_on_the_day_that_the_row_is_about(shard: int) -> None:
    met = 0
    for facts, assessment in lives(shard):
        line = assessment.periods[Concern.UNSUITABLE_ACCOMMODATION]
        for entry in annual_return(facts, RULES.rulebook).care_leavers:
            if entry.accommodation in ("", "0"):
                continue
            days = days_of(entry)
            if entry.age is not None and entry.age <= LAST_BIRTHDAY:
                days = [day for day in days if day < (entry.about or day)] or [
                    entry.about or entry.start
                ]
            for day in days[:: max(len(days) // 5, 1)]:
                said = next((period.statutory for period in line if period.covers(day)), None)
                home = Day(day.toordinal(), facts, RULES.rulebook).dwelling
                if said in ("suitable", "unsuitable") and home is not None:
                    met += 1
                    digit = {"suitable": "1", "unsuitable": "2"}[said]
                    assert entry.accommodation[1:] == digit, (entry, day)
    assert met


@pytest.mark.parametrize("shard", range(SHARDS))
def test_an_episode_is_what_is_held_on_each_of_its_days(shard: int) -> None:
    for facts, _ in lives(shard):
        found = annual_return(facts, RULES.rulebook).episodes
        for one, other in pairwise(found):
            assert one.place <= other.place
            assert one.place != other.place or one.until == other.start
        for day in range(facts.first_day, min(facts.first_day + 3000, FOREVER), 11):
            on = Day(day, facts, RULES.rulebook)
            here = [
                it
                for it in found
                if it.start.toordinal() <= day
                and (it.until is None or day < it.until.toordinal())
                and it.ended is None
            ]
            if on.looked_after is None or on.died:
                assert here == []
                continue
            (episode,) = here
            placement = on.temporary_placement or on.placement
            content = placement.content.on(on) if placement else {}
            assert episode.legal_status == (on.legal_status or "")
            assert episode.placement == (content.get("code") or "")
            assert episode.provider == (content.get("provider") or "")
