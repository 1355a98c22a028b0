"""Which collection year a return is of, as people write it or as its own dates show it."""

from collections import Counter
from datetime import date, timedelta

from schemas.collection_year import CollectionYear, year_of

_STRAY = 0.005
_SLIPS = 2
"""The share of dates, and their number, that may be slips when the year is found from dates."""


def year_from_dates(episodes: Counter[date], reviews: Counter[date], today: date) -> CollectionYear:
    """The year that a return's own dates show: the last in which more than stray dates fall.

    An episode may end on the day after the year, and a few dates are slips of the pen. Where
    no episode started or ended in the year, its reviews show it.
    """
    counted = Counter[int]()
    for day, number in episodes.items():
        if day <= today:
            counted[year_of(day - timedelta(days=1)).begins] += number
    if not counted:
        return year_of(today - timedelta(days=365))
    enough = max(counted.total() * _STRAY, _SLIPS)
    years = [year for year, number in counted.items() if number > enough]
    year = CollectionYear(max(years or [max(counted, key=lambda year: (counted[year], year))]))
    later = {day: number for day, number in reviews.items() if day > year.last_day}
    following = CollectionYear(year.begins + 1)
    within = sum(number for day, number in later.items() if day <= following.last_day)
    all_later = sum(later.values())
    if within > _SLIPS and within >= all_later * (1 - _STRAY) and following.first_day <= today:
        return following
    return year
