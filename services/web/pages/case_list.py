"""The list of cases, and the same as CSV and XLSX."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.roles import May, Role
from services.oversight.board import Board, Case
from services.oversight.case_list import PAGE, SORTS, Choices, Filter, Sort, arranged, choices
from services.oversight.summary import mine
from services.oversight.wording import CATEGORIES
from services.web.kit.cache import Kept
from services.web.kit.request import Visit
from services.web.kit.routing import Doors
from services.web.kit.templates import kept_page
from services.web.pages.case_downloads import CSV, XLSX, as_csv, as_xlsx

doors = Doors()

_LONGEST = 100
"""Characters of an answer to the filter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, as it was understood; `faults` says what was not."""

    filter: Filter
    sort: Sort
    reverse: bool
    number: int
    query: Mapping[str, str]
    faults: tuple[str, ...]

    def link(self, **changed: str) -> str:
        """The same list with something changed; an empty value drops it."""
        told = {**self.query, **changed}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"/cases?{query}" if query else "/cases"

    def download(self, kind: str) -> str:
        """The same list as a file."""
        query = urlencode({n: v for n, v in self.query.items() if v and n != "page"})
        return f"/cases.{kind}?{query}" if query else f"/cases.{kind}"


@doors.get("/cases", May.SEE_CASES)
async def cases(visit: Visit) -> Response:
    """The cases that the person may see, filtered, sorted and cut into pages."""
    asked = read_query(visit.request.query_params)
    board = await visit.parts.watch.now(visit.parts.clock())
    state = (visit.parts.watch.number, board.version, board.day, tuple(asked.query.items()))

    async def told() -> Mapping[str, Any]:
        return await _listed(visit, board, asked)

    shown, _ = await asyncio.gather(
        kept_page(visit, "cases.html.j2", state, told),
        visit.parts.audit.record(visit.person, Act.LISTED_CASES, detail=urlencode(asked.query)),
    )
    return shown


async def _listed(visit: Visit, board: Board, asked: Asked) -> Mapping[str, Any]:
    """One page of the list."""
    found = await _found(visit, board, asked)
    pages = max(-(-len(found) // PAGE), 1)
    number = min(asked.number, pages)
    return {
        "asked": asked,
        "shown": found[(number - 1) * PAGE : number * PAGE],
        "total": len(found),
        "number": number,
        "pages": pages,
        "choices": await _known(visit, board),
        "sorts": SORTS,
        "categories": CATEGORIES,
        "not_tracked": [c for c in Concern if not board.tracked[c]],
        "selected": _selected(visit, asked),
    }


@doors.get("/cases.csv", May.SEE_CASES)
async def cases_csv(visit: Visit) -> Response:
    """The list as CSV."""
    return await _download(visit, "csv")


@doors.get("/cases.xlsx", May.SEE_CASES)
async def cases_xlsx(visit: Visit) -> Response:
    """The list as a workbook."""
    return await _download(visit, "xlsx")


def read_query(told: Mapping[str, str]) -> Asked:
    """What an address asks for. A value that means nothing is told of, and left out."""
    faults: list[str] = []
    told = {name: value.strip()[:_LONGEST] for name, value in told.items()}

    def one_of(name: str, allowed: Any, what: str) -> str:
        value = told.get(name, "")
        if value and value not in allowed:
            faults.append(f"{what} {value!r} is not known, so it was left out.")
            return ""
        return value

    def whole(name: str, what: str) -> int:
        value = told.get(name, "")
        if value and not (value.isascii() and value.isdigit() and len(value) < 5):
            faults.append(f"{what} must be a whole number such as 4, so {value!r} was left out.")
            return 0
        return int(value or 0)

    concern = one_of("concern", list(Concern), "Concern")
    rag = one_of("colour", [rag for rag in Rag if rag is not Rag.NONE], "Colour")
    sort = one_of("sort", SORTS, "Order")
    wanted = Filter(
        concern=Concern(concern) if concern else None,
        rag=Rag(rag) if rag else None,
        service=told.get("service", ""),
        team=told.get("team", ""),
        worker=told.get("worker", ""),
        reason=told.get("reason", ""),
        weeks=whole("weeks", "Weeks"),
        no_plan=told.get("no_plan") == "yes",
        late=told.get("late") == "yes",
        unlawful=told.get("unlawful") == "yes",
        review=told.get("review") == "yes",
        awaits=one_of("awaits", list(Role), "Role"),
        case=told.get("case", ""),
    )
    names = (
        "case", "concern", "colour", "service", "team", "worker", "reason", "weeks", "no_plan",
        "late", "unlawful", "review", "awaits", "sort", "backwards", "page",
    )  # fmt: skip
    return Asked(
        filter=wanted,
        sort=sort or "urgency",  # type: ignore[arg-type]
        reverse=told.get("backwards") == "yes",
        number=max(whole("page", "Page"), 1),
        query={name: told[name] for name in names if told.get(name)},
        faults=tuple(faults),
    )


_FOUND: Kept[list[Case]] = Kept(200)
_KNOWN: Kept[Choices] = Kept(200)


async def _found(visit: Visit, board: Board, asked: Asked) -> list[Case]:
    sight = visit.person.sight(May.SEE_CASES)

    async def look() -> list[Case]:
        found = filter(asked.filter.takes, mine(board, sight))
        return arranged(found, asked.sort, reverse=asked.reverse)

    state = (visit.parts.watch.number, board.version, board.day, sight)
    return await _FOUND.get((*state, asked.filter, asked.sort, asked.reverse), look)


async def _known(visit: Visit, board: Board) -> Choices:
    sight = visit.person.sight(May.SEE_CASES)

    async def look() -> Choices:
        return choices(mine(board, sight))

    state = (visit.parts.watch.number, board.version, board.day, sight)
    return await _KNOWN.get(state, look)


async def _download(visit: Visit, kind: str) -> Response:
    asked = read_query(visit.request.query_params)
    board = await visit.parts.watch.now(visit.parts.clock())
    found = await _found(visit, board, asked)
    detail = f"{kind}, {len(found)} rows: {urlencode(asked.query)}"
    await visit.parts.audit.record(visit.person, Act.DOWNLOADED, detail=detail)
    write, media = (as_csv, CSV) if kind == "csv" else (as_xlsx, XLSX)
    body = await asyncio.to_thread(write, found)
    name = f"sightline-cases-{board.day}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media, headers=headers)


def _selected(visit: Visit, asked: Asked) -> list[dict[str, str]]:
    """The filters in force, each with the link that takes it away."""
    called = visit.parts.directory.called
    words: Mapping[str, Callable[[str], str]] = {
        "case": lambda v: f"Case has {v}",
        "concern": lambda v: Concern(v).heading,
        "colour": lambda v: Rag(v).capitalize(),
        "service": lambda v: f"Service: {v}",
        "team": lambda v: f"Team: {v}",
        "worker": lambda v: f"Worker: {called(v)}",
        "reason": lambda v: f"Reason: {v}",
        "weeks": lambda v: f"{v} weeks or more",
        "no_plan": lambda _: "No open action",
        "late": lambda _: "An action is late",
        "unlawful": lambda _: "Unlawful",
        "review": lambda _: "A review is due",
        "awaits": lambda v: f"To be acknowledged by the {v.replace('_', ' ')}",
    }
    found = []
    for name, value in asked.query.items():
        if name not in words or getattr(asked.filter, _FIELD.get(name, name)) in ("", None, 0):
            continue
        text = words[name](value)
        found.append({"text": text, "href": asked.link(**{name: "", "page": ""})})
    return found


_FIELD = {"colour": "rag"}
