"""How a command is stopped, also where an event loop takes no handlers of signals."""

import asyncio
import signal
from typing import Any

import pytest

from services.cli.console import stop_event


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_where_the_loop_takes_no_handler_of_it(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def none(*_: Any) -> None:
        raise NotImplementedError

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", none)
    try:
        stop = stop_event()
        assert not stop.is_set()
        signal.raise_signal(number)
        await asyncio.wait_for(stop.wait(), 5)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
