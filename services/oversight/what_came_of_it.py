"""What came of something that was just recorded: what is true of each concern, and why."""

from schemas.status import Concern, Rag
from services.oversight.case_file import CaseFile

NOTHING = "Nothing is amber or red."


def what_came_of_it(before: CaseFile | None, after: CaseFile) -> list[str]:
    """What is so after some events, in sentences; what was green and is needs none.

    Args:
        before: the file without them; None where nothing was known.
        after: the file with them.
    """
    found = []
    for concern in Concern:
        was, now = _colour(before, concern), _colour(after, concern)
        if now is Rag.NONE:
            if was is not Rag.NONE:
                found.append(f"{concern.heading} does not apply any more.")
            continue
        if now is Rag.GREEN:
            if was.severity > now.severity:
                found.append(f"{concern.heading} is green now; it was {was}.")
            continue
        why = _why(after, concern)
        if was is now:
            found.append(f"{concern.heading} is still {now}. {why}".rstrip())
        elif was is Rag.NONE:
            found.append(f"{concern.heading} is {now}. {why}".rstrip())
        else:
            found.append(f"{concern.heading} is {now} now; it was {was}. {why}".rstrip())
    return found or [NOTHING]


def _colour(file: CaseFile | None, concern: Concern) -> Rag:
    period = file.period(concern) if file else None
    return period.rag if period else Rag.NONE


def _why(file: CaseFile, concern: Concern) -> str:
    period = file.period(concern)
    if period is None:
        return ""
    if period.override:
        return "A manager rated it so."
    return period.worst_reason
