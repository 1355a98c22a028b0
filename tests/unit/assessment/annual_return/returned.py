"""What the annual return would have of a story, on any day."""

from datetime import date

from schemas.policy import Policy
from services.assessment.annual_return.entries import CareLeaverEntry, EpisodeEntry
from services.assessment.annual_return.rows import AnnualReturn, annual_return
from services.assessment.derivation import Rules
from services.assessment.fold import fold
from services.assessment.resolution import receive, resolve
from tests.story import Story

RULES = Rules.of(Policy())


def returned(story: Story) -> AnnualReturn:
    people = resolve(receive(story.events, RULES.policy), RULES.policy)
    return annual_return(fold(people[story.person]), RULES.rulebook)


def _holds(item: CareLeaverEntry | EpisodeEntry, on: str) -> bool:
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


def episodes_on(story: Story, on: str) -> list[EpisodeEntry]:
    """The episodes as they would be sent on a day."""
    return [it for it in returned(story).episodes if _holds(it, on)]


def rules_on(story: Story, on: str, key: int) -> set[tuple[str, str]]:
    """The rules that a row would fail on a day, each with its column.

    `key` is the year of a care leaver's row, or the place of an episode.
    """
    found = returned(story)
    rows: list[CareLeaverEntry | EpisodeEntry] = [
        *(it for it in found.care_leavers if it.year == key),
        *(it for it in found.episodes if it.place == key),
    ]
    return {(flaw.rule, flaw.field) for it in rows if _holds(it, on) for flaw in it.flaws}
