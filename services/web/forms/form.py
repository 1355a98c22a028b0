"""What every form of the case page has in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any, ClassVar, Protocol

from schemas.policy import FormKind
from schemas.status import Concern
from services.access.directory import User
from services.access.roles import Permission
from services.oversight.case_file import CaseFile
from services.web.forms.answers import Answers
from services.web.forms.drafts import EventDraft
from services.web.kit.request import PageRequest


class Recording(Protocol):
    """What is recorded of one case: by a form of its own, or of several cases at once."""

    kind: ClassVar[FormKind]
    """What the policy calls it."""

    def applies(self, file: CaseFile, about: str) -> bool:
        """Whether there is something in the case to record it about."""

    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """The events that the answers make; what is wrong is added to the faults of the answers.

        `form_id` is the same however often the form is sent, so ids are made of it.
        """


class Form(ABC):
    """One form: a class and a template. What it records becomes events of the source of the pages.

    The argument `about` of its methods is what the form is filled in about, as its path has it: a
    concern, the id of an action, or nothing where it is about the young person.
    """

    kind: ClassVar[FormKind]
    """What the policy calls it."""
    path: ClassVar[str]
    """Its path beneath that of the case; `{about}` where it is about something."""
    permission: ClassVar[Permission]
    """What a user must be permitted to do to fill it in."""
    template: ClassVar[str]
    """Its template, in templates/pages/forms."""
    link_text: ClassVar[str] = ""
    """The link to it beneath a concern on the case page."""
    concerns: ClassVar[Collection[Concern]] = ()
    """The concerns beneath which the case page offers it."""
    success_message: ClassVar[str]
    """What the case page says once it is recorded."""

    def applies(self, file: CaseFile, about: str) -> bool:
        """Whether there is something in the case to fill it in about."""
        del file, about
        return True

    def is_for(self, user: User) -> bool:
        """Whether it is of use to a user who has the permission."""
        del user
        return True

    def about(self, concern: Concern) -> str:
        """What it is about when the case page offers it beneath a concern."""
        return concern.value if "{about}" in self.path else ""

    def path_about(self, concern: Concern) -> str:
        """Its path beneath that of the case, about a concern."""
        return self.path.replace("{about}", self.about(concern))

    @abstractmethod
    def heading(self, file: CaseFile, about: str) -> str:
        """The heading of its page."""

    @abstractmethod
    def context(self, request: PageRequest, file: CaseFile, about: str) -> dict[str, Any]:
        """The values that its template needs; `initial` are those of a new form's fields."""

    @abstractmethod
    def drafts(
        self, request: PageRequest, file: CaseFile, about: str, answers: Answers, form_id: str
    ) -> list[EventDraft]:
        """The events that the answers make; what is wrong is added to the faults of the answers.

        `form_id` is the same however often the form is sent, so ids are made of it.
        """

    def changed_meanwhile(self, file: CaseFile, about: str, answers: Answers) -> str:
        """What somebody else did to the same thing since the form was shown; empty if nothing."""
        del file, about, answers
        return ""
