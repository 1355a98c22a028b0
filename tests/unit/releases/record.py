"""Record what this version reads, tells and publishes.

Run it as `python -m tests.unit.releases.record 0.6.0`; see docs/releases.md.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from events.published import documents
from schemas.envelope import Event, read_event
from schemas.outgoing import CASE_NOTE, STATUS_CHANGED
from schemas.policy import Policy
from services.assessment.statuses import assess_events, statuses
from services.demo.council import make_council
from tests.unit.releases.test_earlier_releases import RECORDED, TOLD_ON

Made = dict[str, Any]

_GOOD = {
    "provider": "PR1", "urn": "SC012345", "team": "leaving-care-1", "service": "leaving-care",
    "source": "/made-up/case-system", "legal_status": "C2",
}  # fmt: skip
"""Values of national code sets, by the name of the field; else any of its type."""

_ONE_IN = 60
"""Of how many lives one is kept, besides those that hold a rare event."""


def lives() -> list[Made]:
    """Events of some forty lives, with every type of event that the made-up council has."""
    of: dict[str, list[Made]] = defaultdict(list)
    for event in make_council(TOLD_ON):
        of[event.get("subject", "")].append(event)
    met: Counter[str] = Counter()
    kept = set(sorted(filter(None, of))[::_ONE_IN])
    how_often = Counter(event["type"] for some in of.values() for event in some)
    for kind in sorted(how_often, key=lambda name: (how_often[name], name)):
        if not met[kind]:
            having = (one for one, some in of.items() if any(e["type"] == kind for e in some))
            kept.add(min(having, key=lambda one: (len(of[one]), one)))
            met = Counter(event["type"] for one in kept for event in of[one])
    for some in of.values():
        for event in some:
            pair = {event.get("subject", ""), event["data"].get("into", "")}
            if event["type"].endswith("person.merged.v1") and pair & kept:
                kept |= pair
    return sorted(
        (event for one in kept for event in of[one]), key=lambda item: (item["time"], item["id"])
    )


def forms(schema: Mapping[str, Any]) -> Iterator[Made]:
    """The least and the fullest event of a type that is read without a doubt."""
    data = schema["properties"]["data"]
    fields: Mapping[str, Any] = data["properties"]
    filled = {name: _value(name, fields[name], schema) for name in fields}
    needed = {name: filled[name] for name in data.get("required", ())}
    least = next(
        tried
        for more in ({}, *({name: filled[name]} for name in fields), *_pairs(filled))
        if _is_read(_event(schema, "least", tried := needed | more))
    )
    yield _event(schema, "least", least)
    full = dict(least)
    for name, value in filled.items():
        if _is_read(_event(schema, "full", full | {name: value})):
            full[name] = value
        elif _is_read(one := _event(schema, f"with-{name}", least | {name: value})):
            yield one
    if full != least:
        yield _event(schema, "full", full)


def _pairs(filled: Made) -> Iterator[Made]:
    yield from ({a: filled[a], b: filled[b]} for a in filled for b in filled)


def _event(schema: Mapping[str, Any], kind: str, data: Made) -> Made:
    event = {
        "specversion": "1.0", "id": f"{kind}-{schema['title']}", "source": "/made-up/recorded",
        "type": schema["title"], "time": "2026-11-03T09:30:00Z", "data": data,
    }  # fmt: skip
    return event | ({"subject": "R0001"} if "subject" in schema["required"] else {})


def _is_read(event: Made) -> bool:
    read = read_event(event)
    return isinstance(read, Event) and not read.doubts


def _value(name: str, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    """A value that the schema of a field allows."""
    if "$ref" in schema:
        return _value(name, whole["$defs"][schema["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in schema:
        return _value(name, schema["anyOf"][0], whole)
    if name in _GOOD:
        return _GOOD[name]
    if name == "code":
        return "S" if "accommodation" in whole["title"] else "U4"
    if name == "reason" and "care.ended" in whole["title"]:
        return "E4A"
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if "const" in schema:
        return schema["const"]
    made: dict[str, Callable[[], Any]] = {
        "boolean": lambda: True,
        "integer": lambda: max(1, schema.get("minimum", 1)),
        "number": lambda: 1.5,
        "array": lambda: [_value(name, schema["items"], whole)],
        "object": lambda: {
            key: _value(key, inner, whole) for key, inner in schema.get("properties", {}).items()
        },
        "string": lambda: (
            "2026-11-02T09:30:00Z" if schema.get("format") == "date-time"
            else name[: schema.get("maxLength", len(name))]
        ),
    }  # fmt: skip
    return made[schema["type"]]()


def main(release: str) -> None:
    """Write the four files of a release."""
    folder = RECORDED / release
    folder.mkdir(exist_ok=True)

    def write(name: str, items: Iterable[Mapping[str, Any]]) -> None:
        lines = (json.dumps(item, separators=(",", ":"), ensure_ascii=False) for item in items)
        (folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")

    schemas = [
        json.loads(text) | {"title": name.removesuffix(".json")}
        for name, text in documents().items()
        if name != "asyncapi.json"
    ]
    read = [item for item in schemas if item["title"] not in (CASE_NOTE, STATUS_CHANGED)]
    events = lives()
    received = [item for item in map(read_event, events) if isinstance(item, Event)]
    told = statuses(assess_events(received, Policy(council="Recorded")), TOLD_ON)
    write("published.jsonl", schemas)
    write("forms.jsonl", (form for schema in read for form in forms(schema)))
    write("events.jsonl", events)
    write(
        "told.jsonl", ({k: row[k] for k in ("person", "concern", "rag", "since")} for row in told)
    )


if __name__ == "__main__":
    main(sys.argv[1])
