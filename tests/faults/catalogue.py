"""Every fault by its name."""

from collections.abc import Mapping

from tests.faults.clocks import CLOCKS
from tests.faults.fault import Fault
from tests.faults.launcher import STEPS
from tests.faults.made import (
    backlog_killed,
    broker_killed,
    consumer_deleted,
    database_locked,
    database_read_only,
    killed_a_hundred_times,
    killed_at,
    killed_at_random,
    mail_cut,
    mail_down,
    mail_refused,
    nobody_let_in,
    sessions_ended,
    stopped_in_time,
    stream_deleted,
    two_trackers,
)
from tests.faults.shortages import OF_POSTGRESQL, OF_SQLITE, SHORTAGES
from tests.faults.upgrade import rolling_upgrade

EVERYWHERE: Mapping[str, Fault] = {
    "kill -9 at random": killed_at_random,
    "kill -9, a hundred times": killed_a_hundred_times,
    **{f"kill -9: {step}": killed_at(step) for step in STEPS},
    "broker killed and started again": broker_killed,
    "consumer deleted": consumer_deleted,
    "stream deleted, sent again": stream_deleted,
    "mail put off (421, 450)": mail_refused,
    "mail cut after the final dot": mail_cut,
    "mail server down, and back": mail_down,
    "SIGTERM in the middle": stopped_in_time,
    "backlog, killed in the middle": backlog_killed,
    "database locked by another": database_locked,
    **SHORTAGES,
    **CLOCKS,
}
ON_ONE: Mapping[str, Mapping[str, Fault]] = {
    "sqlite": OF_SQLITE,
    "postgresql": {
        "every session ended": sessions_ended,
        "database only read": database_read_only,
        "nobody let in": nobody_let_in,
        "two of everything, one killed": two_trackers,
        **OF_POSTGRESQL,
        "rolling upgrade": rolling_upgrade,
    },
}
"""Those of one database alone."""
