"""What nats-server is told, so that each council has an account that nobody else hears.

Accounts and users are called by the council's name, what is a publisher's with a dot, which no
council's name has. A council's publishers send to `sightline.<council>.events.<user>.<event>`; in
its own account, of which no other sees anything, that is `sightline.events.<user>.<event>`. Source:
NATS documentation, Accounts; Service imports and exports; Account limits.
"""

from collections.abc import Iterator, Mapping, Sequence

import orjson

from services.councils.folder import NAME, Council, broker_user
from services.settings import Settings, SettingsError

PUBLISHERS = "SIGHTLINE_COUNCIL_PUBLISHERS"
"""A council's publishers, `user:password` with commas between them: each a user of the broker."""

_STREAMS_TOO = 1.5
"""Room for both streams of a council, the outgoing one a quarter of the other, and some more."""
_MOST_CONNECTIONS = 200


def accounts_text(councils: Sequence[Council]) -> str:
    """The block `accounts` of a nats-server's configuration, for every council.

    Raises:
        SettingsError: a council's settings do not say it.
    """
    lines = ["accounts {"]
    for council in councils:
        lines += (f"  {line}" if line else "" for line in _accounts_of(council))
    return "\n".join([*lines, "}"]) + "\n"


def _accounts_of(council: Council) -> Iterator[str]:
    settings = council.settings
    # An account's limit counts each copy that a cluster keeps.
    room = int(_number(settings, "nats_max_bytes") * _STREAMS_TOO) * _number(
        settings, "nats_replicas"
    )
    user, password = broker_user(settings)
    inside, outside = _quoted(council.name), _quoted(f"{council.name}.publishers")
    yield f"# {council.name}"
    yield f"{inside} {{"
    yield f"  jetstream {{ max_file: {room}, max_memory: 0 }}"
    yield f"  limits {{ max_connections: {_MOST_CONNECTIONS} }}"
    yield f'  exports: [{{ service: "sightline.events.>", accounts: [{outside}] }}]'
    yield f"  users: [{{ user: {_quoted(user)}, password: {_quoted(password)}, permissions {{"
    yield '    publish: ["sightline.>", "$JS.API.>", "$JS.ACK.>", "_INBOX.>"]'
    yield '    subscribe: ["sightline.>", "$JS.API.>", "_INBOX.>"]'
    yield "  } }]"
    yield "}"
    yield f"{outside} {{"
    yield f"  limits {{ max_connections: {_MOST_CONNECTIONS} }}"
    yield f'  imports: [{{ service: {{ account: {inside}, subject: "sightline.events.>" }},'
    yield f'    to: "sightline.{council.name}.events.>" }}]'
    yield "  users: ["
    for name, secret in _publishers(council, settings.get(PUBLISHERS, "")):
        own = f"sightline.{council.name}.events.{name}.>"
        yield f"    {{ user: {_quoted(f'{council.name}.{name}')}, password: {_quoted(secret)},"
        yield f'      permissions {{ publish: {_quoted(own)}, subscribe: "_INBOX.>" }} }}'
    yield "  ]"
    yield "}"


def _number(settings: Mapping[str, str], name: str) -> int:
    """A setting, or what it is where it is not said."""
    usual = Settings.model_fields[name].default
    return int(settings.get(f"SIGHTLINE_{name.upper()}", usual))


def _publishers(council: Council, told: str) -> Iterator[tuple[str, str]]:
    """Each publisher's name and password.

    Raises:
        SettingsError: one has no password, or what cannot be its name.
    """
    for one in filter(None, told.split(",")):
        name, _, password = (part.strip() for part in one.partition(":"))
        if not NAME.fullmatch(name) or not password:
            raise SettingsError(
                f"{PUBLISHERS} of {council.name} has {name or 'one without a name'}; it must be "
                "name:password, the name of a-z, 0-9 and - between them."
            )
        yield name, password


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
