"""Files that a page offers: as attachments, named by what they are of and on which day."""

from datetime import date

from starlette.responses import Response

from services.file_names import file_name
from services.web.kit.day_asked import DayAsked


def attachment(
    body: bytes, media: str, what: str, day: date, kind: str, *, is_incomplete: bool
) -> Response:
    """A file. Its name says where it lacks something."""
    name = file_name(what, day, kind, is_incomplete=is_incomplete)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media, headers=headers)


def wrong_day(asked: DayAsked) -> Response:
    """What is answered instead of a file, where its day cannot be meant.

    A file cannot say that a date was left out, and would be taken for that of the day meant.
    """
    return Response(f"{asked.fault}.\n", 422, media_type="text/plain; charset=utf-8")
