"""Whom a restriction hides: a young person under every reference that became theirs."""

from datetime import date

import pytest

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.oversight.cases import view_of
from services.store import restrictions
from services.store.cases import visible_people
from services.store.database import Database
from services.store.restrictions import hidden_from
from services.store.scope import Scope
from services.tracking.handler import Tracker
from tests.store.oversight.council import restrict
from tests.store.tracking.tracker_harness import NOW, track_with
from tests.story import Story

TODAY: date = NOW.date()


def reader(id_: str) -> Scope:
    return Scope(everything=True, readers=frozenset({id_}))


async def seen(database: Database, scope: Scope) -> set[str]:
    async with database.reading() as connection:
        return await visible_people(connection, view_of(scope, TODAY), {"a", "b", "c"})


@pytest.fixture
async def merged(database: Database) -> Database:
    """A became B; C is somebody else."""
    stories = [Story(person).care("2026-10-01") for person in ("a", "b", "c")]
    stories[0].add("person.merged", on="2026-10-02", into="b")
    tracker = Tracker(database, Rules.of(Policy()), lambda: NOW)
    await track_with(tracker, [event for story in stories for event in story.raw])
    return database


@pytest.mark.parametrize("reference", ["a", "b"])
async def test_whichever_reference_is_restricted_all_of_them_are(
    merged: Database, reference: str
) -> None:
    await restrict(merged, reference, "named")
    assert await seen(merged, reader("named")) == {"b", "c"}
    assert await seen(merged, reader("other")) == {"c"}
    async with merged.reading() as connection:
        assert await hidden_from(connection, reader("other")) == {"a", "b"}


async def test_whoever_is_named_for_one_of_two_that_became_one_sees_them(
    merged: Database,
) -> None:
    """Else nobody would, where both were restricted before they were found to be one."""
    await restrict(merged, "a", "one")
    await restrict(merged, "b", "another")
    assert await seen(merged, reader("one")) == await seen(merged, reader("another")) == {"b", "c"}
    assert await seen(merged, reader("nobody")) == {"c"}


async def test_what_is_shown_on_behalf_of_another_is_seen_by_both(merged: Database) -> None:
    await restrict(merged, "b", "one")
    await restrict(merged, "c", "another")
    both = Scope(everything=True, readers=frozenset({"one"}), on_behalf_of=frozenset({"another"}))
    assert await seen(merged, both) == set()


async def test_another_restriction_takes_the_place_of_the_first_until_it_is_lifted(
    merged: Database,
) -> None:
    await restrict(merged, "c", "one")
    await restrict(merged, "c", "another")
    assert "c" not in await seen(merged, reader("one"))
    async with merged.writing() as connection:
        assert await restrictions.lift(connection, "c")
        assert not await restrictions.lift(connection, "c")
    assert "c" in await seen(merged, reader("one"))
