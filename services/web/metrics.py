"""Metrics for Prometheus. None of them is about one young person."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_NOT_KNOWN = float("nan")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database says now.

    `red` is red cases by concern, `waiting` escalations not acknowledged by role, `refused` and
    `questions` those that are open (not a number where that is not known), `feeds` the Unix time
    when each source was last heard, with its accepted events, and `reported` the Unix time when the
    last week's report was made.
    """

    red: Mapping[str, int]
    waiting: Mapping[str, int]
    refused: float
    questions: float
    feeds: Mapping[str, tuple[float, int]]
    reported: float | None


NOT_ANSWERED = Figures({}, {}, _NOT_KNOWN, _NOT_KNOWN, {}, None)
"""What there is to show of a database that does not answer."""


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "sightline_answers", "Answers, by route and status", ["route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "sightline_answer_seconds", "How long answers took, by route", ["route"],
            registry=self.registry, buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )  # fmt: skip
        self._red = self._gauge("red_cases", "Red cases today, by concern", "concern")
        self._waiting = self._gauge("unacknowledged_escalations", "Not acknowledged, by step", "to")
        self._refused = self._gauge("refused_open", "Refused events that nobody has settled")
        self._questions = self._gauge("questions_open", "Open questions about the data")
        self._behind = self._gauge("lag_events", "Events on the broker that are not worked through")
        self._heard = self._gauge(
            "feed_heard_seconds", "When each source was last heard, Unix time", "source"
        )
        self._wrong = self._gauge("wrong", "1 where doctor finds something wrong", "part")
        self._reported = self._gauge("report_made_seconds", "When the last report was made")
        self._accepted = self._gauge("feed_accepted", "Events accepted, by source", "source")

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"sightline_{name}", what, labels, registry=self.registry)

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count one answer, with how long it took."""
        self._answers.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def render(self, figures: Figures, *, behind: int | None, wrong: Mapping[str, bool]) -> bytes:
        """All metrics in the text format of Prometheus, with the given figures of now.

        Args:
            figures: what the database says.
            behind: events on the broker that are not worked through; None where that is not known.
            wrong: of each part whether something is wrong with it.
        """
        for gauge, numbers in ((self._red, figures.red), (self._waiting, figures.waiting)):
            gauge.clear()
            for label, number in numbers.items():
                gauge.labels(label).set(number)
        self._refused.set(figures.refused)
        self._questions.set(figures.questions)
        self._behind.set(_NOT_KNOWN if behind is None else behind)
        for source, (heard, accepted) in figures.feeds.items():
            self._heard.labels(source).set(heard)
            self._accepted.labels(source).set(accepted)
        for part, is_wrong in wrong.items():
            self._wrong.labels(part).set(is_wrong)
        if figures.reported is not None:
            self._reported.set(figures.reported)
        return generate_latest(self.registry)
