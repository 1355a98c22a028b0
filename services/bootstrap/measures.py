"""The oversight measures, from the settings: the shipped ones, and a council's own."""

from pathlib import Path

from pydantic import ValidationError

from schemas.faults import faults_of
from services.oversight.measures.definition import Measure, read_measure, with_own
from services.settings import SettingsError


def load_measures(folder: Path | None) -> tuple[Measure, ...]:
    """The shipped measures and those of a council's folder, a TOML file each.

    Raises:
        SettingsError: the folder cannot be read, or a file says something wrong.
    """
    if folder is None:
        return with_own(())
    if not folder.is_dir():
        raise SettingsError(f"{folder} is no folder; SIGHTLINE_MEASURES must name one.")
    return with_own(_read(path) for path in sorted(folder.glob("*.toml")))


def _read(path: Path) -> Measure:
    try:
        return read_measure(path.stem, path.read_text("utf-8"))
    except ValidationError as error:
        faults = " ".join(fault.sentence for fault in faults_of(error))
        raise SettingsError(f"{path}: {faults}") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}.") from error
