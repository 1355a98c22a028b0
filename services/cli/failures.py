"""Which part failed a command, in one sentence: a file, the database, the broker, a template."""

from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from events.broker import BrokerUnavailableError, ClientError
from events.embedded import BrokerError
from events.publish import NotStoredError
from services.cli.console import NOTHING_DONE, WRONG
from services.settings import SettingsError
from services.store.database import DatabaseUnavailableError
from services.templating import TemplateFault

_AGAIN = "Try again: what is sent twice counts once."
_RIGHT_URL = "Right would be a postgresql:// or a sqlite:/// URL."


def failure_of(error: Exception) -> str | None:
    """The sentence that names the part which failed; None where the fault is the program's own."""
    match error:
        case (
            SettingsError()
            | BrokerError()
            | BrokerUnavailableError()
            | NotStoredError()
            | DatabaseUnavailableError()
        ):
            return str(error)
        case ClientError():
            return f"The broker does not answer ({_named(error)}). {_AGAIN}"
        case ArgumentError():
            return f"SIGHTLINE_DATABASE_URL cannot be used: {_first_line(error)}. {_RIGHT_URL}"
        case DBAPIError():
            return f"The database says: {_first_line(error.orig or error)}."
        case SQLAlchemyError():
            return f"The database does not answer: {_first_line(error)}."
        case TemplateFault():
            return f"A template cannot be used: {_first_line(error)}."
        case OSError(filename=str() as file):
            return f"{file} cannot be used: {error.strerror}."
        case OSError():
            return f"A connection was lost ({_named(error)}). {_AGAIN}"
        case _:
            return None


def exit_code_of(error: Exception) -> int:
    """How the command ends: with 1 where something was done before it failed, else with 3."""
    # The events before the one that is not stored are on the broker.
    return WRONG if isinstance(error, NotStoredError) else NOTHING_DONE


def _named(error: BaseException) -> str:
    return str(error).removeprefix("nats: ").strip("'") or type(error).__name__


def _first_line(error: BaseException) -> str:
    """The first line: what follows may hold the values of a row."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
