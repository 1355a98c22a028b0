"""A date as the three fields of GOV.UK's date input."""

from datetime import date


def date_fields(name: str, day: date) -> dict[str, str]:
    """The values of the fields `name-day`, `name-month` and `name-year`."""
    return {
        f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)
    }  # fmt: skip
