"""Metrics for Prometheus. None of them is about one young person."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


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

    def render(
        self,
        *,
        red: dict[str, int],
        waiting: dict[str, int],
        refused: int,
        questions: int,
        behind: int | None,
        feeds: dict[str, tuple[float, int]],
        wrong: Mapping[str, bool],
        reported: float | None,
    ) -> bytes:
        """All metrics in the text format of Prometheus, with the given figures of now.

        `red` is red cases by concern, `waiting` escalations not acknowledged by role, `behind`
        events on the broker that are not worked through (None where the broker does not answer),
        `feeds` the Unix time when each source was last heard, with its accepted events, `wrong` of
        each part whether something is wrong with it, and `reported` the Unix time when the last
        week's report was made.
        """
        for concern, number in red.items():
            self._red.labels(concern).set(number)
        for step, number in waiting.items():
            self._waiting.labels(step).set(number)
        self._refused.set(refused)
        self._questions.set(questions)
        self._behind.set(float("nan") if behind is None else behind)
        for source, (heard, accepted) in feeds.items():
            self._heard.labels(source).set(heard)
            self._accepted.labels(source).set(accepted)
        for part, is_wrong in wrong.items():
            self._wrong.labels(part).set(is_wrong)
        if reported is not None:
            self._reported.set(reported)
        return generate_latest(self.registry)
