"""The rule book's numbers: each with its unit, its source and the day from which it holds.

The shipped values stand in `parameters/*.toml`, one file a concern. A council's policy may change
those marked local from a day on; those marked law it can only make stricter.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from schemas.events.catalogue import CATALOGUE
from schemas.permissions import PAGES_SOURCE, is_reserved
from schemas.policy import ParameterChange, Policy
from schemas.reading import UNREADABLE
from services.assessment.temporal import Temporal

_REGISTERED_URN = re.compile(r"\d{7}|SC\d{6}", re.ASCII)
_INSPECTED_BY_ANOTHER = "XXXXXXX"


@dataclass(frozen=True, slots=True)
class Source:
    """What a rule or a number rests on.

    `title` names the law, guidance or local standard in words. `address` is the page of
    legislation.gov.uk with a provision that the title names; empty where it names no law.
    """

    title: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of one rule: what it means, its unit, its basis and its shipped values.

    `values` are (from, value); a day is given as its ordinal. `stricter` says which way a council
    may move one that is law: `less`, `more`, or `fixed`.
    """

    name: str
    what: str
    unit: Literal["days", "working days", "months", "day", "episodes", "children"]
    basis: Literal["law", "guidance", "local"]
    stricter: Literal["less", "more", "fixed"]
    source: Source
    values: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every parameter by name with its values over time, and the source of every rule by its id."""

    limits: Mapping[str, Temporal[int]]
    sources: Mapping[str, Source]
    clock: Literal["decision", "letter", "first_meeting"]
    bank_holidays: frozenset[date]

    def registration(self, content: Mapping[str, Any]) -> str:
        """Registration as recorded; where that is unknown or absent, as the URN shows it.

        Source: SSDA903 guide, URN: 7 digits or SC and 6 digits; XXXXXXX stands for a provider that
        another regulator inspects.
        """
        recorded = content.get("registration")
        if recorded == UNREADABLE:
            return "unknown"  # something else was said of it, so the URN is not asked
        if recorded and recorded != "unknown":
            return str(recorded)
        urn = (content.get("urn") or "").strip().upper()
        if _REGISTERED_URN.fullmatch(urn):
            return "registered"
        return "exempt" if urn == _INSPECTED_BY_ANOTHER else "unknown"


@cache
def shipped() -> tuple[dict[str, Parameter], dict[str, Source]]:
    """The shipped parameters by name (UA13.days) and the source of each rule by its id."""
    parameters: dict[str, Parameter] = {}
    sources: dict[str, Source] = {}
    folder = files("services.assessment") / "parameters"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for rule, entry in tomllib.loads(file.read_text("utf-8")).items():
            source = Source(entry["source"], entry.get("address", ""))
            sources[rule] = source
            for key, value in entry.items():
                if isinstance(value, dict):
                    name = f"{rule}.{key}"
                    parameters[name] = _parameter(name, value, source)
    return parameters, sources


def _parameter(name: str, entry: Mapping[str, Any], source: Source) -> Parameter:
    """One parameter; its source is that of its rule, unless it has its own."""
    if "source" in entry:
        source = Source(entry["source"], entry.get("address", ""))
    values = tuple((item["from"], _number(item["value"])) for item in entry["values"])
    return Parameter(
        name,
        entry["what"],
        entry["unit"],
        entry["basis"],
        entry["stricter"],
        source,
        values,
    )


def _number(value: int | date) -> int:
    return value.toordinal() if isinstance(value, date) else value


def faults_of_policy(policy: Policy) -> list[str]:
    """What a policy may not do, in sentences; empty when it may stand."""
    parameters, _ = shipped()
    faults = []
    for name, changes in policy.parameters.items():
        parameter = parameters.get(name)
        if parameter is None:
            faults.append(
                f"parameters.{name} is not a parameter; the rule book has {', '.join(parameters)}."
            )
            continue
        if parameter.unit == "day":
            faults.append(f"parameters.{name} is a day that the law sets; it cannot be changed.")
            continue
        for change in changes:
            faults += _faults_of_change(parameter, change)
    faults += _faults_of_levels(policy, parameters["IR2.working_days"])
    namespaces = [item.namespace for item in policy.sources.values() if item.namespace]
    faults += [
        f"sources: the namespace {name} holds a slash; it must be a plain word."
        for name in namespaces
        if "/" in name
    ]
    families = {name.split(".")[0] for name in CATALOGUE}
    faults += [
        f'sources."{source}".broker_user is {item.broker_user}; it must be another word: the names '
        "of events begin so."
        for source, item in policy.sources.items()
        if item.broker_user in families
    ]
    faults += [
        f'sources."{source}" would be taken for the pages; a system has a source of its own.'
        for source in policy.sources
        if is_reserved(source) and source != PAGES_SOURCE
    ]
    return faults


def _faults_of_levels(policy: Policy, whole: Parameter) -> list[str]:
    """What is wrong with the levels of reviewing officers' escalations."""
    changes = policy.parameters.get(whole.name, [])
    allowed = min([change.value for change in changes], default=whole.values[-1][1])
    days = sum(level.working_days for level in policy.reviewing_officers.levels)
    if days <= allowed:
        return []
    took = f"reviewing_officers.levels take {days} working days in all"
    return [f"{took}; they must take {allowed} or fewer ({whole.source.title})."]


def _faults_of_change(parameter: Parameter, change: ParameterChange) -> list[str]:
    name = f"parameters.{parameter.name}"
    if change.value < 0:
        return [f"{name} is {change.value}; it must be 0 {parameter.unit} or more."]
    held = Temporal(parameter.values[0][1], [(d.toordinal(), v) for d, v in parameter.values])
    shipped_value = held.values[-1]
    if parameter.basis == "law" and (
        parameter.stricter == "fixed"
        or (parameter.stricter == "less" and change.value > shipped_value)
        or (parameter.stricter == "more" and change.value < shipped_value)
    ):
        return [
            f"{name} is {change.value}; it is law ({parameter.source.title}) and cannot be "
            f"loosened: it must be {shipped_value} {parameter.unit}"
            + {"less": " or fewer.", "more": " or more.", "fixed": "."}[parameter.stricter]
        ]
    return []


def rulebook_for(policy: Policy) -> Rulebook:
    """The rule book as a council's policy has it.

    Raises:
        ValueError: the policy loosens the law, or names a parameter that is not there.
    """
    if faults := faults_of_policy(policy):
        raise ValueError(" ".join(faults))
    parameters, sources = shipped()
    limits = {}
    for name, parameter in parameters.items():
        changes = [(c.since, c.value) for c in policy.parameters.get(name, [])]
        steps = [(day.toordinal(), value) for day, value in sorted((*parameter.values, *changes))]
        before = parameter.values[0][1]
        # A single value has always held: no day on which it began is a boundary of anything.
        limits[name] = Temporal(before, steps if len(steps) > 1 else ())
    return Rulebook(limits, sources, policy.pre_proceedings_clock, frozenset(policy.bank_holidays))
