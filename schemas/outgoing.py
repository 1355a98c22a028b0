"""The events that Sightline itself publishes: a colour changed, a case note was written."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.status import Concern, Rag
from schemas.structured import structured_event

STATUS_CHANGED: Literal["sightline.status.changed.v1"] = "sightline.status.changed.v1"
STATUS_SUBJECT = "sightline.status.changed"
CASE_NOTE: Literal["sightline.casenote.v1"] = "sightline.casenote.v1"
CASE_NOTE_SUBJECT = "sightline.casenotes"


class StatusChanged(BaseModel):
    """A young person's colour for one concern is another than the one published last.

    `since` is the first day of the run of the new colour; null where the concern no longer applies.
    """

    model_config = ConfigDict(frozen=True)

    concern: Concern
    rag: Rag
    previous: Rag
    since: date | None
    as_of: date


class CaseNote(BaseModel):
    """What somebody wrote on a page, for the case management system: nobody types twice.

    `event` is the id of the event of `/sightline/pages` that the form became, `kind` its name,
    `text` the note as a person would write it.
    """

    model_config = ConfigDict(frozen=True)

    event: str
    kind: str
    date: date
    text: str


class _Envelope(BaseModel):
    """The CloudEvents envelope of what Sightline publishes."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: Literal["/sightline"] = "/sightline"
    subject: str = Field(description="The young person's case identifier")
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    type: str
    data: BaseModel

    def as_json(self) -> dict[str, Any]:
        """The whole event in structured mode."""
        return structured_event(
            self.type,
            self.data.model_dump(mode="json"),
            id=self.id,
            source=self.source,
            time=self.time,
            subject=self.subject,
        )


class SightlineEvent(_Envelope):
    """A colour changed, as a CloudEvent."""

    type: Literal["sightline.status.changed.v1"] = STATUS_CHANGED
    data: StatusChanged


class CaseNoteEvent(_Envelope):
    """A case note for the case management system, as a CloudEvent."""

    type: Literal["sightline.casenote.v1"] = CASE_NOTE
    data: CaseNote
