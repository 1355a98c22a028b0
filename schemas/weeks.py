"""Weeks as they are named: the ISO week of a day, such as 2026-W47."""

from datetime import date

from schemas.days import plain_day


def week_name(day: date) -> str:
    """The ISO week of a day, as 2026-W47."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def week_words(name: str) -> str:
    """A week in words: 2026-W47 is the week of 16 November 2026."""
    year, number = name.split("-W")
    return f"week of {plain_day(date.fromisocalendar(int(year), int(number), 1))}"
