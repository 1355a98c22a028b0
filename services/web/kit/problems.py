"""Problem details: how an answer for machines says what is wrong (RFC 9457)."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from services.web.kit.limits import TooMuchError

MEDIA_TYPE = "application/problem+json"


def too_much(error: TooMuchError) -> JSONResponse:
    """429, with when to try again."""
    headers = {"Retry-After": str(error.seconds)}
    return problem(429, "Too much at once", str(error), headers=headers)


def problem(
    status: int,
    title: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> JSONResponse:
    """An answer in problem details, of the type about:blank.

    Args:
        status: The HTTP status.
        title: What is wrong, in a sentence or less.
        detail: What is wrong with this request in particular; left out where empty.
        headers: Further HTTP headers.
        **members: Extension members (RFC 9457, 3.2), as JSON.
    """
    content: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        content["detail"] = detail
    return JSONResponse(content | members, status, headers, media_type=MEDIA_TYPE)
