"""What the address of the list of cases asks for: filter, order, page and day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from schemas.days import plain_day
from schemas.status import Concern, Rag
from schemas.weeks import week_words
from services.access.directory import Directory
from services.access.roles import Role
from services.assessment.escalation import STEPS, step_named
from services.oversight.visits import ARRANGEMENTS
from services.store.case_filter import Filter, Sort
from services.store.reported_cases import reported_concerns
from services.store.weekly_reports import Report
from services.web.kit.addresses import address
from services.web.kit.day_asked import DayAsked, day_asked
from services.web.kit.pagination import requested_page

SORTS: Mapping[Sort, str] = {
    "urgency": "Most urgent",
    "case": "Case",
    "concern": "Concern",
    "colour": "Colour",
    "since": "Longest",
    "team": "Team",
    "worker": "Worker",
    "due": "Next action due",
    "review": "Review due",
}
_LONGEST = 100
"""Characters of an answer to the filter."""

_ORDERED = (
    "case", "concern", "colour", "service", "team", "worker", "reason", "weeks", "no_plan",
    "late", "unlawful", "review", "rated_down", "unowned", "awaits", "climbed_to",
    "no_plan_or_late", "overdue", "never_reviewed", "arrangement", "not_approved",
    "campaign", "not_in_campaign",
    "red_in", "new_since", "red_on", "turning_by",
    "as_at", "sort", "backwards", "page",
)  # fmt: skip
"""What an address may ask for, in the order in which a link has it."""


@dataclass(frozen=True, slots=True)
class CaseListQuery:
    """What an address asks for, as it was understood; `faults` are sentences on what was not.

    `query` is what was understood, as an address has it. `weeks` are the reports that the filter
    goes by, by the name of their parameter: `red_in` (reported as red) or `new_since` (not so);
    `with_reports` puts them into the filter.
    """

    filter: Filter
    sort: Sort
    reverse: bool
    number: int
    query: Mapping[str, str]
    day: DayAsked
    faults: tuple[str, ...]
    weeks: Mapping[str, str]

    def link(self, **changed: str) -> str:
        """The same list with something changed; an empty value drops it."""
        return address("/cases", {**self.query, **changed})

    def download(self, kind: str) -> str:
        """The same list as a file."""
        return address(f"/cases.{kind}", {**self.query, "page": ""})


class _Reader:
    """Reads the values of an address; what is not understood becomes a fault and is left out."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.query = {name: value.strip()[:_LONGEST] for name, value in query.items()}
        self.faults: list[str] = []
        self.understood: dict[str, str] = {}

    def text(self, name: str) -> str:
        value = self.query.get(name, "")
        if value:
            self.understood[name] = value
        return value

    def one_of(self, name: str, allowed: Any, what: str) -> str:
        value = self.query.get(name, "")
        if value and value not in allowed:
            self.faults.append(f"{what} {value!r} is not known, so it was left out.")
            return ""
        return self.text(name)

    def whole(self, name: str, what: str) -> int:
        value = self.query.get(name, "")
        if value and not (value.isascii() and value.isdigit() and len(value) < 5):
            self.faults.append(
                f"{what} must be a whole number such as 4, so {value!r} was left out."
            )
            return 0
        return int(self.text(name) or 0)

    def yes(self, name: str) -> bool:
        return self.one_of(name, ("yes",), name.replace("_", " ").capitalize()) == "yes"

    def day(self, name: str) -> DayAsked:
        asked = day_asked(self.query, name)
        if asked.fault:
            self.faults.append(f"{asked.fault}, so it was left out.")
        self.understood |= asked.query
        return asked


