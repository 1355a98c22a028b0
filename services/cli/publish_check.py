"""`sightline publish --check`: all that is wrong in a file of events, before it is sent."""

from collections import Counter
from collections.abc import Iterator

import orjson
import typer

from schemas.envelope import Event, Refusal
from schemas.faults import Fault
from services.cli.console import WRONG, fail, print_json, print_plain, read_input
from services.cli.event_files import read_json, split_events


def check_files(files: list[str], *, as_json: bool) -> None:
    """Say what would be refused and what would be left out, event by event."""
    good = refused = 0
    left_out: Counter[str] = Counter()
    contents: dict[tuple[str, str], str] = {}
    for file in files:
        for number, item in enumerate(_read(file), start=1):
            faults = item.faults if isinstance(item, Refusal) else item.doubts
            repeated = _repeated_id(item, contents)
            if repeated:
                faults = (*faults, repeated)
            if isinstance(item, Refusal):
                refused += 1
            else:
                good += 1
                left_out.update(fault.field for fault in item.doubts)
            if faults:
                _print_faults(file, number, item, faults, as_json=as_json)
    if as_json:
        print_json([{"good": good, "refused": refused, "left_out": dict(left_out)}])
    else:
        print_plain(
            f"{good:,} events are good, {left_out.total():,} of their fields would be left out or "
            f"asked about; {refused:,} would be refused."
        )
    if refused or left_out:
        raise typer.Exit(WRONG)


def _read(file: str) -> Iterator[Event | Refusal]:
    raw = read_input(file)
    if raw.strip()[:1] not in (b"{", b"["):
        fail(
            f"{file} holds no events in JSON. Is it a file of rows? Then check it with "
            "sightline publish --check --snapshot."
        )
    return (read_json(item) for item in split_events(raw))


def _repeated_id(item: Event | Refusal, contents: dict[tuple[str, str], str]) -> Fault | None:
    """One id with two contents: the later would replace the earlier."""
    if isinstance(item, Refusal):
        return None
    key = (item.source, item.id)
    before = contents.setdefault(key, item.digest)
    if before == item.digest:
        return None
    shown = orjson.dumps(item.id).decode()
    return Fault(
        "id", shown, f"id is {shown}; another event of this file has it, with another content."
    )


def _print_faults(
    file: str, number: int, item: Event | Refusal, faults: tuple[Fault, ...], *, as_json: bool
) -> None:
    refused = isinstance(item, Refusal)
    if as_json:
        print_json(
            {
                "file": file,
                "event": number,
                "id": item.id,
                "field": fault.field,
                "value": fault.value,
                "wrong": fault.sentence,
                "refused": refused,
            }
            for fault in faults
        )
        return
    became = "would be refused" if refused else "counts, with a question"
    print_plain(f"{file}, event {number}{f' ({item.id})' if item.id else ''} {became}:")
    print_plain(*(f"  {fault.sentence}" for fault in faults))
