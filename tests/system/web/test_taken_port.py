"""A port that cannot be had is named by the setting that it comes from."""

import socket
from typing import Literal

import pytest
from starlette.applications import Starlette

from services.web.server import ServerError, served


@pytest.mark.parametrize("what", ["PAGES", "PROBES"])
async def test_a_port_that_is_taken_is_named_by_its_setting(
    what: Literal["PAGES", "PROBES"],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        names = f"set SIGHTLINE_{what}_HOST and SIGHTLINE_{what}_PORT"
        with pytest.raises(ServerError, match=names):
            async with served(Starlette(), "127.0.0.1", port, what=what):
                raise AssertionError("it was served")
