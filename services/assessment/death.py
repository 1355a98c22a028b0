"""The day on which a young person died, as whoever said so has it."""

from services.assessment.facts import Facts


def day_of_death(facts: Facts) -> int:
    """The first day on which they are known to have died; FOREVER where nobody says so.

    A case closed for a death says it, and so does contact (IN_TOUCH).
    """
    told = (
        day
        for day, touch in zip(facts.in_touch.days, facts.in_touch.values, strict=True)
        if touch.answer == "died"
    )
    return min((facts.died_on, *told))
