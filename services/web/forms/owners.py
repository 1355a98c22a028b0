"""Who can own an action: whose case it is, the one who writes, and the staff directory."""

from services.oversight.case_file import CaseFile
from services.web.kit.request import Visit


def owners(visit: Visit, file: CaseFile) -> list[tuple[str, str]]:
    """Staff ids with what they are called: those of the case first."""
    directory = visit.parts.directory
    first = [*file.owner.staff, visit.person.id]
    rest = sorted(item.id for item in directory.recipients.staff)
    ids = list(dict.fromkeys([*first, *rest]))
    return [(id_, directory.called(id_)) for id_ in ids]
