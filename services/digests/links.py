"""Links in a digest: to the case page and into the case management system, by reference only."""

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from schemas.case_reference import case_path


@dataclass(frozen=True, slots=True)
class Links:
    """Where Sightline's pages are, and the template of a case in the case management system.

    `digest` names the digest that the links stand in, as week.recipient; opening one is recorded.
    """

    base_url: str
    case_url: str = ""
    digest: str = ""

    def within(self, week: str, recipient: str) -> "Links":
        """The same links, as they stand in one digest."""
        return replace(self, digest=f"{week}.{recipient}")

    def overview(self) -> str:
        """The first page."""
        return f"{self.base_url.rstrip('/')}/{self._digest_query()}"

    def cases(self, **query: object) -> str:
        """The list of cases that are asked for, such as by `concern` and `colour`."""
        return f"{self.base_url.rstrip('/')}/cases?{urlencode(query)}"

    def reported(self, week: str, **query: object) -> str:
        """The cases of a week's report as they were reported."""
        return f"{self.base_url.rstrip('/')}/reported/{week}?{urlencode(query)}"

    def to_acknowledge(self) -> str:
        """The page on which several reds are acknowledged at once."""
        return f"{self.base_url.rstrip('/')}/acknowledgements"

    def actions(self, **query: object) -> str:
        """The actions sheet."""
        return f"{self.base_url.rstrip('/')}/actions?{urlencode(query)}"

    def reviewing_officers(self, **query: object) -> str:
        """The page of reviewing officers' escalations."""
        return f"{self.base_url.rstrip('/')}/reviewing-officers?{urlencode(query)}"

    def measures(self, **query: object) -> str:
        """The page of measures."""
        return f"{self.base_url.rstrip('/')}/measures?{urlencode(query)}"

    def campaign(self, id_: str) -> str:
        """A review campaign."""
        return f"{self.base_url.rstrip('/')}/campaigns/{quote(id_, safe='')}"

    def feeds(self) -> str:
        """The page of the feeds."""
        return f"{self.base_url.rstrip('/')}/feeds"

    def page(self, person: str) -> str:
        """A young person's case page."""
        return f"{self.base_url.rstrip('/')}{case_path(person)}{self._digest_query()}"

    def case(self, person: str) -> str | None:
        """The case in the case management system, where that is set."""
        if not self.case_url:
            return None
        return self.case_url.replace("{person}", quote(person, safe=""))

    def _digest_query(self) -> str:
        return f"?digest={quote(self.digest, safe='')}" if self.digest else ""
