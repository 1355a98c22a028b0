"""The forms of actions: to agree a new one, and to complete, change or cancel an open one."""

from typing import Any, ClassVar

from schemas.days import plain_day
from schemas.envelope import Event
from schemas.policy import FormKind
from schemas.status import Concern
from services.access.roles import Permission
from services.assessment.actions import was_moved_later
from services.assessment.facts import Action
from services.assessment.temporal import FOREVER, AsOf, as_date
from services.oversight.case_file import CaseFile
from services.oversight.wording import ACTION_KINDS
from services.web.forms.answers import Answers
from services.web.forms.date_fields import date_fields
from services.web.forms.drafts import EventDraft
from services.web.forms.fingerprints import events_about, fingerprint
from services.web.forms.form import Form
from services.web.forms.owners import owners
from services.web.forms.review import read_action
from services.web.kit.request import PageRequest


class NewAction(Form):
    """An action for one concern."""

    kind: ClassVar[FormKind] = "action"
    path = "/actions/{about}/new"
    permission = Permission.WORK
    template = "action_new.html.j2"
    link_text = "Agree an action"
    concerns = tuple(Concern)
    success_message = "The action is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any concern that applies today."""
        return about in list(Concern) and file.case(Concern(about)) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """For which concern."""
        del file
        return f"Agree an action: {Concern(about).heading.lower()}"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """Kinds and owners to choose from."""
        del about
        return {"kinds": ACTION_KINDS, "owners": owners(request, file)}

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """One action, agreed today; a second alike is asked about."""
        _ask_whether_again(file, Concern(about), answers)
        data = {"action_id": form_id, "date": file.day, "concern": about}
        return [EventDraft("action.agreed", data | read_action(request, file, answers, ""))]


def _ask_whether_again(file: CaseFile, concern: Concern, answers: Answers) -> None:
    """Ask about an action of a kind that is open for the concern already."""
    on = AsOf(file.day.toordinal())
    dues = [
        _due(action, file)
        for action in file.facts.actions_for(concern)
        if action.agreed <= on.day < action.closed and action.kind.on(on) == answers["kind"]
    ]
    if dues and answers["again"] != "yes":
        kind, due = ACTION_KINDS[answers["kind"]], plain_day(min(dues))
        answers.fault(
            "again",
            f"An action of this kind is open already: {kind}, due {due}. Update that one, or say "
            "that this is another",
        )


