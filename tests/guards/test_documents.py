"""What comments, docstrings and documents cite exists, and what can be set is documented."""

import re

from services.assessment.rulebook import Source, shipped

LAW = re.compile(r"\b(?:Act|Regulations) \d{4}(?! guidance)")
LEGISLATION = re.compile(
    r"https://www\.legislation\.gov\.uk/(?:ukpga|uksi)/\d{4}/\d+/(?:section|regulation)/\d+[A-Z]*"
)


def test_every_rule_and_parameter_that_rests_on_law_has_its_address() -> None:
    """It is that of a provision on legislation.gov.uk; guidance and local rules have none."""
    parameters, rules = shipped()
    sources: dict[str, Source] = dict(rules)
    sources |= {name: parameter.source for name, parameter in parameters.items()}
    wrong = {
        name: source
        for name, source in sources.items()
        if bool(LAW.search(source.title)) is not bool(LEGISLATION.fullmatch(source.address))
    }
    assert wrong == {}
    unfounded = {
        name
        for name, parameter in parameters.items()
        if parameter.basis == "law" and not parameter.source.address
    }
    assert unfounded == set()
