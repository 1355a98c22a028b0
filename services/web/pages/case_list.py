"""The list of cases, and the same as CSV and XLSX."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from schemas.status import Concern, Rag
from services.access.audit import Act
from services.access.roles import Permission, Role
from services.oversight.board import Board, Case
from services.oversight.case_list import PAGE, SORTS, Choices, Filter, Sort, arranged, choices
from services.oversight.summary import mine
from services.oversight.wording import CATEGORIES
from services.web.kit.cache import Kept
from services.web.kit.request import PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import kept_page
from services.web.pages.case_downloads import CSV, XLSX, as_csv, as_xlsx

routes = Routes()

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
        query = urlencode({n: v for n, v in {**self.query, **changed}.items() if v})
        return f"/cases?{query}" if query else "/cases"

    def download(self, kind: str) -> str:
        """The same list as a file."""
        query = urlencode({n: v for n, v in self.query.items() if v and n != "page"})
        return f"/cases.{kind}?{query}" if query else f"/cases.{kind}"


@routes.get("/cases", Permission.SEE_CASES)
async def cases(request: PageRequest) -> Response:
    """The cases that the person may see, filtered, sorted and cut into pages."""
    asked = read_query(request.http.query_params)
    board = await request.app.watch.now(request.app.clock())
    state = (request.app.watch.number, board.version, board.day, tuple(asked.query.items()))

    async def values() -> Mapping[str, Any]:
        return await _listed(request, board, asked)

    shown, _ = await asyncio.gather(
        kept_page(request, "cases.html.j2", state, values),
        request.app.audit.record(request.user, Act.LISTED_CASES, detail=urlencode(asked.query)),
    )
    return shown


async def _listed(request: PageRequest, board: Board, asked: Asked) -> Mapping[str, Any]:
    """One page of the list."""
    found = await _found(request, board, asked)
    pages = max(-(-len(found) // PAGE), 1)
    number = min(asked.number, pages)
    return {
        "asked": asked,
        "shown": found[(number - 1) * PAGE : number * PAGE],
        "total": len(found),
        "number": number,
        "pages": pages,
        "choices": await _known(request, board),
        "sorts": SORTS,
        "categories": CATEGORIES,
        "not_tracked": [c for c in Concern if not board.tracked[c]],
        "selected": _selected(request, asked),
    }


@routes.get("/cases.csv", Permission.SEE_CASES)
async def cases_csv(request: PageRequest) -> Response:
    """The list as CSV."""
    return await _download(request, "csv")


@routes.get("/cases.xlsx", Permission.SEE_CASES)
async def cases_xlsx(request: PageRequest) -> Response:
    """The list as a workbook."""
    return await _download(request, "xlsx")


def read_query(raw: Mapping[str, str]) -> Asked:
    """What an address asks for. A value that means nothing is told of, and left out."""
    faults: list[str] = []
    query = {name: value.strip()[:_LONGEST] for name, value in raw.items()}

    def one_of(name: str, allowed: Any, what: str) -> str:
        value = query.get(name, "")
        if value and value not in allowed:
            faults.append(f"{what} {value!r} is not known, so it was left out.")
            return ""
        return value

    def whole(name: str, what: str) -> int:
        value = query.get(name, "")
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
        service=query.get("service", ""),
        team=query.get("team", ""),
        worker=query.get("worker", ""),
        reason=query.get("reason", ""),
        weeks=whole("weeks", "Weeks"),
        no_plan=query.get("no_plan") == "yes",
        late=query.get("late") == "yes",
        unlawful=query.get("unlawful") == "yes",
        review=query.get("review") == "yes",
        awaits=one_of("awaits", list(Role), "Role"),
        case=query.get("case", ""),
    )
    names = (
        "case", "concern", "colour", "service", "team", "worker", "reason", "weeks", "no_plan",
        "late", "unlawful", "review", "awaits", "sort", "backwards", "page",
    )  # fmt: skip
    return Asked(
        filter=wanted,
        sort=sort or "urgency",  # type: ignore[arg-type]
        reverse=query.get("backwards") == "yes",
        number=max(whole("page", "Page"), 1),
        query={name: query[name] for name in names if query.get(name)},
        faults=tuple(faults),
    )


_FOUND: Kept[list[Case]] = Kept(200)
_KNOWN: Kept[Choices] = Kept(200)


async def _found(request: PageRequest, board: Board, asked: Asked) -> list[Case]:
    sight = request.user.sight(Permission.SEE_CASES)

    async def look() -> list[Case]:
        found = filter(asked.filter.takes, mine(board, sight))
        return arranged(found, asked.sort, reverse=asked.reverse)

    state = (request.app.watch.number, board.version, board.day, sight)
    return await _FOUND.get((*state, asked.filter, asked.sort, asked.reverse), look)


async def _known(request: PageRequest, board: Board) -> Choices:
    sight = request.user.sight(Permission.SEE_CASES)

    async def look() -> Choices:
        return choices(mine(board, sight))

    state = (request.app.watch.number, board.version, board.day, sight)
    return await _KNOWN.get(state, look)


async def _download(request: PageRequest, kind: str) -> Response:
    asked = read_query(request.http.query_params)
    board = await request.app.watch.now(request.app.clock())
    found = await _found(request, board, asked)
    detail = f"{kind}, {len(found)} rows: {urlencode(asked.query)}"
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    write, media = (as_csv, CSV) if kind == "csv" else (as_xlsx, XLSX)
    body = await asyncio.to_thread(write, found)
    name = f"sightline-cases-{board.day}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media, headers=headers)


def _selected(request: PageRequest, asked: Asked) -> list[dict[str, str]]:
    """The filters in force, each with the link that takes it away."""
    display_name = request.app.directory.display_name
    words: Mapping[str, Callable[[str], str]] = {
        "case": lambda v: f"Case has {v}",
        "concern": lambda v: Concern(v).heading,
        "colour": lambda v: Rag(v).capitalize(),
        "service": lambda v: f"Service: {v}",
        "team": lambda v: f"Team: {v}",
        "worker": lambda v: f"Worker: {display_name(v)}",
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
