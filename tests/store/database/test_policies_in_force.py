"""Which policy began when: kept once each, and shown where the rules changed."""

from datetime import UTC, date, datetime

from schemas.policy import ParameterChange, Policy
from services.oversight.derived_by import mark_derived
from services.oversight.policies_in_force import PolicyBegan, policies_begun
from services.store.database import Database

STRICTER = {"PP1.days": [ParameterChange.model_validate({"from": "2026-12-01", "value": 70})]}
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)


async def begun(database: Database, *policies: Policy) -> list[PolicyBegan]:
    for place, policy in enumerate(policies, 1):
        async with database.writing() as connection:
            now = datetime(2026, 11, 30, place, tzinfo=UTC)
            await mark_derived(connection, policy, now)
    async with database.reading() as connection:
        return await policies_begun(connection, FIRST, LAST)


async def test_the_first_policy_of_a_store_is_no_change(database: Database) -> None:
    assert await begun(database, Policy(name="As shipped")) == []


async def test_another_began_on_the_day_that_it_says_or_was_first_used(database: Database) -> None:
    adopted = Policy(name="At 10 weeks", adopted_on=date(2026, 12, 1), parameters=STRICTER)
    unnamed = Policy(parameters={**STRICTER, "PP4.days": STRICTER["PP1.days"]})
    assert await begun(database, Policy(), adopted, adopted, unnamed) == [
        PolicyBegan(date(2026, 12, 1), "At 10 weeks"),
        PolicyBegan(date(2026, 11, 30), "another policy"),
    ]


async def test_what_decides_no_colour_is_no_other_policy(database: Database) -> None:
    assert await begun(database, Policy(), Policy(council="Another name")) == []


async def test_a_name_or_a_day_that_is_given_later_is_of_the_same_policy(
    database: Database,
) -> None:
    unnamed, adopted = Policy(parameters=STRICTER), date(2026, 12, 1)
    named = Policy(name="At 10 weeks", adopted_on=adopted, parameters=STRICTER)
    undated = Policy(name="At ten weeks", parameters=STRICTER)
    assert await begun(database, Policy(), unnamed, named, undated) == [
        PolicyBegan(adopted, "At ten weeks")
    ]


def test_a_setting_that_a_version_adds_begins_no_other_policy() -> None:
    spelt_out = Policy.model_validate(Policy().model_dump(by_alias=True))
    assert spelt_out.colours == Policy().colours
    assert spelt_out.colours == Policy(live_from=FIRST).colours


async def test_days_outside_those_asked_about_are_left_out(database: Database) -> None:
    late = Policy(adopted_on=date(2027, 1, 1), parameters=STRICTER)
    assert await begun(database, Policy(), late) == []


def test_a_name_and_a_day_derive_nothing_again() -> None:
    named = Policy(name="x", adopted_on=FIRST)
    assert named.fingerprint == Policy().fingerprint
    assert named.fingerprint != Policy(parameters=STRICTER).fingerprint
