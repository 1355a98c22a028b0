"""The table of reviewing officers' annual report: this year beside the one before."""

from collections.abc import Iterator, Sequence

from services.oversight.reviewing_officers import COUNTED, Year


def year_rows(this: Year, before: Year) -> Iterator[Sequence[str | int | None]]:
    """Its rows: the figure, this year and the year before, each up to the same day."""
    for stage in ("informal", "formal"):
        for name, words in COUNTED.items():
            label = f"{stage.capitalize()} escalations: {words.lower()}"
            yield [label, this.total(name, stage), before.total(name, stage)]
    for words, kept in (
        ("Looked-after reviews", (this.reviews, before.reviews)),
        ("Reviewing officers", (this.named, before.named)),
    ):
        verb = "held" if kept[0] is this.reviews else "named"
        yield [f"{words} {verb} in time", *(item.in_time for item in kept)]
        yield [f"{words} {verb} late", *(item.late for item in kept)]
        yield [f"{words} due and not {verb}", *(item.not_done for item in kept)]
        yield [f"{words} {verb} in time, per cent", *(item.percent for item in kept)]
