"""The policy in force, the policies that were tried, and what would differ under each of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from starlette.responses import Response

from schemas.policy import Policy
from schemas.status import Concern
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.rulebook import Parameter, shipped
from services.oversight.derived_by import not_derived
from services.oversight.policy_comparison import AHEAD, BACK, weekly
from services.oversight.policy_trial import as_toml, values_on
from services.spreadsheets import csv_of
from services.store import policies, policy_comparisons
from services.store.policy_comparisons import PolicyComparison
from services.web.forms.answers import Answers
from services.web.kit.downloads import attachment
from services.web.kit.policy_chart import reds_that_differ
from services.web.kit.request import NotFound, PageRequest
from services.web.kit.routing import Routes
from services.web.kit.templates import page
from services.web.kit.views import requested_view
from services.web.pages.case_downloads import CSV

routes = Routes()

_SHOWN = 20
_MOST = 200


@routes.get("/policy", Permission.TRY_POLICY)
async def policy_page(request: PageRequest) -> Response:
    """The policy in force, what was tried, and the form to try other values."""
    return await show_policy(request, Answers(lambda _: ""))


async def show_policy(request: PageRequest, answers: Answers, status: int = 200) -> Response:
    """The same with what is wrong in the form."""
    app = request.app
    async with app.database.reading() as connection:
        requested = await requested_view(connection, request)
        kept = await policies.kept(connection)
        tried = await policy_comparisons.newest(connection, _SHOWN)
    return page(
        request, "policies.html.j2", status=status, policy=app.policy, kept=kept, tried=tried,
        parameters=parameters_on(app.policy, requested.view.today),
        value=lambda name: answers[name], faults=answers.faults, anchor=answers.anchor,
        asks_about_names=answers.asks_about_names,
    )  # fmt: skip


def parameters_on(policy: Policy, day: date) -> list[tuple[Parameter, int]]:
    """Every parameter that can be changed, with its value on a day."""
    values = values_on(policy, day)
    return [(shipped()[0][name], value) for name, value in values.items()]


@routes.get("/policy/comparisons/{id}.csv", Permission.TRY_POLICY)
async def changes_csv(request: PageRequest) -> Response:
    """Everything that differs on any day compared, of those whom the user may see."""
    comparison = await _of(request)
    async with request.app.database.reading() as connection:
        view = (await requested_view(connection, request)).view
        found = await policy_comparisons.changes(connection, view, comparison.id)
    detail = f"comparison {comparison.id}, csv, {len(found)} rows"
    await request.app.audit.record(request.user, Act.DOWNLOADED, detail=detail)
    columns = ("Case", "Concern", "From", "Until", "Was", "Becomes", "Rule", "Why", "Team")
    rows = (
        (it.person, it.concern, it.start, it.until, it.was, it.becomes, it.rule, it.why, it.team)
        for it in found
    )
    body = csv_of(columns, rows).encode("utf-8-sig")
    return attachment(body, CSV, "policy", comparison.on_day, "csv", is_incomplete=False)


@routes.get("/policy/comparisons/{id}", Permission.TRY_POLICY)
async def one_comparison(request: PageRequest) -> Response:
    """What would differ, by concern, team, week and case, each with its rule; how to adopt it."""
    comparison = await _of(request)
    app = request.app
    async with app.database.reading() as connection:
        requested = (await requested_view(connection, request)).view
        view = replace(requested, day=comparison.on_day)
        by_concern = await policy_comparisons.differences(
            connection, view, comparison.id, "concern"
        )
        by_team = await policy_comparisons.differences(connection, view, comparison.id, "team")
        listed = await policy_comparisons.changes(
            connection, view, comparison.id, on_the_day=True, limit=_MOST + 1
        )
        by_week = await policy_comparisons.reds_by_week(
            connection, view, comparison.id, weekly(comparison.on_day)
        )
        incomplete = await not_derived(connection, app.policy)
    await app.audit.record(
        request.user, Act.LISTED_CASES, detail=f"policy comparison {comparison.id}"
    )
    return page(
        request, "policy_comparison.html.j2", comparison=comparison, by_concern=by_concern,
        by_team=by_team, listed=listed[:_MOST], more=len(listed) > _MOST, most=_MOST,
        chart=reds_that_differ(by_week), parameters=_changed(comparison),
        heading=lambda name: Concern(name).heading,
        toml=_to_adopt(comparison, app.policy, requested.today + timedelta(days=1)),
        first=comparison.on_day - BACK, last=comparison.on_day + AHEAD, not_derived=incomplete,
    )  # fmt: skip


def _changed(comparison: PolicyComparison) -> Sequence[tuple[str, Parameter | None, int, int]]:
    """The parameters that a comparison changes: each with its value in force, and the tried one.

    A later version may not have a parameter any more.
    """
    return [
        (name, shipped()[0].get(name), comparison.in_force[name], value)
        for name, value in comparison.parameters.items()
    ]


def _to_adopt(comparison: PolicyComparison, policy: Policy, on: date) -> str | None:
    """The lines that adopt what was tried; None where it cannot be adopted any more."""
    try:
        return as_toml(policy, comparison.name, comparison.parameters, on)
    except ValueError:
        return None


async def _of(request: PageRequest) -> PolicyComparison:
    async with request.app.database.reading() as connection:
        found = await policy_comparisons.of_id(connection, request.http.path_params["id"])
    if found is None:
        raise NotFound
    return found
