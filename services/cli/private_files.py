"""Files that a command writes for whoever runs it, and that nobody else on the machine can read."""

import os
from pathlib import Path

from services.cli.console import fail


def write_privately(path: Path, content: bytes) -> None:
    """Write a new file, its owner's alone from the first byte on; the command ends if it cannot."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(content)
    except FileExistsError:
        fail(f"{path} exists; name a file that does not.")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")
