"""A connection to PostgreSQL that is slow, or swallows what it is given."""

import asyncio
from contextlib import suppress
from pathlib import Path
from random import Random

_SOCKET = ".s.PGSQL.5432"


class SlowDatabase:
    """Stands before PostgreSQL's socket: each piece takes up to `delay` seconds.

    While `swallows` is set, nothing comes through any more on the connections there are, and
    nothing says so.
    """

    def __init__(self, folder: Path, target: str, random: Random) -> None:
        self.folder, self.target, self.random = folder, target, random
        self.delay = 0.0
        self.swallows = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self.folder.mkdir()
        self._server = await asyncio.start_unix_server(self._serve, str(self.folder / _SOCKET))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(f"{self.target}/{_SOCKET}")
        for source, sink in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(self._hand_on(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _hand_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        lost = False
        with suppress(OSError):
            while piece := await source.read(1 << 16):
                lost = lost or self.swallows
                if lost:
                    continue
                await asyncio.sleep(self.delay * self.random.random())
                sink.write(piece)
                await sink.drain()
        sink.close()
