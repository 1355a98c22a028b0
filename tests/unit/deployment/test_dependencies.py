"""An audit of what Sightline is made of does not take silence for an answer."""

import runpy
from pathlib import Path
from typing import Any

import pytest

audit = runpy.run_path(str(Path(__file__).resolve().parents[3] / "deploy" / "dependency_audit.py"))
SOUND, WEAK, UNKNOWN = audit["SOUND"], audit["WEAK"], audit["UNKNOWN"]
GOOD = {"name": "good", "version": "1.0", "vulns": []}
NOT_FOUND = {"name": "odd", "skip_reason": "could not be audited"}
BAD = {
    "name": "bad", "version": "2.0",
    "vulns": [{"id": "GHSA-1", "fix_versions": ["2.1"], "aliases": [], "description": ""}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("packages", "ends", "says"),
    [
        ([GOOD], SOUND, "1 packages have no known weakness."),
        ([GOOD, BAD], WEAK, "bad 2.0: GHSA-1, mended in 2.1"),
        ([GOOD, NOT_FOUND], UNKNOWN, "Nothing is known of odd."),
        ([NOT_FOUND], UNKNOWN, "No advisory data could be had: nothing is known either way."),
        ([BAD, NOT_FOUND], WEAK, "Nothing is known of odd."),
        (None, UNKNOWN, "No advisory data could be had: nothing is known either way."),
    ],
)
def test_an_audit_says_what_it_knows_and_what_it_does_not(
    packages: list[dict[str, Any]] | None, ends: int, says: str
) -> None:
    code, said = audit["verdict"](None if packages is None else {"dependencies": packages})
    assert code == ends
    assert says in said
