"""A threshold compared: what differs is what assessing everybody under each policy gives."""

from datetime import date, timedelta

from schemas.policy import ParameterChange, Policy
from schemas.status import Concern, Rag
from services.assessment.derivation import Rules
from services.assessment.statuses import assess_received, on_day
from services.oversight.policy_comparison import Comparison, compare
from services.store import stored_events
from services.store.database import Database
from tests.store.oversight.council import store_council
from tests.unit.assessment.made_council import POLICY, TODAY

STRICTER = POLICY.model_copy(
    update={
        "parameters": {
            "PP1.days": [ParameterChange.model_validate({"from": "2020-01-01", "value": 40})],
            "UA8.review_days": [
                ParameterChange.model_validate({"from": "2020-01-01", "value": 10})
            ],
        }
    }
)
DAYS = [TODAY + timedelta(days=n) for n in (-365, -300, -120, -60, -7, 0, 1, 45, 91)]


async def compared(database: Database, after: Policy) -> Comparison:
    async with database.reading() as connection:
        return await compare(connection, Rules.of(POLICY), Rules.of(after), TODAY)


async def test_what_differs_is_what_each_policy_gives_alone(sqlite_store: Database) -> None:
    await store_council(sqlite_store)
    found = await compared(sqlite_store, STRICTER)
    async with sqlite_store.reading() as connection:
        received = await stored_events.load(connection)
    before, after = assess_received(received, POLICY), assess_received(received, STRICTER)
    assert found.people == len(before)
    met = 0
    for day in DAYS:
        expected = {}
        for person, assessment in before.items():
            for concern in Concern:
                one, other = on_day(assessment, concern, day), on_day(after[person], concern, day)
                rags = (one.rag if one else Rag.NONE, other.rag if other else Rag.NONE)
                if rags[0] is not rags[1]:
                    expected[person, concern] = rags
        here = {(it.person, it.concern): (it.was, it.becomes) for it in found.on(day)}
        assert here == expected, day
        assert len(here) == len(found.on(day))
        more = sum(b is Rag.RED for _, b in here.values())
        fewer = sum(a is Rag.RED for a, _ in here.values())
        assert sum(found.by_team(day).values()) == more - fewer
        met += len(expected)
    assert met
    for day, (one_, other_) in found.reds.items():
        assert other_ - one_ == sum(
            (it.becomes is Rag.RED) - (it.was is Rag.RED) for it in found.on(day)
        )


async def test_the_same_policy_changes_nothing(sqlite_store: Database) -> None:
    await store_council(sqlite_store)
    found = await compared(sqlite_store, POLICY)
    assert found.changes == []
    assert all(one == other for one, other in found.reds.values())
    assert any(one for one, _ in found.reds.values())


async def test_a_change_says_the_rule_and_its_days(sqlite_store: Database) -> None:
    await store_council(sqlite_store)
    found = await compared(sqlite_store, STRICTER)
    assert {change.rule for change in found.changes} & {"PP1", "UA8"}
    for change in found.changes:
        assert found.first <= change.start < change.until <= found.last + timedelta(days=1)
        assert change.why
        assert isinstance(change.start, date)
