"""A batch that was fetched ahead is held from other trackers, and not for ever."""

import asyncio
from typing import Any

import pytest

from events import subscriber
from events.subscriber import _Ahead
from tests.waiting import until


class Held:
    """A message that counts how often it was held, and put back."""

    def __init__(self) -> None:
        self.held = 0
        self.put_back = 0

    async def in_progress(self) -> None:
        self.held += 1

    async def nak(self) -> None:
        self.put_back += 1


@pytest.fixture
def message() -> Held:
    return Held()


def ahead(message: Any) -> _Ahead:
    async def fetched() -> list[Any]:
        return [message]

    return _Ahead(fetched())


async def test_it_is_held_for_a_time_and_no_longer(
    message: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "ACK_WAIT", 0.03)
    monkeypatch.setattr(subscriber, "_HELD_AHEAD", 0.2)
    waiting = ahead(message)

    async def is_held_no_more() -> bool:
        return waiting._holding.done()

    await until(is_held_no_more)
    assert 1 < message.held <= 21
    assert [id(item) for item in await waiting.take()] == [id(message)]


async def test_put_back_it_is_another_s_at_once(message: Held) -> None:
    waiting = ahead(message)
    await asyncio.sleep(0.01)
    await waiting.put_back()
    assert message.put_back == 1
