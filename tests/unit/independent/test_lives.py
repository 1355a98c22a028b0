"""The reach of the invented lives, against this reading."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from .answers import WORSE
from .handwriting import REQUIRED
from .life_builder import Sent
from .lives import random_life
from .reading import (
    CONCERNS,
    NEEDED_TO_RATE,
    RULES_OF_CONCERNS,
    Life,
    Verdict,
    first_day,
    rating_in_force,
    read_all,
)
from .values import understood

RULES = {rule_id for each in RULES_OF_CONCERNS.values() for rule_id, _ in each.rules} | {"E1"}
SIGHTS = RULES | {"raised", "lowered by one", "two steps, lowered by one", "not lowered", "refused"}


def rated(life: Life, concern: str, day: date, shown: Verdict) -> set[str]:
    """What became of the ratings on one day."""
    seen: set[str] = set()
    for one in life.record.reviews:
        rating = one.data.get("rating")
        if rating and one.data.get("concern") == concern and one.day == day:
            seen |= {"refused"} if any(rating[name] is None for name in NEEDED_TO_RATE) else set()
    rating = rating_in_force(life.diary.on(day), concern)
    if rating is not None and rating != shown.rule_rag:
        steps = WORSE[shown.rule_rag] - WORSE[rating]
        if steps < 0:
            seen.add("raised")
        elif shown.rag == shown.rule_rag:
            seen.add("not lowered")
        else:
            seen.add("lowered by one" if steps == 1 else "two steps, lowered by one")
    return seen


def sights(life: Life) -> set[str]:
    """What a life shows: the rules that spoke and what became of the ratings."""
    seen: set[str] = set()
    first, last = first_day(life), max(one.day for one in life.events) + timedelta(days=120)
    with_ratings = any(one.data.get("rating") for one in life.record.reviews)
    for concern in CONCERNS:
        for number, shown in enumerate(life.days(concern, first, last)):
            if shown is not None:
                seen.update(shown.rules)
                if with_ratings:
                    seen |= rated(life, concern, first + timedelta(days=number), shown)
    return seen


@pytest.mark.slow
def test_every_rule_and_rating_is_reached_by_an_invented_life() -> None:
    seen: set[str] = set()
    for seed in range(1500):
        for life in read_all(random_life(seed)).values():
            seen |= sights(life)
        if seen >= SIGHTS:
            break
    assert seen >= SIGHTS, sorted(SIGHTS - seen)


def test_an_invented_life_is_the_same_each_time_and_plain_json() -> None:
    for seed in range(50):
        sent = random_life(seed)
        assert sent == random_life(seed) == json.loads(json.dumps(sent))
        assert 5 <= len(sent) <= 45


def test_the_order_of_arrival_changes_nothing() -> None:
    for seed in range(30):
        sent = random_life(seed)
        there, back = read_all(sent), read_all(sent[::-1])
        assert there.keys() == back.keys()
        for person, life in there.items():
            assert life.events == back[person].events


def name_of(event: Sent) -> str:
    return str(event["type"]).removeprefix("sightline.").removesuffix(".v1")


def test_invented_lives_keep_the_contract_and_tell_every_kind_of_event() -> None:
    seen: set[str] = set()
    for seed in range(300):
        for event in random_life(seed):
            name = name_of(event)
            seen.add(name)
            data, unread = understood(name, event["data"])
            for field in REQUIRED[name].split():
                assert data[field] is not None, event
                assert field not in unread, event
            assert {"specversion", "id", "source", "subject", "time"} <= event.keys()
    assert seen == REQUIRED.keys()


def test_optional_fields_that_cannot_be_read_are_told_too() -> None:
    seen: set[str] = set()
    for seed in range(600):
        for event in random_life(seed):
            seen.update(understood(name_of(event), event["data"])[1])
    assert seen >= {
        *("registration", "suitable", "unsuitable_reason", "eligibility", "in_touch", "concern"),
        *("date", "date_of_birth", "kind", "next_due", "due", "move_on_plan", "expected_end"),
        *("full_time_education", "issued_on", "outcome", "date_basis", "registration_applied_on"),
    }
