"""A property that is worked out once for each object, and kept.

The library's `functools.cached_property` takes a lock for each first answer, until Python 3.12;
days are asked a hundred thousand times a second, and never by two threads.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy_property(Generic[T]):  # noqa: N801 (used as `property` is)
    """As `property`, but the answer takes the place of the question in the object."""

    __slots__ = ("ask", "name")

    def __init__(self, ask: Callable[[Any], T]) -> None:
        self.ask = ask
        self.name = ask.__name__

    @overload
    def __get__(self, instance: None, owner: type) -> "lazy_property[T]": ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> "T | lazy_property[T]":
        """The answer, which is asked for the first time."""
        del owner
        if instance is None:
            return self
        answer = instance.__dict__[self.name] = self.ask(instance)
        return answer
