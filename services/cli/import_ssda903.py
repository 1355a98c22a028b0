"""Importing an annual return, and its summary, printed for people or as one JSON object."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.collection_year import CollectionYear
from schemas.days import london_day
from services.cli.console import progress
from services.cli.import_target import Target, open_target, print_lines, print_summary
from services.imports.load import LoadResult, load
from services.imports.ssda903.read import AnnualReturn, read_return, settle
from services.imports.ssda903.translate import ChildReturn, translate_child
from services.imports.tabular.faults import FaultReport
from services.imports.tabular.layouts import Row
from services.sources.statements import Holdings, Provenance


@dataclass(slots=True)
class Summary:
    """What came of a return: `open` counts spells, `care_leavers` people by letter of ACCOM."""

    annual_return: AnnualReturn
    result: LoadResult
    open: Counter[str]
    care_leavers: Counter[str]

    def as_json(self, faults: FaultReport) -> dict[str, Any]:
        """One object with every figure."""
        return {
            "year": str(self.annual_return.year),
            "people": self.result.people,
            "events": dict(sorted(self.result.statements.items())),
            "news": dict(sorted(self.result.news.items())),
            "open": {kind: self.open[kind] for kind in ("care", "placement", "accommodation")},
            "care_leavers": dict(sorted(self.care_leavers.items())),
            "files": [
                {
                    "file": file.name,
                    "table": file.table,
                    "rows": file.rows,
                    "left_out": self.annual_return.ledger.faulty(f"{file.name} ({file.table})"),
                }
                for file in self.annual_return.files
            ],
            "ledger": self.annual_return.ledger.as_objects(),
            "faults": {became.value: number for became, number in sorted(faults.became.items())},
            "notes": self.annual_return.notes,
        }


async def import_return(
    target: Target,
    files: Sequence[Path],
    annual_return: AnnualReturn,
    provenance: Provenance,
    faults: FaultReport,
) -> Summary:
    """Read a return, child by child, and send the events for what changed."""
    summary = Summary(annual_return, LoadResult(), Counter(), Counter())
    today = london_day(provenance.as_at)
    async with open_target(target, provenance.source) as session:
        annual_return.ids.held = session.subjects
        with progress() as bar:
            reading = bar.add_task("Reading", total=None)
            children = read_return(files, annual_return, faults, lambda: bar.advance(reading))
            comparing = bar.add_task("Comparing", total=None)
            rows_of: dict[str, list[Row]] = {}
            year_and_tables: tuple[CollectionYear, frozenset[str]] | None = None

            def translate(child: str, rows: list[Row], holdings: Holdings) -> ChildReturn:
                nonlocal year_and_tables
                if year_and_tables is None:
                    year_and_tables = (
                        annual_return.determine_year(today),
                        frozenset(annual_return.tables),
                    )
                    bar.update(comparing, total=sum(file.rows for file in annual_return.files))
                bar.advance(comparing, len(rows))
                rows_of[child] = rows
                return translate_child(child, rows, *year_and_tables, holdings)

            translated = load(
                children,
                translate,
                provenance,
                session.load_holdings,
                session.send,
                faults,
                summary.result,
            )
            seen = set()
            async for child, news in translated:
                seen.add(child.child)
                settle(
                    annual_return.ledger,
                    rows_of.pop(child.child),
                    child.faults,
                    states=bool(child.statements),
                    news=news,
                )
                summary.open += child.open
                if child.accommodation:
                    summary.care_leavers[child.accommodation] += 1
        faults.add_all(annual_return.ids.faults("CHILD"))
        if year_and_tables is None:
            annual_return.determine_year(today)
        if absent := len(set(session.subjects) - seen):
            annual_return.notes.append(
                f"{absent:,} young people of earlier returns are not in this one; what is held of "
                "them stays as it was."
            )
        await session.keep("annual return", provenance.as_at, faults)
    return summary


def print_return(
    summary: Summary, target: Target, faults: FaultReport, report: Path | None, *, as_json: bool
) -> None:
    """Print the summary: on standard error where the events take standard output."""
    if as_json:
        print_summary(summary.as_json(faults), target)
    else:
        print_lines(_lines(summary, target, faults, report), target)


def _lines(summary: Summary, target: Target, faults: FaultReport, report: Path | None) -> list[str]:
    annual_return = summary.annual_return
    lines = list(annual_return.notes)
    lines += annual_return.ledger.lines()
    lines += (
        f"{file.name} ({file.table or 'no known table'}): no row was read."
        for file in annual_return.files
        if not file.rows
    )
    lines.append(
        f"{summary.result.people:,} young people; open: {summary.open['care']:,} periods of care, "
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
    news = summary.result.news.total()
    same = f"{summary.result.statements.total():,} things are said"
    if target.to_broker:
        lines.append(f"{same}; {news:,} events were news and are on the broker.")
    elif target.dry_run:
        lines.append(f"{same}; {news:,} events would be news. Nothing was sent.")
    else:
        lines.append(f"{news:,} events were written.")
    return lines
