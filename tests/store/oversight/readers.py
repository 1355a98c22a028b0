"""Who reads: from everything to nothing, as a scope, as somebody signed in, and as a recipient."""

from dataclasses import dataclass, replace

from schemas.recipients import Recipient, Recipients, Staff
from services.access.roles import Role
from services.store.scope import Scope


@dataclass(frozen=True)
class ReaderOf:
    """One reader: what they may see, how they sign in, and which digest they have."""

    name: str
    scope: Scope
    signed_in: tuple[str, tuple[Role, ...]]
    recipient: Recipient | None = None


_READERS = (
    ReaderOf(
        "everything", Scope(everything=True), ("d1", (Role.CHIEF_OFFICER,)),
        Recipient(id="d1", name="the Director", role="chief_officer", address="d1@council.example"),
    ),
    ReaderOf(
        "one service and those of none",
        Scope(services=frozenset({"leaving"}), unserved=True),
        ("h1", (Role.HEAD_OF_SERVICE,)),
        Recipient(id="head", name="the Head of Service", role="head_of_service",
                  address="h1@council.example", scope="services", services=("leaving",)),
    ),
    ReaderOf(
        "one team", Scope(teams=frozenset({"north"})), ("m1", (Role.TEAM_MANAGER,)),
        Recipient(id="manager", name="the manager", role="team_manager",
                  address="m1@council.example", scope="teams", teams=("north",)),
    ),
    ReaderOf(
        "two teams", Scope(teams=frozenset({"south", "east"})), ("m2", (Role.TEAM_MANAGER,)),
        Recipient(id="manager2", name="the other manager", role="team_manager",
                  address="m2@council.example", scope="teams", teams=("south", "east")),
    ),
    ReaderOf(
        "one worker", Scope(workers=frozenset({"w2"})), ("w2", (Role.PERSONAL_ADVISER,)),
        Recipient(id="w2", name="the adviser", role="personal_adviser",
                  address="w2@council.example", scope="workers", workers=("w2",)),
    ),
    ReaderOf(
        "a union",
        Scope(services=frozenset({"fostering"}), teams=frozenset({"north"}),
              workers=frozenset({"h2"}), unserved=True),
        ("h2", (Role.HEAD_OF_SERVICE, Role.PERSONAL_ADVISER)),
    ),
    ReaderOf(
        "one reviewing officer", Scope(workers=frozenset({"iro1"})),
        ("iro1", (Role.REVIEWING_OFFICER,)),
        Recipient(id="iro1", name="the officer", role="reviewing_officer",
                  address="iro1@council.example", scope="workers", workers=("iro1",)),
    ),
    ReaderOf("nothing", Scope(), ("m9", (Role.TEAM_MANAGER,))),
)  # fmt: skip

READERS = tuple(
    replace(
        reader,
        scope=replace(
            reader.scope,
            readers=frozenset(
                {reader.signed_in[0]}
                | ({f"recipient:{reader.recipient.id}"} if reader.recipient else set())
            ),
        ),
    )
    for reader in _READERS
)
"""Each with the ids by which somebody who is restricted may be open to them."""

RECIPIENTS = Recipients(
    recipient=tuple(reader.recipient for reader in READERS if reader.recipient),
    staff=(
        Staff(id="d1", sign_in="d1@council.example"),
        Staff(id="h1", sign_in="h1@council.example", services=("leaving",)),
        Staff(id="m1", sign_in="m1@council.example", teams=("north",)),
        Staff(id="m2", sign_in="m2@council.example", teams=("south", "east")),
        Staff(id="iro1", sign_in="iro1@council.example"),
        Staff(id="w2", sign_in="w2@council.example"),
        Staff(id="h2", sign_in="h2@council.example", services=("fostering",), teams=("north",)),
        Staff(id="m9", sign_in="m9@council.example"),
    ),
)
