"""What a token permits: facts always; the rest where it says so, and a doubt where it does not."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.status import Concern
from tests.system.ingest.publisher import Publisher, assert_says, publisher
from tests.system.web.running_app import NOW, RunningApp, event

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXPIRES = (NOW + timedelta(days=10)).date().isoformat()


def rated(cms: Publisher, person: str, concern: str = "unsuitable_accommodation") -> dict[str, Any]:
    rating = {
        "rag": "amber", "rationale": "seen", "authorised_by": "h1", "expires": EXPIRES,
    }  # fmt: skip
    review = event(
        "review.completed", person, NOW.date(), review_id="r1", kind="oversight", concern=concern,
        rating=rating,
    )  # fmt: skip
    return review | {"source": cms.source}


def doubts(answer: Any) -> list[str]:
    assert answer.status_code == 202, answer.text
    return [doubt["detail"] for it in answer.json()["events"] for doubt in it.get("doubts", ())]


async def test_a_doubt_says_what_a_token_may_not_do(shared_app: RunningApp) -> None:
    facts_alone = await publisher(shared_app, may=())
    (doubt,) = doubts(await facts_alone.one(rated(facts_alone, f"P{uuid4().hex[:8]}")))
    assert "may not rate" in doubt
    assert facts_alone.source in doubt
    may_rate = await publisher(shared_app, may=("rate",))
    assert doubts(await may_rate.one(rated(may_rate, f"P{uuid4().hex[:8]}"))) == []


async def test_a_token_for_one_concern_rates_no_other(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app, may=("rate",), concerns=(Concern.PERMANENCE,))
    person = f"P{uuid4().hex[:8]}"
    assert doubts(await cms.one(rated(cms, person, "permanence"))) == []
    (doubt,) = doubts(await cms.one(rated(cms, person, "unsuitable_accommodation")))
    assert "may not rate" in doubt


async def test_a_token_for_some_cases_speaks_of_no_other(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app, subjects="EL-")
    assert doubts(await cms.one(cms.moved(f"EL-{uuid4().hex[:8]}"))) == []
    answer = await cms.one(cms.moved("XX-1"))
    assert answer.status_code == 422
    assert "begins with EL-" in answer.json()["errors"][0]["faults"][0]["detail"]


async def test_a_token_that_has_expired_lets_nobody_in(shared_app: RunningApp) -> None:
    cms = await publisher(shared_app, expires_at=NOW)
    assert_says(await cms.one(cms.moved()), 401)
    later = await publisher(shared_app, expires_at=NOW + timedelta(seconds=1))
    assert doubts(await later.one(later.moved())) == []
