"""Who is sent a weekly digest, and who works here: a TOML file."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

Role = Literal[
    "chief_officer",
    "lead_member",
    "head_of_service",
    "team_manager",
    "personal_adviser",
    "reviewing_officer",
]

ROLE_TITLES: dict[str, str] = {
    "chief_officer": "chief officer",
    "lead_member": "lead member",
    "head_of_service": "head of service",
    "team_manager": "team manager",
    "personal_adviser": "personal adviser",
    "reviewing_officer": "reviewing officer",
}


_OF_THE_WHOLE_COUNCIL = ("chief_officer", "lead_member")


def plain_address(value: str) -> str:
    """An address that every mail server takes: user@host, in ASCII.

    Raises:
        ValueError: it is none.
    """
    try:
        value.encode("ascii")
        address = Address(addr_spec=value)
    except (ValueError, HeaderParseError, IndexError, AttributeError) as error:
        raise ValueError("it must be one address such as name@council.example") from error
    if not address.username or "." not in address.domain or address.addr_spec != value:
        raise ValueError("it must be one address such as name@council.example")
    return value


def can_be_written_to(address: str) -> bool:
    """Whether mail can be sent to an address."""
    try:
        plain_address(address)
    except ValueError:
        return False
    return True


class Recipient(BaseModel):
    """One person who is sent a digest.

    `scope` has to be said, but for a chief officer and a lead member: it is `all`, or the ids of
    `services`, `teams` or `workers` whose cases they oversee. `detail` is how much they are sent:
    `cases` with references, `lines` without any reference, or `totals` alone. A lead member is
    never sent a reference: their default is `lines`. `sign_in` is how the identity provider knows
    them, where that is not their address.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(min_length=1, pattern=r"^[A-Za-z0-9._@+-]+$")]
    name: Annotated[str, StringConstraints(min_length=1)]
    role: Role
    address: Annotated[str, AfterValidator(plain_address)]
    sign_in: str = ""
    scope: Literal["all", "services", "teams", "workers"] = "all"
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    detail: Literal["totals", "lines", "cases"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _scope_is_said(cls, given: Any) -> Any:
        """The whole council is a chief officer's and a lead member's; anybody else's is said."""
        if not isinstance(given, dict) or given.get("scope") is not None:
            return given
        if given.get("role") in _OF_THE_WHOLE_COUNCIL:
            return {**given, "scope": "all"}
        raise PydanticCustomError(
            "scope",
            "{who} must say whose cases: scope = teams, services or workers, with a list, or all",
            {"who": f"recipient {given.get('id')}, a {given.get('role')},"},
        )

    @property
    def shows(self) -> Literal["totals", "lines", "cases"]:
        """How much this recipient is shown."""
        if self.detail is not None:
            return self.detail
        return "lines" if self.role == "lead_member" else "cases"

    @model_validator(mode="after")
    def _scope_names_something(self) -> Self:
        if self.scope != "all" and not getattr(self, self.scope):
            raise ValueError(
                f"recipient {self.id} has the scope {self.scope}; it must list {self.scope}"
            )
        if self.role == "lead_member" and self.detail == "cases":
            raise ValueError(
                f"recipient {self.id} is a lead member; detail must be lines or totals, "
                "since a lead member is sent no case reference"
            )
        return self


class Staff(BaseModel):
    """One member of staff who can sign in: their name, and the services and teams that are theirs.

    `id` is their staff id in the case management systems, `sign_in` their name at the identity
    provider (an address as a rule). The role comes from the identity provider alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(min_length=1)]
    sign_in: Annotated[str, StringConstraints(min_length=1)]
    name: str = ""
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class Named(BaseModel):
    """The name of a team or a service, by the id by which the case management system calls it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(min_length=1)]
    name: Annotated[str, StringConstraints(min_length=1)]


class Administrator(BaseModel):
    """Somebody who runs Sightline, and is written to when a feed falls silent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(min_length=1, pattern=r"^[A-Za-z0-9._@+-]+$")]
    address: Annotated[str, AfterValidator(plain_address)]


class Recipients(BaseModel):
    """Everyone who is sent a digest, `[[recipient]]`, and the staff directory, `[[staff]]`.

    `[[administrator]]` are those who are written to when a feed falls silent; `[[team]]` and
    `[[service]]` are what teams and services are called.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: Annotated[tuple[Recipient, ...], Field()] = ()
    staff: Annotated[tuple[Staff, ...], Field()] = ()
    administrator: Annotated[tuple[Administrator, ...], Field()] = ()
    team: Annotated[tuple[Named, ...], Field()] = ()
    service: Annotated[tuple[Named, ...], Field()] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        for what, ids in (
            (
                "ids of recipients and administrators",
                [item.id for item in self.recipient] + [item.id for item in self.administrator],
            ),
            ("ids of teams", [item.id for item in self.team]),
            ("ids of services", [item.id for item in self.service]),
            ("staff ids", [item.id for item in self.staff]),
            ("sign_in of staff", [item.sign_in.casefold() for item in self.staff]),
        ):
            twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
            if twice:
                raise ValueError(f"{what} must be unique; {', '.join(twice)} is there twice")
        return self

    def by_id(self, id_: str) -> Recipient | None:
        """The recipient of that id."""
        return next((item for item in self.recipient if item.id == id_), None)
