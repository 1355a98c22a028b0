"""Which snapshots a policy expects, and which of two counts."""

import tomllib
from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.policy import Policy, SourcePermissions
from services.assessment.resolution import receive
from services.sources.completeness import CompletedSnapshot, last_completed, overdue
from tests.unit.imports.snapshots.extract import SOURCE, Extract, Rows
from tests.unit.sources.feed_times import CMS, london

DAILY = Policy(sources={CMS: SourcePermissions(snapshot="daily")})
WEEKLY = Policy(sources={CMS: SourcePermissions(snapshot="weekly")})


def ended(as_at: str) -> dict[str, CompletedSnapshot]:
    return {CMS: CompletedSnapshot(CMS, "x", london(as_at), {})}


def test_a_policy_says_which_snapshots_it_expects() -> None:
    document = tomllib.loads(
        '[sources."/x"]\nsnapshot = "daily"\n[sources."/y"]\nsnapshot = "weekly"'
    )
    policy = Policy.model_validate(document)
    assert overdue({}, policy, london("2026-03-02T07:30")) == [
        "The daily snapshot of /x has never come.",
        "The weekly snapshot of /y has never come.",
    ]
    with pytest.raises(ValidationError):
        Policy.model_validate({"sources": {"/x": {"snapshot": "hourly"}}})


@pytest.mark.parametrize(
    ("policy", "last", "by", "late"),
    [
        (DAILY, "2026-03-02T02:00", "2026-03-02T07:30", False),
        (DAILY, "2026-03-01T07:30", "2026-03-02T07:30", False),
        (DAILY, "2026-03-01T02:00", "2026-03-02T07:30", True),
        (WEEKLY, "2026-02-27T20:00", "2026-03-02T07:30", False),
        (WEEKLY, "2026-02-23T02:00", "2026-03-02T07:30", True),
        (DAILY, "2026-03-28T08:00", "2026-03-29T07:30", False),
        (DAILY, "2026-10-24T09:00", "2026-10-25T07:30", False),
    ],
)
def test_a_snapshot_is_late_after_its_day_or_its_week(
    policy: Policy, last: str, by: str, late: bool
) -> None:
    sentences = overdue(ended(last), policy, london(by))
    assert bool(sentences) is late
    assert overdue(ended(last), policy, london(by), slack=timedelta(days=1)) == []


def test_a_source_that_is_retired_owes_none() -> None:
    policy = Policy(sources={CMS: SourcePermissions(snapshot="daily", retired=True)})
    assert overdue({}, policy, london("2026-03-02T07:30")) == []


def test_of_two_snapshots_as_at_one_moment_the_later_taken_counts() -> None:
    """A file that was mended and sent again: whichever hash its counts have."""

    def rows(number: int) -> Rows:
        always = {"person": "p1", "start": "2026-01-10", "code": "U6"}
        return {"placements": [always | {"placement_id": str(one)} for one in range(number)]}

    for first, second in ((1, 2), (2, 1), (2, 3), (3, 2), (1, 3), (3, 1)):
        extract = Extract()
        extract.snapshot("2026-03-01", rows(first))
        extract.snapshot("2026-03-01", rows(second))
        ended = last_completed(receive(extract.events(), Policy()), Policy())[SOURCE]
        assert ended.open_at_source == {"placement": second}, (first, second)
