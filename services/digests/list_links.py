"""The lists that a digest's numbers count, as links for whoever is sent references."""

from dataclasses import dataclass
from datetime import date

from schemas.status import Concern, Rag
from services.assessment.escalation import STEPS
from services.digests.links import Links
from services.store.case_filter import NONE

_COLOURS = (Rag.RED, Rag.AMBER, Rag.GREEN)


@dataclass(frozen=True, slots=True)
class ListLinks:
    """Links from one digest's numbers, to lists on its day; none where no reference is sent.

    Attributes:
        links: where Sightline's pages are.
        day: the day of the digest.
        named: whether its recipient is sent references, so may open lists.
        last_week: the name of the report before it.
        baseline: the day that it is compared with.
    """

    links: Links
    day: date
    named: bool
    last_week: str | None
    baseline: date | None

    def red(self, concern: Concern, on: date) -> str | None:
        """The reds of a concern on a day."""
        if not self.named:
            return None
        return self.links.cases(concern=concern, colour=Rag.RED, as_at=on)

    def red_on(self, concern: Concern) -> str | None:
        """What became of the baseline's reds of a concern."""
        if not self.named or self.baseline is None:
            return None
        return self.links.cases(concern=concern, red_on=self.baseline, as_at=self.day)

    def reported_red(self, week: str, concern: Concern) -> str | None:
        """What a week's report gave as red."""
        if not self.named:
            return None
        return self.links.reported(week, concern=concern, colour=Rag.RED, as_at=self.day)

    def campaign(self, id_: str) -> str | None:
        """A review campaign."""
        return self.links.campaign(id_) if self.named else None

    def of(self, concern: Concern) -> dict[str, str]:
        """The cases of each of a concern's counts, by the count's name."""
        if not self.named:
            return {}
        asked = {
            **{rag.value: {"colour": rag.value} for rag in _COLOURS},
            "unlawful": {"unlawful": "yes"},
            "rated_down": {"rated_down": "yes"},
            "unowned": {"unowned": "yes"},
        }
        return {
            name: self.links.cases(concern=concern, **query, as_at=self.day)
            for name, query in asked.items()
        }

    def of_sections(self, role: str, horizon_end: date) -> dict[str, str]:
        """All cases of each section of a digest for somebody of a role, by its field."""
        if not self.named:
            return {}
        found = {
            "newly_red": self._list(colour=Rag.RED),
            "turning": self._list(turning_by=horizon_end),
            "unowned": self._list(colour=Rag.RED, unowned="yes"),
            "promised": self.links.actions(as_at=self.day),
            "measures": self.links.measures(as_at=self.day),
            "escalated": self.links.reviewing_officers(as_at=self.day),
        }
        if self.last_week is not None:
            found["newly_red"] = self._list(colour=Rag.RED, new_since=self.last_week)
            found["still_red"] = self._list(colour=Rag.RED, red_in=self.last_week)
            found["stopped"] = self.links.reported(
                self.last_week, colour=Rag.RED, stopped="yes", as_at=self.day
            )
            found["rated_down"] = self.links.reported(
                self.last_week, colour=Rag.RED, rated_down="yes", as_at=self.day
            )
        if role in STEPS:
            found["needs_you"] = self._list(climbed_to=role)
            found["to_acknowledge"] = self.links.to_acknowledge()
        elif role == "personal_adviser":
            found["needs_you"] = self._list(colour=Rag.RED, no_plan_or_late="yes")
        if self.baseline is not None:
            found["baseline"] = self._list(red_on=self.baseline)
            for rag in _COLOURS:
                found[f"baseline_{rag}"] = self._list(red_on=self.baseline, colour=rag)
            found["baseline_unowned_then"] = self.links.cases(
                colour=Rag.RED, team=NONE, as_at=self.baseline
            )
        return found

    def _list(self, **query: object) -> str:
        return self.links.cases(**query, as_at=self.day)
