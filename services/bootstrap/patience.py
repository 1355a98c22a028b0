"""How long to wait before something that failed is tried again: longer each time."""

import asyncio

_FIRST, _LONGEST = 0.25, 30.0
"""Seconds."""


class Patience:
    """Pauses between tries, doubled each time up to half a minute, short again after a success."""

    def __init__(self) -> None:
        self.pause = 0.0

    def succeeded(self) -> None:
        """Begin anew with the shortest pause."""
        self.pause = 0.0

    def failed(self) -> float:
        """The pause after one more failure, in seconds."""
        self.pause = min(self.pause * 2 or _FIRST, _LONGEST)
        return self.pause

    async def wait(self) -> None:
        """Wait after one more failure."""
        await asyncio.sleep(self.failed())
