"""All that the annual return would have of one young person, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.assessment.annual_return.care_leavers import care_leavers
from services.assessment.annual_return.entries import CareLeaverEntry, EpisodeEntry
from services.assessment.annual_return.episodes import episodes
from services.assessment.facts import Facts
from services.assessment.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class AnnualReturn:
    """The rows of somebody in any year's return, with the days on which each would be sent so."""

    care_leavers: Sequence[CareLeaverEntry]
    episodes: Sequence[EpisodeEntry]


def annual_return(facts: Facts, rulebook: Rulebook) -> AnnualReturn:
    """Every row of a young person, of all years."""
    return AnnualReturn(care_leavers(facts, rulebook), episodes(facts, rulebook))
