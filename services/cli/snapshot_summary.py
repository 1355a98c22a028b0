"""What came of a snapshot: printed for people or as one JSON object, and its news as CSV."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from schemas.events.catalogue import NAMES
from services.cli.import_target import Target
from services.imports.snapshots.load import SnapshotResult
from services.imports.snapshots.read import Files
from services.imports.tabular.faults import FaultReport
from services.sources.statements import Provenance
from services.spreadsheets import write_csv


def save_news(path: Path, events: Iterable[dict[str, Any]]) -> None:
    """Save each event that was sent: whom, what and when it is about, and its fields."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(file, ("person", "event", "about", "date", "fields"), map(_news_row, events))


def _news_row(event: dict[str, Any]) -> tuple[str, ...]:
    data = event["data"]
    about = next((str(data[key]) for key in data if key == "id" or key.endswith("_id")), "")
    fields = sorted(key for key in data if key not in ("date", "date_basis"))
    day = str(data.get("date", ""))
    return event["subject"], NAMES[event["type"]], about, day, " ".join(fields)


def as_json_object(
    provenance: Provenance, files: Files, faults: FaultReport, result: SnapshotResult
) -> dict[str, Any]:
    """The summary as one object; keys as `--json` prints them."""
    return {
        "source": provenance.source,
        "as_at": provenance.as_at.isoformat().replace("+00:00", "Z"),
        "people": result.loaded.people,
        "rows": dict(sorted(files.rows.items())),
        "open": {kind: result.open_at_source[kind] for kind in sorted(files.kinds)},
        "news": dict(sorted(result.loaded.news.items())),
        "vanished": dict(sorted(result.vanished.items())),
        "kept": dict(sorted(result.kept.items())),
        "absent": result.absent,
        "ledger": files.ledger.as_objects(),
        "faults": {became.value: n for became, n in sorted(faults.became.items())},
        "notes": files.notes,
    }


def summary_lines(
    files: Files,
    faults: FaultReport,
    result: SnapshotResult,
    target: Target,
    report: Path | None,
) -> list[str]:
    """The summary in lines for people."""
    lines = list(files.notes)
    lines += (
        f"{kind}: {files.rows.get(kind, 0):,} rows, {result.open_at_source[kind]:,} of them open."
        for kind in sorted(files.kinds)
    )
    lines += files.ledger.lines()
    lines += (f"{number:,} {kind} are gone." for kind, number in sorted(result.vanished.items()))
    lines += (
        f"{number:,} of the {kind} that are gone stay open: no row tells that they ended. "
        f"--vanished {kind}=end would end them."
        for kind, number in sorted(result.kept.items())
        if kind != "people"
    )
    if result.absent:
        lines.append(
            f"{result.absent:,} young people of whom something is held are not in this snapshot at "
            "all; what is held of them stays as it was. --vanished people=end would end it, or "
            f'vanished = {{people = "end"}} of the source in the policy.'
        )
    lines += (fault.sentence for fault in faults.first)
    more = faults.total - len(faults.first)
    if more > 0:
        lines.append(f"... and {more:,} faults more.")
    if report:
        lines.append(f"Every fault stands in {report}.")
    news = result.loaded.news
    if news.total():
        lines.append("What had not been told before:")
    for name, number in sorted(news.items()):
        lines.append(f"{number:,} {name}")
    if not news.total():
        lines.append("Nothing is new.")
    if target.dry_run:
        lines.append("Nothing was sent.")
    elif target.to_broker:
        lines.append("The snapshot is on the broker, with its end.")
    return lines
