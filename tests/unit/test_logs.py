"""The log: for people or as JSON, with ids and without detail of a case."""

import json
import logging
from collections.abc import Iterator

import pytest

from services.logs import (
    EVENT_PATH,
    JsonFormatter,
    LogFormat,
    TextFormatter,
    where_it_failed,
    write_log,
)

DETAIL = "hos" + "tel"
"""Put together, since what stands in the code may be shown."""


def failed() -> logging.LogRecord:
    """A record of a failure whose message, and that of its cause, have detail in them."""
    known: dict[str, str] = {}
    try:
        try:
            known[DETAIL]
        except KeyError as error:
            raise ValueError(DETAIL) from error
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
        return logging.LogRecord("services.x", logging.ERROR, __file__, 1, "Failed", (), info)
    raise AssertionError("nothing failed")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_a_failure_is_told_by_where_and_what_kind_and_not_by_its_message(
    formatter: logging.Formatter,
) -> None:
    line = formatter.format(failed())
    assert "builtins.ValueError" in line
    assert "builtins.KeyError" in line
    assert "test_logs.py" in line
    assert "hostel" not in line


def test_a_line_of_the_path_has_the_ids_of_its_events() -> None:
    record = logging.LogRecord("services.path", logging.INFO, __file__, 1, "%d came", (2,), None)
    record.__dict__ |= {"step": "stored", "events": ["/cms 1", "/cms 2"], "other": "x"}
    line = json.loads(JsonFormatter().format(record))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info", "logger": "services.path", "message": "2 came", "step": "stored",
        "events": ["/cms 1", "/cms 2"],
    }  # fmt: skip


@pytest.fixture
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], EVENT_PATH.level
    root.handlers = []
    yield
    root.handlers = handlers
    EVENT_PATH.setLevel(level)
    for name in ("services", "events"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(("form", "told"), [(LogFormat.TEXT, False), (LogFormat.JSON, True)])
def test_the_path_is_written_as_json_alone(form: LogFormat, told: bool) -> None:
    write_log(logging.INFO, form)
    assert EVENT_PATH.isEnabledFor(logging.INFO) is told
    assert logging.getLogger("services.tracking").isEnabledFor(logging.INFO)
    assert not logging.getLogger("of.a.library").isEnabledFor(logging.INFO)


def test_what_nobody_waited_for_is_told_without_what_it_says() -> None:
    """asyncio writes the failure itself into its sentence."""
    said = f"Task exception was never retrieved\nfuture: <Task exception=ValueError({DETAIL!r})>"
    record = logging.LogRecord("asyncio", logging.ERROR, __file__, 1, said, (), None)
    for formatter in (JsonFormatter(), TextFormatter()):
        assert DETAIL not in formatter.format(record)
        assert "never retrieved" in formatter.format(record)


def test_failures_in_a_group_and_in_a_circle_are_told_each_once() -> None:
    one, other = ValueError(DETAIL), KeyError(DETAIL)
    one.__cause__, other.__cause__ = other, one
    told = where_it_failed(ExceptionGroup(DETAIL, [one, OSError()]))
    assert DETAIL not in told
    for kind in ("ExceptionGroup", "ValueError", "KeyError", "OSError"):
        assert told.count(f"builtins.{kind}") == 1
