"""What became of every row that was read: read = became events + held already + left out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.imports.tabular.faults import LEFT_OUT

Place = tuple[str, int]
"""Where a row stands: its file, with its sheet, and its line."""

NO_PERSON = "names no young person"
_FAULTY = (*LEFT_OUT, NO_PERSON)


@dataclass(slots=True)
class Ledger:
    """Rows by file, or by file and sheet.

    `became` counts rows of which something was news, `same` those of which all was held before,
    `left_out` the others by why. Every row that is read is counted once in one of the three.
    """

    read: Counter[str] = field(default_factory=Counter)
    became: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, file: str) -> None:
        """A row was read."""
        self.read[file] += 1

    def leave_out(self, files: Iterable[str], why: str) -> None:
        """Rows come to nothing; one file is named for each."""
        self.left_out.update((file, why) for file in files)

    def settle(self, places: Iterable[Place], *, news: bool) -> None:
        """Rows came to something: to news, or to what was held already."""
        (self.became if news else self.same).update(file for file, _ in places)

    def faulty(self, file: str) -> int:
        """How many rows of a file were left out for a fault in them, or as they stand above."""
        return sum(self.left_out[file, why] for why in _FAULTY)

    def as_objects(self) -> list[dict[str, Any]]:
        """One object a file, as `--json` prints them."""
        return [
            {
                "file": file,
                "rows": self.read[file],
                "became_events": self.became[file],
                "same_as_held": self.same[file],
                "left_out": self._reasons(file),
            }
            for file in sorted(self.read)
        ]

    def lines(self) -> list[str]:
        """One sentence a file, for people."""
        return [
            f"{item['file']}: {item['rows']:,} rows read = {item['became_events']:,} became events "
            f"+ {item['same_as_held']:,} held already + {sum(item['left_out'].values()):,} left out"
            + _in_words(item["left_out"])
            for item in self.as_objects()
        ]

    def _reasons(self, file: str) -> dict[str, int]:
        return {why: n for (of, why), n in sorted(self.left_out.items()) if of == file}


def _in_words(reasons: dict[str, int]) -> str:
    told = "; ".join(f"{number:,}: {why}" for why, number in reasons.items())
    return f" ({told})." if told else "."
