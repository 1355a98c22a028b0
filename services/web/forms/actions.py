"""Actions: agreeing a new one; completing, changing or cancelling one that is open."""

import hashlib
from typing import Any, ClassVar

from schemas.days import plain_day
from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import May
from services.assessment.facts import Action
from services.assessment.temporal import FOREVER, AsOf, as_date
from services.oversight.case_file import CaseFile
from services.oversight.wording import ACTION_KINDS
from services.web.forms.answers import Answers
from services.web.forms.owners import owners
from services.web.forms.review import day_given, read_action
from services.web.forms.submission import Form, Said
from services.web.kit.request import Visit


class NewAction(Form):
    """An action for one concern."""

    kind: ClassVar[FormKind] = "action"
    may = May.WORK
    template = "action_new.html.j2"
    done = "The action is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any concern that applies today."""
        return about in list(Concern) and file.case(Concern(about)) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """For which concern."""
        del file
        return f"Agree an action: {Concern(about).heading.lower()}"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """Kinds and owners to choose from."""
        del about
        return {"kinds": ACTION_KINDS, "owners": owners(visit, file)}

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """One action, agreed today."""
        told = {"action_id": name, "date": file.day, "concern": about}
        return [("action.agreed", told | read_action(visit, file, answers, ""))]


class OneAction(Form):
    """What became of an open action. `about` is its id."""

    kind: ClassVar[FormKind] = "action"
    may = May.WORK
    template = "action.html.j2"
    done = "The action is updated."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any action of the young person."""
        return file.action(about) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """Which action."""
        del file, about
        return "What became of the action?"

    def shown(self, visit: Visit, file: CaseFile, about: str) -> dict[str, Any]:
        """The action as it stands; its fingerprint goes with the form."""
        action = _the(file, about)
        due, owner = _due(action, file), action.owner.on(AsOf(file.day.toordinal()))
        return {
            "action": told_of(action, file),
            "kinds": ACTION_KINDS,
            "owners": _owners(visit, file, action),
            "given": { "owner": owner, **day_given("date", file.day),
                **day_given("due", due),
            },
            "seen": _fingerprint(file, about),
        }  # fmt: skip

    def read(
        self, visit: Visit, file: CaseFile, about: str, answers: Answers, name: str
    ) -> list[Said]:
        """Completed, cancelled, or changed."""
        del name
        became = answers.choice(
            "became", ("completed", "changed", "cancelled"), "Choose what became of the action"
        )
        data: dict[str, Any] = {"action_id": about}
        if became == "changed":
            action = _the(file, about)
            due = answers.day("due", "when the action is due")
            if due != _due(action, file):
                answers.not_before("due", due, file.day, "when the action is due")
            known = [id_ for id_, _ in _owners(visit, file, action)]
            owner = answers.choice("owner", known, "Choose who will do it")
            return [("action.changed", data | {"date": file.day, "due": due, "owner": owner})]
        if became == "completed":
            done = answers.day("date", "when it was completed")
            answers.not_after("date", done, file.day, "when it was completed")
            agreed = as_date(_the(file, about).agreed)
            if agreed:
                answers.not_before("date", done, agreed, "when it was completed")
            return [("action.completed", data | {"date": done})]
        reason = answers.text("reason", "Enter why it was cancelled") if became else None
        return [("action.cancelled", data | {"date": file.day, "reason": reason})]

    def written_meanwhile(self, file: CaseFile, about: str, answers: Answers) -> str:
        """What the first of two did, for the second."""
        if answers["seen"] == _fingerprint(file, about):
            return ""
        action = _the(file, about)
        newest = max(_events_about(file, about), key=lambda event: (event.time, event.sequence))
        who = "the case management system" if "sightline" not in newest.source else "somebody else"
        did = newest.name.split(".")[1]
        told = told_of(action, file)
        state = told["state"] if told["state"] != "open" else f"open, due {plain_day(told['due'])}"
        return (
            f"While you had this page open, {who} {did} this action. It is now {state}, and its "
            f"owner is {told['owner']}. Your change was not made. Look at it, and send it again if "
            "it is still right."
        )


def told_of(action: Action, file: CaseFile) -> dict[str, Any]:
    """An action as pages show it."""
    on = AsOf(file.day.toordinal())
    state = "open" if action.agreed <= on.day else "planned"
    if action.closed <= on.day:
        state = "completed" if action.completed <= action.cancelled else "cancelled"
    closed = as_date(action.closed) if action.closed < FOREVER else None
    due = _due(action, file)
    return {
        "id": action.id,
        "concern": action.concern,
        "what": action.what.on(on),
        "kind": ACTION_KINDS[action.kind.on(on)],
        "owner": action.owner.on(on),
        "agreed": as_date(action.agreed),
        "due": due,
        "state": state,
        "closed": closed,
        "late": state == "open" and due < file.day,
        "slipped": state == "completed" and closed is not None and closed > due,
    }


def _owners(visit: Visit, file: CaseFile, action: Action) -> list[tuple[str, str]]:
    """Who can own it from now on, and who does today, whoever that is."""
    now = action.owner.on(AsOf(file.day.toordinal()))
    known = owners(visit, file)
    if now in {id_ for id_, _ in known}:
        return known
    return [(now, visit.parts.directory.called(now)), *known]


def _the(file: CaseFile, about: str) -> Action:
    action = file.action(about)
    if action is None:
        raise LookupError(about)
    return action


def _due(action: Action, file: CaseFile) -> Any:
    return as_date(action.due.on(AsOf(file.day.toordinal())))


def _events_about(file: CaseFile, about: str) -> list[Any]:
    return [
        event
        for event in file.events
        if event.name.startswith("action.") and str(event.content.get("action_id")) == about
    ]


def _fingerprint(file: CaseFile, about: str) -> str:
    """Which events have been heard of an action: another set is another state."""
    heard = sorted(f"{event.source} {event.digest}" for event in _events_about(file, about))
    return hashlib.sha256("\n".join(heard).encode()).hexdigest()[:16]
