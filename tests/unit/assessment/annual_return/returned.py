"""What the annual return would have of a story, on any day."""

from datetime import date

from schemas.policy import Policy
from services.assessment.annual_return.entries import CareLeaverEntry, EpisodeEntry, ReturnFault
from services.assessment.annual_return.rows import AnnualReturn, annual_return
from services.assessment.derivation import Rules
from services.assessment.fold import fold
from services.assessment.resolution import receive, resolve
from tests.story import Story

RULES = Rules.of(Policy())


def returned(story: Story) -> AnnualReturn:
    people = resolve(receive(story.events, RULES.policy), RULES.policy)
    return annual_return(fold(people[story.person]), RULES.rulebook)


def _holds(item: CareLeaverEntry | ReturnFault, on: str) -> bool:
    day = date.fromisoformat(on)
    return item.start <= day and (item.until is None or day < item.until)


def leaver_on(story: Story, on: str, year: int) -> CareLeaverEntry | None:
    """The row of a year (by the calendar year in which it begins) as it would be sent on a day."""
    found = [it for it in returned(story).care_leavers if it.year == year and _holds(it, on)]
    assert len(found) <= 1
    return found[0] if found else None


def columns(entry: CareLeaverEntry | None) -> tuple[str, str, str]:
    assert entry
    return entry.in_touch, entry.activity, entry.accommodation


def episodes_of(story: Story) -> list[EpisodeEntry]:
    return list(returned(story).episodes)


def rules_on(story: Story, on: str, key: int) -> set[tuple[str, str]]:
    """The rules that a row would fail on a day, each with its column."""
    return {
        (fault.rule, fault.field)
        for fault in returned(story).faults
        if fault.key == key and _holds(fault, on)
    }
