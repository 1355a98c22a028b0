"""Who can own an action: the staff of the case, the user, and the staff directory."""

from services.oversight.case_file import CaseFile
from services.web.kit.request import PageRequest


def owners(request: PageRequest, file: CaseFile) -> list[tuple[str, str]]:
    """Staff ids with names to choose from, those of the case first."""
    directory = request.app.directory
    first = [*file.owner.staff, request.user.id]
    rest = sorted(item.id for item in directory.recipients.staff)
    ids = list(dict.fromkeys([*first, *rest]))
    return [(id_, directory.display_name(id_)) for id_ in ids]
