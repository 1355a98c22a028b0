"""Importing an annual return: what came of it, printed for people or as one object."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.days import london_day
from services.cli.console import progress
from services.cli.import_target import Way, opened_way, tell_json, tell_lines
from services.imports.load import Brought, bring
from services.imports.ssda903.read import Return, read_return
from services.imports.ssda903.translate import ChildReturn, read_child
from services.imports.ssda903.years import CollectionYear
from services.imports.tabular.faults import FaultReport
from services.imports.tabular.rows import Row
from services.sources.statements import Held, Voice


@dataclass(slots=True)
class Summary:
    """What came of a return."""

    told: Return
    brought: Brought
    open: Counter[str]
    care_leavers: Counter[str]

    def as_json(self, faults: FaultReport) -> dict[str, Any]:
        """One object with every figure."""
        return {
            "year": str(self.told.year),
            "people": self.brought.people,
            "events": dict(sorted(self.brought.told.items())),
            "news": dict(sorted(self.brought.news.items())),
            "open": {kind: self.open[kind] for kind in ("care", "placement", "accommodation")},
            "care_leavers": dict(sorted(self.care_leavers.items())),
            "files": [
                {
                    "file": file.name,
                    "table": file.table,
                    "rows": file.rows,
                    "left_out": faults.left_out(file.name, file.table),
                }
                for file in self.told.files
            ],
            "faults": {became.value: number for became, number in sorted(faults.became.items())},
            "notes": self.told.notes,
        }


async def import_return(
    way: Way, files: Sequence[Path], told: Return, voice: Voice, faults: FaultReport
) -> Summary:
    """Read a return, child by child, and send what is news."""
    summary = Summary(told, Brought(), Counter(), Counter())
    today = london_day(voice.as_at)
    async with opened_way(way, voice.source) as opened:
        with progress() as bar:
            reading = bar.add_task("Reading", total=None)
            children = read_return(files, told, faults, lambda: bar.advance(reading))
            comparing = bar.add_task("Comparing", total=None)
            settled: tuple[CollectionYear, frozenset[str]] | None = None

            def read(child: str, rows: list[Row], held: Held) -> ChildReturn:
                nonlocal settled
                if settled is None:
                    settled = told.settle_year(today), frozenset(told.tables)
                    bar.update(comparing, total=sum(file.rows for file in told.files))
                bar.advance(comparing, len(rows))
                return read_child(child, rows, *settled, held)

            bringing = bring(
                children, read, voice, opened.held_now, opened.send, faults, summary.brought
            )
            seen = set()
            async for child, _ in bringing:
                seen.add(child.child)
                summary.open += child.open
                if child.accommodation:
                    summary.care_leavers[child.accommodation] += 1
        if settled is None:
            told.settle_year(today)
        if absent := len(set(opened.subjects) - seen):
            told.notes.append(
                f"{absent:,} young people of earlier returns are not in this one; what is held of "
                "them stays as it was."
            )
        await opened.keep("annual return", voice.as_at, faults)
    return summary


def tell_return(
    summary: Summary, way: Way, faults: FaultReport, report: Path | None, *, as_json: bool
) -> None:
    """The summary: on standard output, but where that is taken by the events."""
    if as_json:
        tell_json(summary.as_json(faults), way)
    else:
        tell_lines(_lines(summary, way, faults, report), way)


def _lines(summary: Summary, way: Way, faults: FaultReport, report: Path | None) -> list[str]:
    told = summary.told
    lines = list(told.notes)
    for file in told.files:
        left_out = faults.left_out(file.name, file.table)
        lines.append(
            f"{file.name} ({file.table or 'no known table'}): {file.rows:,} rows read, "
            f"{left_out:,} left out."
        )
    lines.append(
        f"{summary.brought.people:,} young people; open: {summary.open['care']:,} periods of care, "
        f"{summary.open['placement']:,} placements."
    )
    if summary.care_leavers:
        by_letter = ", ".join(f"{code} {n:,}" for code, n in sorted(summary.care_leavers.items()))
        lines.append(f"Care leavers by accommodation: {by_letter}.")
    lines += (fault.sentence for fault in faults.first)
    if faults.total > len(faults.first):
        lines.append(f"... and {faults.total - len(faults.first):,} faults more.")
    lines += (
        f"{file} {column}: {number:,} {became.value}".replace("  ", " ")
        for (file, column, became), number in sorted(faults.places.items())
    )
    if report:
        lines.append(f"Every fault stands in {report}.")
    elif faults.total:
        lines.append("Save every fault as CSV with --report FILE.")
    news = summary.brought.news.total()
    same = f"{summary.brought.told.total():,} things are said"
    if way.to_broker:
        lines.append(f"{same}; {news:,} events were news and are on the broker.")
    elif way.dry_run:
        lines.append(f"{same}; {news:,} events would be news. Nothing was sent.")
    else:
        lines.append(f"{news:,} events were written.")
    return lines
