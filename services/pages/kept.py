"""Results that are kept while they hold: the newest few, each worked out once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
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
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        try:
            return await asyncio.shield(found)
        except BaseException:
            if found.done() and self._kept.get(key) is found:
                del self._kept[key]
            raise
