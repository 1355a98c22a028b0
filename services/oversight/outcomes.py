"""Why a case stopped being red. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.status import Concern, Rag
from services.assessment.calendar import birthday
from services.assessment.case_facts import current_since
from services.store.weekly_reports import Reported

_AGE_LIMIT = {Concern.UNSUITABLE_ACCOMMODATION: 25}
_ADULT = 18
_SPELL = {
    Concern.UNSUITABLE_ACCOMMODATION: "accommodation",
    Concern.UNREGULATED_PLACEMENT: "placement",
    Concern.PRE_PROCEEDINGS: "pre_proceedings",
    Concern.PERMANENCE: "care",
}


def why_stopped(
    before: Reported,
    now: Reported | None,
    then_as_now_known: Reported | None,
    facts: Mapping[str, Any] | None,
    last: date,
    as_of: date,
) -> str:
    """In a few words: corrected, rated down, closed, aged out, moved on, judged, or plan only.

    `before` is what the last report of day `last` said, `then_as_now_known` how that day looks now.
    """
    if facts is None:
        return "Corrected: the record was merged or taken back"
    if then_as_now_known is None or then_as_now_known.rag is not Rag.RED:
        return "Corrected: as now known it was not red last week"
    if now is None:
        return _no_longer_applies(before.concern, facts, last, as_of)
    if now.rule_rag is Rag.RED:
        return "Rated down: the rules still say red"
    if before.reasons and before.reasons[0].rule == "UA11":
        return "An address is recorded now"
    began = current_since(facts, _SPELL[before.concern], as_of)
    if (
        began
        and began > last
        and before.concern in (Concern.UNSUITABLE_ACCOMMODATION, Concern.UNREGULATED_PLACEMENT)
    ):
        return "Moved on"
    return _settled(before.concern, now)


def _settled(concern: Concern, now: Reported) -> str:
    """What changed about a case that did not move."""
    rules = {reason.rule for reason in now.reasons}
    if concern is Concern.UNSUITABLE_ACCOMMODATION:
        if now.statutory == "suitable":
            return "Judged suitable"
        if now.rag is Rag.AMBER and "UA8" in rules:
            return "Plan only: reviewed, with an action in time; still unsuitable"
        return "Facts changed"
    if concern is Concern.UNREGULATED_PLACEMENT:
        return (
            "Registered" if now.statutory == "lawful" or now.rag is Rag.GREEN else "Facts changed"
        )
    if concern is Concern.PRE_PROCEEDINGS:
        return "Extended with authority" if "PP1" in rules else "Facts changed"
    return "A plan was agreed" if now.rag is Rag.GREEN else "Reviewed or replanned"


def _no_longer_applies(concern: Concern, facts: Mapping[str, Any], last: date, as_of: date) -> str:
    if facts["died_on"] and facts["died_on"] <= as_of.isoformat():
        return "Closed"
    if facts["born"]:
        limit = birthday(date.fromisoformat(facts["born"]), _AGE_LIMIT.get(concern, _ADULT))
        if last.toordinal() < limit <= as_of.toordinal():
            return "Aged out"
    if concern is Concern.PRE_PROCEEDINGS:
        return "Pre-proceedings ended"
    if concern is Concern.UNSUITABLE_ACCOMMODATION:
        return "Closed: looked after again, or no longer a care leaver"
    return "Closed: no longer looked after"