def read_query(query: Mapping[str, str]) -> CaseListQuery:
    """Read what an address asks for; a value that is not understood becomes a fault."""
    reader = _Reader(query)
    concern = reader.one_of("concern", list(Concern), "Concern")
    rag = reader.one_of("colour", [rag for rag in Rag if rag is not Rag.NONE], "Colour")
    sort = reader.one_of("sort", SORTS, "Order")
    wanted = Filter(
        concern=Concern(concern) if concern else None,
        rag=Rag(rag) if rag else None,
        service=reader.text("service"),
        team=reader.text("team"),
        worker=reader.text("worker"),
        reason=reader.text("reason"),
        weeks=reader.whole("weeks", "Weeks"),
        no_action=reader.yes("no_plan"),
        late=reader.yes("late"),
        unlawful=reader.yes("unlawful"),
        review=reader.yes("review"),
        rated_down=reader.yes("rated_down"),
        unowned=reader.yes("unowned"),
        awaits=reader.one_of("awaits", [*STEPS, *Role], "Role"),
        climbed_to=step_named(reader.one_of("climbed_to", STEPS, "Step")),
        no_action_or_late=reader.yes("no_plan_or_late"),
        overdue=reader.yes("overdue"),
        never_reviewed=reader.yes("never_reviewed"),
        arrangement=reader.one_of("arrangement", ARRANGEMENTS, "Arrangement") or None,  # type: ignore[arg-type]
        not_approved=reader.yes("not_approved"),
        campaign=reader.text("campaign"),
        not_in_campaign=reader.text("not_in_campaign"),
        case=reader.text("case"),
        red_on=reader.day("red_on").day,
        turning_by=reader.day("turning_by").day,
    )
    weeks = {name: week for name in (_RED_IN, _NEW_SINCE) if (week := reader.text(name))}
    day = reader.day("as_at")
    reverse = reader.yes("backwards")
    reader.whole("page", "Page")
    return CaseListQuery(
        filter=wanted,
        sort=sort or "urgency",  # type: ignore[arg-type]
        reverse=reverse,
        number=requested_page(reader.understood),
        query={name: reader.understood[name] for name in _ORDERED if name in reader.understood},
        day=day,
        faults=tuple(reader.faults),
        weeks=weeks,
    )


_RED_IN, _NEW_SINCE = "red_in", "new_since"
"""What the address may ask of a week's report: that it gave a case as red, or did not."""


def with_reports(asked: CaseListQuery, reports: Mapping[str, Report]) -> CaseListQuery:
    """The same with the week's reports that it goes by, by the name of their week."""
    found = {
        name: reported_concerns(reports[week])
        for name, week in asked.weeks.items()
        if week in reports
    }
    left_out = {name: week for name, week in asked.weeks.items() if week not in reports}
    faults = [f"No report was made of {week!r}, so it was left out." for week in left_out.values()]
    return replace(
        asked,
        filter=replace(
            asked.filter, reported_red_in=found.get(_RED_IN), newly_red=found.get(_NEW_SINCE)
        ),
        query={name: value for name, value in asked.query.items() if name not in left_out},
        faults=(*asked.faults, *faults),
    )


def selected(asked: CaseListQuery, directory: Directory) -> list[dict[str, str]]:
    """The filters in force in words, each with its name and the link that takes it away."""
    words: Mapping[str, Callable[[Any], str]] = {
        "case": lambda value: f"Case has {value}",
        "concern": lambda value: value.heading,
        "rag": lambda value: value.capitalize(),
        "service": lambda value: f"Service: {directory.service_name(value)}",
        "team": lambda value: f"Team: {directory.team_name(value)}",
        "worker": lambda value: f"Worker: {directory.display_name(value)}",
        "reason": lambda value: f"Reason: {value}",
        "weeks": lambda value: f"{value} weeks or more",
        "no_action": lambda _: "No open action",
        "late": lambda _: "An action is late",
        "unlawful": lambda _: "Unlawful",
        "review": lambda _: "A review is due",
        "rated_down": lambda _: "Rated down from red",
        "unowned": lambda _: "No team, or nobody who works here",
        "awaits": lambda value: f"To be acknowledged by the {value.replace('_', ' ')}",
        "climbed_to": lambda value: f"Has climbed to the {value.replace('_', ' ')} or beyond",
        "no_action_or_late": lambda _: "No open action, or a late one",
        "overdue": lambda _: "A review, visit or plan is overdue",
        "arrangement": lambda value: ARRANGEMENTS[value],
        "not_approved": lambda _: "Not recorded who approved it",
        "campaign": lambda _: "In the cohort of a review campaign",
        "not_in_campaign": lambda _: "Not in the cohort of a review campaign",
        "never_reviewed": lambda _: "Red or amber, and nobody has reviewed it",
        "reported_red_in": lambda value: f"Reported as red: digest of the {week_words(value.week)}",
        "newly_red": lambda value: f"Not reported as red: digest of the {week_words(value.week)}",
        "red_on": lambda value: f"Red on {plain_day(value)}",
        "turning_by": lambda value: f"Turns red by {plain_day(value)}",
    }
    found = []
    for item in fields(Filter):
        value = getattr(asked.filter, item.name)
        if value in ("", None, 0, False) or item.name not in words:
            continue
        name = _FIELD_OF.get(item.name, item.name)
        text = words[item.name](value)
        found.append({"name": name, "text": text, "href": asked.link(**{name: "", "page": ""})})
    return found


_FIELD_OF = {
    "rag": "colour",
    "no_action": "no_plan",
    "no_action_or_late": "no_plan_or_late",
    "reported_red_in": _RED_IN,
    "newly_red": _NEW_SINCE,
}
"""What the address calls a part of the filter, where that is another word."""