class ActionUpdate(Form):
    """What became of an open action. `about` is its id."""

    kind: ClassVar[FormKind] = "action"
    path = "/actions/{about:path}"
    permission = Permission.WORK
    template = "action.html.j2"
    success_message = "The change of the action is recorded."

    def applies(self, file: CaseFile, about: str) -> bool:
        """Any action of the young person."""
        return file.action(about) is not None

    def heading(self, file: CaseFile, about: str) -> str:
        """Which action."""
        del file, about
        return "What became of the action?"

    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The action as it stands, and its fingerprint, which a hidden field of the form holds."""
        action = _existing(file, about)
        due, owner = _due(action, file), action.owner.on(AsOf(file.day.toordinal()))
        return {
            "action": action_row(action, file),
            "kinds": ACTION_KINDS,
            "owners": _owners(request, file, action),
            "needs_authority": _needs_authority(action, file),
            "authorises": _authorises(request, file),
            "initial": { "owner": owner, **date_fields("date", file.day),
                **date_fields("due", due),
            },
            "seen": fingerprint(_events_about(file, about)),
        }  # fmt: skip

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """Completed, cancelled, or changed."""
        del form_id
        became = answers.choice(
            "became", ("completed", "changed", "cancelled"), "Choose what became of the action"
        )
        data: dict[str, Any] = {"action_id": about}
        if became == "changed":
            return [EventDraft("action.changed", data | _change(request, file, about, answers))]
        if became == "completed":
            done = answers.day("date", "when it was completed")
            answers.not_after("date", done, file.day, "when it was completed")
            agreed = as_date(_existing(file, about).agreed)
            if agreed:
                answers.not_before("date", done, agreed, "when it was completed")
            return [EventDraft("action.completed", data | {"date": done})]
        reason = answers.text("reason", "Enter why it was cancelled") if became else None
        action = _existing(file, about)
        if became and (why := _needs_authority(action, file)) and not _authorises(request, file):
            answers.fault(
                "became",
                f"{why}, so only a manager can cancel it. Until one does, it stays open, due "
                f"{plain_day(_due(action, file))}",
            )
        return [EventDraft("action.cancelled", data | {"date": file.day, "reason": reason})]

    def changed_meanwhile(self, file: CaseFile, about: str, answers: Answers) -> str:
        """What another user or system did to the action since the form was shown."""
        if answers["seen"] == fingerprint(_events_about(file, about)):
            return ""
        action = _existing(file, about)
        newest = max(_events_about(file, about), key=lambda event: (event.time, event.sequence))
        who = "the case management system" if "sightline" not in newest.source else "somebody else"
        did = newest.name.split(".")[1]
        row = action_row(action, file)
        state = row["state"] if row["state"] != "open" else f"open, due {plain_day(row['due'])}"
        return (
            f"While you had this page open, {who} {did} this action. It is now {state}, and its "
            f"owner is {row['owner']}. Your change was not made. Look at it, and send it again if "
            "it is still right."
        )


def _change(request: PageRequest, file: CaseFile, about: str, answers: Answers) -> dict[str, Any]:
    """What changes about an action. A later date has a reason, and of a late action an authority.

    So has a second later date (docs/rules.md, section 2). It is the manager's who fills in the
    form: nobody names another.
    """
    action, before = _existing(file, about), _due(_existing(file, about), file)
    due = answers.day("due", "when the action is due")
    if due != before:
        answers.not_before("due", due, file.day, "when the action is due")
    known = [id_ for id_, _ in _owners(request, file, action)]
    owner = answers.choice("owner", known, "Choose who will do it")
    is_later = due is not None and due > before
    authorises = _authorises(request, file)
    if is_later and not authorises and (why := _needs_authority(action, file)):
        answers.fault(
            "due",
            f"{why}, so only a manager can give it a later date. Until one does, it stays due on "
            f"{plain_day(before)}",
        )
    return {
        "date": file.day,
        "due": due,
        "owner": owner,
        "authorised_by": request.user.id if is_later and authorises else None,
        "changed_by": request.user.id,
        "reason": answers.text("why", "Enter why it is due later" if is_later else ""),
    }


def _authorises(request: PageRequest, file: CaseFile) -> bool:
    """Whether the user may authorise a later date of an action of the case."""
    return request.user.may(Permission.EXTEND, file.owner)


def _needs_authority(action: Action, file: CaseFile) -> str:
    """Why a later date needs a manager's authority; empty where it needs none."""
    if _due(action, file) < file.day:
        return "This action is late"
    if was_moved_later(action, file.day.toordinal()):
        return "This action was given a later date before"
    return ""


def action_row(action: Action, file: CaseFile) -> dict[str, Any]:
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
        "first_due": as_date(action.due.before),
        "due": due,
        "state": state,
        "closed": closed,
        "late": state == "open" and due < file.day,
        "moves": [
            {
                "due": as_date(move.due),
                "counts": move.counts,
                "by": move.authorised_by,
                "why": getattr(move.fact.data, "reason", None) or "",
                "claimed_by": move.fact.event.source if move.is_claimed else "",
            }
            for move in action.moves
            if move.day <= on.day
        ],
        "slipped": state == "completed" and closed is not None and closed > due,
    }


def _owners(request: PageRequest, file: CaseFile, action: Action) -> list[tuple[str, str]]:
    """Who can own it from now on; its owner of today is among them, whoever that is."""
    now = action.owner.on(AsOf(file.day.toordinal()))
    known = owners(request, file)
    if now in {id_ for id_, _ in known}:
        return known
    return [(now, request.app.directory.display_name(now)), *known]


def _existing(file: CaseFile, about: str) -> Action:
    """The action with this id.

    Raises:
        LookupError: the case has none, which `applies` rules out.
    """
    action = file.action(about)
    if action is None:
        raise LookupError(about)
    return action


def _due(action: Action, file: CaseFile) -> Any:
    return as_date(action.due.on(AsOf(file.day.toordinal())))


def _events_about(file: CaseFile, about: str) -> list[Event]:
    return events_about(file, "action.", "action_id", about)
