"""The interface for machines: the same statuses as JSON, under the same rules of access.

A bearer token, made by `sightline token make`, reads everything as an analyst would; a signed-in
person's session reads what that person may see.
"""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from services.web.api_models import ActionsOut, CaseOut, MeasuresOut, StatusPage, SummaryOut
from services.web.api_routes import actions, measures, one_case, statuses, summary
from services.web.kit.limits import TooMuchError
from services.web.kit.problems import problem, too_much


def make_api() -> FastAPI:
    """The application that is mounted at `/api`. It has no pages of its own, only the document."""
    api = FastAPI(
        title="Sightline", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        description="Statuses of young people in care and leaving care, as JSON. Send the token "
        "as `Authorization: Bearer ...`.",
    )  # fmt: skip
    api.get("/statuses", response_model=StatusPage, summary="Statuses of a day")(statuses)
    api.get("/summary", response_model=SummaryOut, summary="Counts and the trend")(summary)
    api.get("/actions", response_model=ActionsOut, summary="Actions of a day")(actions)
    api.get("/measures", response_model=MeasuresOut, summary="Oversight measures")(measures)
    api.get("/cases/{person:path}", response_model=CaseOut, summary="One young person")(one_case)
    api.add_exception_handler(StarletteHTTPException, _http_problem)
    api.add_exception_handler(RequestValidationError, _validation_problem)
    api.add_exception_handler(TooMuchError, _too_much)
    return api


async def _http_problem(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, StarletteHTTPException):
        raise error
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
    return problem(error.status_code, str(error.detail), headers=headers)


async def _too_much(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, TooMuchError):
        raise error
    return too_much(error)


async def _validation_problem(request: Request, error: Exception) -> JSONResponse:
    del request
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        {"field": str(item["loc"][-1]), "value": str(item.get("input")), "cure": item["msg"]}
        for item in error.errors()
    ]
    title = "; ".join(f"{f['field']} is {f['value']!r}: {f['cure']}" for f in faults)
    return problem(422, title, faults=faults)
