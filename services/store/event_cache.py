"""A cache of events read from the log; a stored content never changes. Each database has one."""

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event

Content = tuple[str, str, str]
"""Source, id and content hash."""

OPTION = "sightline_event_cache"
"""The execution option by which a connection finds its database's cache."""

_MOST = 20_000


class EventCache:
    """The events that were read last, at most `most` of them."""

    def __init__(self, most: int = _MOST) -> None:
        self.most = most
        self._events: dict[Content, Event] = {}

    def get(self, content: Content) -> Event | None:
        """An event as it was read; None where it has to be read."""
        return self._events.get(content)

    def put(self, content: Content, event: Event) -> None:
        """Keep an event; where there is no room, the oldest half goes."""
        if len(self._events) >= self.most:
            for old in list(self._events)[: self.most // 2]:
                del self._events[old]
        self._events[content] = event


def cache_of(connection: AsyncConnection) -> EventCache:
    """The cache of the database that a connection is to."""
    found = (
        connection.sync_connection.get_execution_options().get(OPTION)
        if (connection.sync_connection)
        else None
    )
    return found if isinstance(found, EventCache) else EventCache(0)
