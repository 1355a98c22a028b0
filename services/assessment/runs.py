"""Runs of days on which something holds, as ordinals: first day, and the day after the last."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from services.assessment.temporal import FOREVER, AsOf

Run = tuple[int, int]


def runs_of(first: int, ask: Callable[[int], tuple[bool, int]]) -> list[Run]:
    """The runs of days from `first` on for which `ask` says yes.

    Args:
        first: the first day to ask about.
        ask: whether it holds on a day, and the first later day on which that may differ.
    """
    return joined(_asked(first, ask))


def _asked(first: int, ask: Callable[[int], tuple[bool, int]]) -> Iterator[Run]:
    day = first
    while day < FOREVER:
        holds, until = ask(day)
        if holds:
            yield day, until
        day = until


def joined(runs: Iterable[Run]) -> list[Run]:
    """Runs in their order, each that begins where the one before it ends joined to that."""
    found: list[Run] = []
    for start, until in runs:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], until)
        else:
            found.append((start, until))
    return found


def run_on(on: AsOf, runs: Sequence[Run]) -> Run | None:
    """The run in which a day lies."""
    for run in runs:
        if not on.reached(run[0]):
            return None
        if not on.reached(run[1]):
            return run
    return None


def ended_before(on: AsOf, runs: Sequence[Run]) -> int | None:
    """The end of the last run that has ended by a day; None where none has."""
    last = None
    for _, end in runs:
        if not on.reached(end):
            break
        last = end
    return last
