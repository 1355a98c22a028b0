"""A cluster of three brokers: the same event twice at once is stored, and said to be."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.broker import BROKER_ERRORS, connected_broker, jetstream_of
from events.channel import BY_COMMAND
from events.publish import NotStoredError, publish, to_message
from events.stream import stream_state
from tests.faults.cluster_brokers import SERVERS, BrokerCluster
from tests.story import Story
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[BrokerCluster]:
    brokers = BrokerCluster(tmp_path)
    try:
        await brokers.start()
        yield brokers
    finally:
        await brokers.stop()


def lives(count: int) -> list[dict[str, Any]]:
    return [event for n in range(count) for event in Story(f"p{n}", born="2008-01-01").raw]


async def test_twins_that_are_under_way_together_are_stored_once(cluster: BrokerCluster) -> None:
    """An answer `duplicate message id is in process` is no refusal: the twin is nearly stored."""
    events = lives(60)
    messages = [to_message(orjson.dumps(event), BY_COMMAND) for event in events for _ in range(3)]
    async with connected_broker(cluster.url, replicas=SERVERS) as broker:
        assert [number async for number in publish(broker, messages)][-1] == len(messages)
        assert (await stream_state(jetstream_of(broker))).last == len(events)


async def test_with_one_of_three_gone_a_publisher_that_tries_again_has_all_stored_once(
    cluster: BrokerCluster,
) -> None:
    messages = [to_message(orjson.dumps(event), BY_COMMAND) for event in lives(20)]
    async with connected_broker(cluster.url, replicas=SERVERS) as broker:
        await cluster.kill(0)

        async def all_stored() -> bool:
            with suppress(*BROKER_ERRORS, NotStoredError):
                assert [number async for number in publish(broker, messages)][-1] == 20
                return (await stream_state(jetstream_of(broker))).last == 20
            return False

        await until(all_stored, 60, 0.5)
