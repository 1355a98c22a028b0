"""The evidence as one file: something to read, the data beneath, and a manifest of their hashes."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import escape
from typing import Any

import orjson

from services.evidence.collect import CaseEvidence
from services.evidence.data import data_of

MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of each file in the pack: the same evidence makes the same bytes."""


@dataclass(frozen=True, slots=True)
class PackMaker:
    """Who makes a pack, when, of what, and between which days.

    `audit` is the last link of the audit log, as `number:hash`: what was in it then. `left_out` are
    the references of whom none could be made: they have more events than anybody's life.
    """

    council: str
    made_by: str
    made_at: datetime
    of: str
    first: date
    last: date
    audit: str
    pseudonyms: bool
    left_out: tuple[str, ...] = ()


Readable = Callable[[Sequence[CaseEvidence], PackMaker, Callable[[str], str]], Mapping[str, bytes]]
"""Makes the files that people read, given how case references are shown."""


def write_pack(
    cases: Sequence[CaseEvidence],
    maker: PackMaker,
    read: Readable,
) -> tuple[bytes, str]:
    """A pack as a zip file, and the SHA-256 of its manifest.

    Args:
        cases: the evidence of each case.
        maker: who makes it, of what.
        read: makes the files that people read, by name; it is given how references are shown.
    """
    shown = pseudonyms(case.names for case in cases) if maker.pseudonyms else str
    if maker.pseudonyms:  # the filter, or the references, that were asked for say who it is
        left_out = tuple("(a reference)" for _ in maker.left_out)
        maker = replace(maker, of=f"{len(cases)} cases", left_out=left_out)
    data = {name: shown(text).encode() for name, text in data_of(cases).items()}
    files = {**read(cases, maker, shown), **data}
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(files.items())
    }
    about = {name: getattr(maker, name) for name in PackMaker.__slots__}
    manifest = orjson.dumps(
        {**about, "cases": len(cases), "files": listed}, option=orjson.OPT_INDENT_2
    )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in [(MANIFEST, manifest), *sorted(files.items())]:
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue(), hashlib.sha256(manifest).hexdigest()


def faults_of_pack(content: bytes) -> tuple[str, list[str]]:
    """The SHA-256 of a pack's manifest, and what in the pack is not as it was made.

    Raises:
        ValueError: it is no pack.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        manifest = files.pop(MANIFEST)
        listed: dict[str, dict[str, Any]] = orjson.loads(manifest)["files"]
    except (zipfile.BadZipFile, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise ValueError("it is no evidence that Sightline made") from error
    faults = [f"{name} is gone." for name in sorted(listed.keys() - files.keys())]
    faults += [f"{name} was put in." for name in sorted(files.keys() - listed.keys())]
    faults += [
        f"{name} was changed."
        for name in sorted(listed.keys() & files.keys())
        if hashlib.sha256(files[name]).hexdigest() != listed[name]["sha256"]
    ]
    return hashlib.sha256(manifest).hexdigest(), faults


def pseudonyms(people: Iterable[Sequence[str]]) -> Callable[[str], str]:
    """What puts a pseudonym in place of each case reference, wherever it stands in a text.

    Args:
        people: the references of each young person, who is given one pseudonym for all of theirs.
    """
    names = {
        written: f"P{number:04}"
        for number, references in enumerate(sorted(map(sorted, people)), 1)
        for reference in references
        for written in {reference, escape(reference)}
    }
    if not names:
        return str
    longest_first = sorted(names, key=len, reverse=True)
    whole = "|".join(re.escape(name) for name in longest_first)
    found = re.compile(rf"(?<![\w-])(?:{whole})(?![\w-])")
    return lambda text: found.sub(lambda match: names[match[0]], text)
