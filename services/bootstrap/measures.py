"""Oversight measures and comparators, from the settings: shipped ones, and a council's own."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas.faults import faults_of
from services.oversight.comparators.definition import Comparator, neighbours, read_comparator
from services.oversight.comparators.definition import with_own as comparators_with_own
from services.oversight.measures.definition import Measure, read_measure, shipped, with_own
from services.settings import SettingsError

T = TypeVar("T")


def load_measures(folder: Path | None) -> tuple[Measure, ...]:
    """The shipped measures and those of a council's folder, a TOML file each.

    Raises:
        SettingsError: the folder cannot be read, or a file says something wrong.
    """
    if folder is None:
        return with_own(())
    if not folder.is_dir():
        raise SettingsError(f"{folder} is no folder; SIGHTLINE_MEASURES must name one.")
    return with_own(_content(path, read_measure) for path in sorted(folder.glob("*.toml")))


def load_comparators(folder: Path | None, published_as: str) -> tuple[Comparator, ...]:
    """The shipped comparators and those of a council's folder, a TOML file each.

    Args:
        folder: the folder of the council's own measures; its comparators are in a folder of it.
        published_as: the council as the policy names it.

    Raises:
        SettingsError: no council is published under that name, or a file says something wrong.
    """
    if published_as and published_as not in neighbours().region:
        raise SettingsError(
            f"published_as is {published_as}; the policy must name a council as the department "
            "writes it, such as Devon or Kingston upon Hull, City of."
        )
    files = sorted((folder / "comparators").glob("*.toml")) if folder else []
    own = [_content(path, read_comparator) for path in files]
    measures = {item.id for item in shipped()} | {
        path.stem for path in (folder.glob("*.toml") if folder else ())
    }
    for path, item in zip(files, own, strict=True):
        if item.measure not in measures:
            known = ", ".join(sorted(measures))
            raise SettingsError(f"{path}: measure is {item.measure}; it must be one of {known}.")
    return comparators_with_own(own)


def _content(path: Path, read: Callable[[str, str], T]) -> T:
    try:
        return read(path.stem, path.read_text("utf-8"))
    except ValidationError as error:
        faults = " ".join(fault.sentence for fault in faults_of(error))
        raise SettingsError(f"{path}: {faults}") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}.") from error
