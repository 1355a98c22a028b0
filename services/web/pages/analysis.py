"""The analysis: each week's as it was made, and one of any day."""

import asyncio
from typing import Literal

from starlette.responses import Response

from services.access.audit import Act
from services.access.roles import Permission
from services.analysis.document import document_of
from services.analysis.gather import Analysis, AnalysisInputs, analyse
from services.analysis.sheets import workbook_of
from services.pdf import PDF
from services.store import weekly_analyses
from services.web.kit.addresses import address
from services.web.kit.downloads import attachment, wrong_day
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view
from services.workbooks import XLSX

routes = Routes()

Kind = Literal["xlsx", "pdf"]
_MEDIA: dict[Kind, str] = {"xlsx": XLSX, "pdf": PDF}


@routes.get("/analysis", Permission.SEE_CASES)
async def analysis(request: PageRequest) -> Response:
    """The weeks that are kept, for whoever sees everything; and the files of any day."""
    async with request.app.database.reading() as connection:
        requested = await requested_view(connection, request)
        kept = await weekly_analyses.kept(connection) if requested.view.scope.everything else []
    return page(
        request, "analysis.html.j2", requested=requested, kept=kept,
        download=lambda kind: address(f"/analysis.{kind}", requested.asked.query),
    )  # fmt: skip


@routes.get("/analysis.xlsx", Permission.SEE_CASES)
async def analysis_workbook(request: PageRequest) -> Response:
    """The workbook of a day, of the cases that the user may see."""
    return await _made(request, "xlsx")


@routes.get("/analysis.pdf", Permission.SEE_CASES)
async def analysis_document(request: PageRequest) -> Response:
    """The document of a day, of the cases that the user may see."""
    return await _made(request, "pdf")


@routes.get("/analysis/{week}.xlsx", Permission.SEE_CASES)
async def kept_workbook(request: PageRequest) -> Response:
    """The workbook of a week, as it was made."""
    return await _kept(request, "xlsx")


@routes.get("/analysis/{week}.pdf", Permission.SEE_CASES)
async def kept_document(request: PageRequest) -> Response:
    """The document of a week, as it was made."""
    return await _kept(request, "pdf")


async def _made(request: PageRequest, kind: Kind) -> Response:
    app = request.app
    async with app.database.reading() as connection:
        requested = await requested_view(connection, request)
        if requested.asked.fault:
            return wrong_day(requested.asked)
        mail = app.mail_context
        inputs = AnalysisInputs(app.rules, mail.measures, mail.comparators)
        found = await analyse(
            connection, requested.view, requested.tracked, inputs, app.clock(), request.user.id
        )
    detail = f"analysis of {found.day}, {kind}"
    await app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    async with app.documents_lock:
        body = await asyncio.to_thread(_file, request, found, kind)
    is_incomplete = bool(found.not_derived)
    return attachment(body, _MEDIA[kind], "analysis", found.day, kind, is_incomplete=is_incomplete)


def _file(request: PageRequest, found: Analysis, kind: Kind) -> bytes:
    directory = request.app.directory
    make = document_of if kind == "pdf" else workbook_of
    return make(found, directory.team_name, directory.display_name)


async def _kept(request: PageRequest, kind: Kind) -> Response:
    week = request.http.path_params["week"]
    async with request.app.database.reading() as connection:
        view = (await requested_view(connection, request)).view
        file: weekly_analyses.File = "workbook" if kind == "xlsx" else "document"
        kept = await weekly_analyses.file_of(connection, week, file)
    if kept is None or not view.scope.everything:
        raise NotFound
    made, body = kept
    await request.app.audit.record(
        request.user, Act.DOWNLOADED, detail=f"analysis of week {week}, {kind}"
    )
    return attachment(
        body, _MEDIA[kind], "analysis", made.as_of, kind, is_incomplete=made.is_incomplete
    )
