"""Links in a digest: to the case page and into the case management system; only a reference."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Links:
    """Where Sightline's pages are, and the template of a case in the case management system."""

    base_url: str
    case_url: str = ""

    def overview(self) -> str:
        """The first page."""
        return self.base_url.rstrip("/") + "/"

    def page(self, person: str) -> str:
        """A young person's case page."""
        return f"{self.base_url.rstrip('/')}/cases/{quote(person, safe='')}"

    def case(self, person: str) -> str | None:
        """The case in the case management system, where that is set."""
        if not self.case_url:
            return None
        return self.case_url.replace("{person}", quote(person, safe=""))
