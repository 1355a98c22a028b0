"""What of a case is counted, and on which days."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from schemas.status import Rag
from services.assessment.escalation import STEPS
from services.store.case_filter import SOON
from services.store.tables import cases

COLUMNS = (
    cases.c.person, cases.c.concern, cases.c.start, cases.c.until, cases.c.rag, cases.c.statutory,
    cases.c.rated_down, cases.c.service, cases.c.team, cases.c.owned, cases.c.open_actions,
    cases.c.late_actions, cases.c.review_due, cases.c.awaiting, cases.c.at_baseline,
)  # fmt: skip
"""The columns of a case that say what it counts as."""

AWAITING = {step: f"awaits {step}" for step in STEPS}
RED, AMBER, GREEN = (str(rag) for rag in (Rag.RED, Rag.AMBER, Rag.GREEN))
UNLAWFUL, RATED_DOWN = "unlawful", "rated down"
NO_ACTION, UNOWNED = "red without action", "red without owner"
WITHOUT_OWNER = "without owner"
"""Of any colour: no team, or nobody who works here."""
LATE, REVIEW = "late action", "review due"
BASELINE = {rag: f"baseline {rag}" for rag in Rag}
"""Of those that were red on the policy's baseline day, by the colour that they have."""
BASELINE_NO_TEAM = "baseline without a team"


def measures_of(row: Mapping[str, Any]) -> Iterator[tuple[str, date, date]]:
    """What one stretch counts as, from which day to which."""
    start, until = row["start"], row["until"]
    if row["at_baseline"]:
        yield BASELINE[Rag(row["rag"])], start, until
        if row["at_baseline"] == "without a team":
            yield BASELINE_NO_TEAM, start, until
    if row["rag"] == Rag.NONE.value:
        return
    red = row["rag"] == RED
    yield row["rag"], start, until
    holds = {
        UNLAWFUL: row["statutory"] == UNLAWFUL,
        RATED_DOWN: row["rated_down"],
        NO_ACTION: red and not row["open_actions"],
        WITHOUT_OWNER: not row["owned"],
        UNOWNED: red and not row["owned"],
        LATE: row["late_actions"],
    }
    for measure, is_so in holds.items():
        if is_so:
            yield measure, start, until
    for step in row["awaiting"].split():
        yield AWAITING[step], start, until
    if row["review_due"] is not None:
        soon = max(start, row["review_due"] - SOON)
        if soon < until:
            yield REVIEW, soon, until
