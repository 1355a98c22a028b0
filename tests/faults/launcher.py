"""Starts `sightline serve` over and over: a process that has read everything in, and forks.

It reads one JSON object a line, {"environment": {}, "role": "all", "step": "", "call": 1}, and
answers with the process id of a child that serves. Where a step is named, the child kills itself
there, at that call.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import uvloop

from services import clock

BEFORE, AFTER = "before", "after"
STEPS: dict[str, tuple[str, str, str]] = {
    "taken, nothing stored": ("services.tracking.handler", "ingest", BEFORE),
    "stored, nothing derived": ("services.tracking.handler", "derive_people", BEFORE),
    "derived, nothing committed": ("services.tracking.handler", "count_received", AFTER),
    "committed, nothing acknowledged": ("services.tracking.handler", "Tracker.track", AFTER),
    "status published, not marked": ("services.bootstrap.relay", "publish_out", AFTER),
    "report made": ("services.digests.schedule", "make_week", AFTER),
    "mail claimed, not sent": ("services.digests.send", "_send", BEFORE),
    "mail sent, not remembered": ("services.digests.mail", "SmtpServer.send", AFTER),
    "mail remembered, not marked": ("events.mail_memory", "BrokerMailMemory.remember", AFTER),
}
"""Where a child can be told to kill itself: module, function, and on which side of it."""


def die_at(step: str, call: int) -> None:
    """Kill this process at the given call of a step."""
    module_name, name, side = STEPS[step]
    owner: Any = import_module(module_name)
    *classes, function = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    original: Callable[..., Awaitable[Any]] = getattr(owner, function)
    calls = 0

    async def dying(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if side == BEFORE and calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await original(*args, **more)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, function, dying)


_clock = Path("no clock of its own")


def shown_by(clock_file: Path) -> datetime:
    """What the clock of a place shows: the machine's, so many seconds away as its file says."""
    offset = float(clock_file.read_text("utf-8")) if clock_file.exists() else 0.0
    return datetime.now(UTC) + timedelta(seconds=offset)


def _own_time() -> datetime:
    return shown_by(_clock)


def serve_here(asked: dict[str, Any]) -> None:
    """Serve in this process until it is told to stop, or killed."""
    global _clock  # noqa: PLW0603 (this process serves once)
    _clock = Path(asked["clock"])
    from services.digests import schedule, send
    from services.serve import Role, serve
    from services.settings import load_settings

    os.environ.update(asked["environment"])
    # A minute of a scheduler's life in three seconds.
    schedule.WAKE_SECONDS, send.LEASE = 1, timedelta(seconds=3)
    if asked.get("step"):
        die_at(asked["step"], asked.get("call", 1))

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(load_settings(), Role(asked.get("role", "all")), stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


def main() -> None:
    """Read everything in, then fork a child for each line."""
    clock.now_utc = _own_time  # before anybody takes it from there
    for module in ("services.serve", "services.web.app", *(place[0] for place in STEPS.values())):
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            with open(asked["log"], "a") as log:  # noqa: PTH123 (the child goes without returning)
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            code = 0
            try:
                serve_here(asked)
            except BaseException as error:  # noqa: BLE001 (it is told, and this process ends)
                print(f"ended by {type(error).__name__}: {error}", file=sys.stderr, flush=True)
                code = 1
            os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
