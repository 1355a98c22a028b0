"""What Sightline itself says: one event, when a colour changed."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.status import Concern, Rag

STATUS_CHANGED = "sightline.status.changed.v1"
STATUS_SUBJECT = "sightline.status.changed"


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


class SightlineEvent(BaseModel):
    """The CloudEvents envelope of what Sightline says."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: Literal["/sightline"] = "/sightline"
    type: Literal["sightline.status.changed.v1"]
    subject: str = Field(description="The young person's case identifier")
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: StatusChanged
