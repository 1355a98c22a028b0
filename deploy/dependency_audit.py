# ruff: noqa: INP001 (a script of its own)
"""What is known of weaknesses in what Sightline is made of: `make audit`.

It ends with 0 where every package was looked up and none has one, with 1 where one has, and with 3
where nothing is known of some, as without a way to the advisories.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
SOUND, WEAK, UNKNOWN = 0, 1, 3
_NOTHING_KNOWN = "No advisory data could be had: nothing is known either way."


def verdict(found: Mapping[str, Any] | None) -> tuple[int, list[str]]:
    """How it ends, and what is said, by what pip-audit printed; None where it printed nothing."""
    if found is None:
        return UNKNOWN, [_NOTHING_KNOWN]
    packages = found["dependencies"]
    known = sum("skip_reason" not in item for item in packages)
    if not known:
        return UNKNOWN, [_NOTHING_KNOWN]
    weak = [item for item in packages if item.get("vulns")]
    unknown = [item["name"] for item in packages if "skip_reason" in item]
    said = [
        f"{item['name']} {item['version']}: {weakness['id']}"
        + (f", mended in {', '.join(weakness['fix_versions'])}" if weakness["fix_versions"] else "")
        for item in weak
        for weakness in item["vulns"]
    ]
    if unknown:
        said.append(f"Nothing is known of {', '.join(unknown)}.")
    if weak:
        return WEAK, said
    return (UNKNOWN if unknown else SOUND), [*said, f"{known} packages have no known weakness."]


def main() -> int:
    """Ask for every package that is installed with Sightline, and say what is known."""
    done = subprocess.run(  # noqa: S603 (our own words)
        [
            sys.executable, "-m", "pip_audit", "--requirement", str(_REQUIREMENTS),
            "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found = json.loads(done.stdout)
    except json.JSONDecodeError:
        found = None
    code, said = verdict(found)
    sys.stdout.write("\n".join(said) + "\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
