"""Results that are kept while they hold: the newest few, each worked out once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Kept(Generic[Result]):
    """Keeps the newest results by key; who asks for one that is being worked out waits for it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, asyncio.Future[Result]] = OrderedDict()

    async def get(self, key: Hashable, work: Callable[[], Awaitable[Result]]) -> Result:
        """The result of a key."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = asyncio.ensure_future(work())
            found.add_done_callback(partial(self._forget_failed, key))
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return await asyncio.shield(found)

    def keep(self, key: Hashable, result: Result) -> None:
        """Keep a result that was worked out elsewhere."""
        found = self._kept[key] = asyncio.get_running_loop().create_future()
        found.set_result(result)

    def _forget_failed(self, key: Hashable, done: asyncio.Future[Result]) -> None:
        """A failure is nobody else's, even where whoever asked has gone."""
        if (done.cancelled() or done.exception()) and self._kept.get(key) is done:
            del self._kept[key]
