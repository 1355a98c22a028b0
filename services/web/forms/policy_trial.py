"""The form to try other values of the rule book's parameters, beside the policy in force."""

from starlette.responses import RedirectResponse, Response

from schemas.policy import ParameterChange
from services.access.audit import Act
from services.access.roles import Permission
from services.assessment.rulebook import Parameter, faults_of_policy
from services.store import policy_comparisons
from services.store.policy_comparisons import PolicyComparison
from services.web.forms.answers import Answers
from services.web.kit import csrf
from services.web.kit.request import PageRequest
from services.web.kit.routing import TOKEN_FIELD, Routes
from services.web.kit.views import requested_view
from services.web.pages.policies import parameters_on, show_policy

routes = Routes()

_LONGEST_NAME = 80
_MOST_DIGITS = 5


@routes.post("/policy", Permission.TRY_POLICY)
async def try_policy(request: PageRequest) -> Response:
    """Keep what is to be compared; it is made beside the pages. Sent twice, it is one."""
    app = request.app
    answers = Answers(request.form_value)
    async with app.database.reading() as connection:
        today = (await requested_view(connection, request)).view.today
    name = answers.text("name", "Enter what you call this policy") or ""
    if len(name) > _LONGEST_NAME:
        answers.fault("name", f"Write {_LONGEST_NAME} characters or fewer")
    changed: dict[str, int] = {}
    in_force: dict[str, int] = {}
    for parameter, value in parameters_on(app.policy, today):
        typed = _typed(request, answers, parameter)
        if typed is not None and typed != value:
            changed[parameter.name], in_force[parameter.name] = typed, value
    if not changed and not answers.faults:
        answers.fault("send", "Enter another value of at least one parameter")
    if answers.faults:
        return await show_policy(request, answers, 422)
    id_ = csrf.form_id(request.form_value(TOKEN_FIELD), request.key, "policy")[:16]
    wanted = PolicyComparison(id_, name, request.user.id, app.clock(), today, changed, in_force)
    async with app.database.writing() as connection:
        await policy_comparisons.keep(connection, wanted)
    detail = ", ".join(f"{key} {value}" for key, value in changed.items())
    await app.audit.record(request.user, Act.TRIED_POLICY, detail=f"comparison {id_}: {detail}")
    app.trial_asked.set()
    return RedirectResponse(f"/policy/comparisons/{id_}", 303)


def _typed(request: PageRequest, answers: Answers, parameter: Parameter) -> int | None:
    """The number that was typed for a parameter; None where it is to stay as it is."""
    text = request.form_value(parameter.name)
    if not text:
        return None
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        answers.fault(
            parameter.name, f"{parameter.name} must be a number of {parameter.unit}, such as 28"
        )
        return None
    value = int(text)
    change = ParameterChange.model_validate({"from": "2000-01-01", "value": value})
    tried = request.app.policy.model_copy(update={"parameters": {parameter.name: [change]}})
    if faults := faults_of_policy(tried):
        answers.fault(parameter.name, faults[0].removeprefix("parameters."))
        return None
    return value
