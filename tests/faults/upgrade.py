"""A rolling upgrade: the version before the newest migration is at work while this one begins."""

import asyncio
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from sqlalchemy import text

from schemas.policy import Policy
from services.oversight.derived_by import derivation_of
from services.store.derived import derived_otherwise
from tests.faults.fault import ended_well
from tests.faults.place import Findings, Place
from tests.waiting import until

_ROOT = Path(__file__).resolve().parents[2]
_VERSIONS = "services/store/migrations/versions"
_MAIN = "from services.cli.main import main; main()"


async def rolling_upgrade(place: Place) -> Findings:
    """The store is migrated under the old version, which goes on beside the new one, and ends."""
    old = await asyncio.to_thread(_before_the_newest_migration, place.folder / "old")
    if old is None:
        return Findings(notes=["not tried: it needs the history of the repository"])
    async with place.database.writing() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await place.database.engine.dispose()
    upgrading = await _start(place, old, "db", "upgrade")
    assert await upgrading.wait() == 0
    await place.set_to_work()
    serving = await _start(place, old, "serve")
    try:
        await place.publish(place.made_up(20))
        await place.settled(mailed=False)
        await place.publish(place.made_up(20))
        await place.database.upgrade()
        await place.publish(place.made_up(20))
        await place.serve()
        await place.publish(place.made_up(20))
        await asyncio.sleep(3 * place.random.random())
        still_there = serving.returncode is None
        serving.terminate()
        await asyncio.wait_for(serving.wait(), 15)
        await place.publish(place.made_up(5))
        found = await ended_well(place, may_double=True)
        await until(lambda: _nobody_is_derived_otherwise(place), 60)
    finally:
        if serving.returncode is None:
            serving.kill()
            await serving.wait()
    if not still_there:
        found.wrong += 1
        found.notes.append("the old version ended when the store was migrated")
    return found


async def _nobody_is_derived_otherwise(place: Place) -> bool:
    async with place.database.reading() as connection:
        return not await derived_otherwise(connection, derivation_of(Policy()), 1)


async def _start(place: Place, code: Path, *arguments: str) -> asyncio.subprocess.Process:
    with (place.folder / "old.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", _MAIN, *arguments, cwd=code, stderr=log, stdout=log,
            env={**os.environ, **place.environment, "PYTHONPATH": str(code)},
        )  # fmt: skip


def _before_the_newest_migration(folder: Path) -> Path | None:
    """The code as it was before the newest migration came; None where there is no history."""
    newest = max(path.name for path in (_ROOT / _VERSIONS).glob("0*.py"))
    came = _git("log", "--diff-filter=A", "--format=%H", "--", f"{_VERSIONS}/{newest}").split()
    if not came:
        return None
    packed = _git("archive", f"{came[-1].decode()}~1")
    if not packed:
        return None
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, check=False)
    return done.stdout
