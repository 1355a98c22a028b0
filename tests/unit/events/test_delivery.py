"""Headers that would mislead the client are put out of its sight, and read whole."""

import pytest

from events.delivery import _headers_of, hidden, misleads


@pytest.mark.parametrize(
    "block",
    [
        b"NATS/1.0",
        b"NATS/1.0\r",
        b"NATS/1.0 404 No Messages\r\n\r\n",
        b"NATS/1.0 100\r\nIdle Heartbeat\r\n\r\n",
        b"NATS/1.0\r\nStatus: 404\r\n\r\n",
        b"NATS/1.0\r\nstatus: 100\r\nce-id: 1\r\n\r\n",
        b"NATS/1.0\r\n: nothing\r\n\r\n",
        b"NATS/1.0\r\nSightline-Headers: not base64\r\n\r\n",
        b"NATS/1.0\r\nno colon here\r\n\r\n",
        b"NATS/1.0\r\nce-id: \xff\xfe\r\n\r\n",
        b"nonsense",
        b"\x00",
    ],
)
def test_what_would_mislead_the_client_is_hidden_from_it(block: bytes) -> None:
    assert misleads(block)
    assert hidden(block).startswith(b"NATS/1.0\r\nSightline-Headers: ")


@pytest.mark.parametrize(
    "block",
    [
        b"NATS/1.0\r\n\r\n",
        b"NATS/1.0\r\nce-id: 1\r\nNats-Msg-Id: x\r\n\r\n",
        b"NATS/1.0\r\nce-status: 404\r\n\r\n",
    ],
)
def test_plain_headers_are_left_to_the_client(block: bytes) -> None:
    assert not misleads(block)


def test_of_odd_headers_everything_is_kept_that_can_be_made_out() -> None:
    assert _headers_of(b"NATS/1.0 404 Gone\r\nStatus: 100\r\nce-id: \xff\r\n: x\r\n\r\n") == {
        "NATS/1.0": "404 Gone", "Status": "100", "ce-id": "ÿ",
    }  # fmt: skip
    assert _headers_of(b"NATS/1.0") == {}
