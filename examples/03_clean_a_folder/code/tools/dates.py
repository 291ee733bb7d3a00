"""Days on which the shop is closed."""

import datetime


def closed(day, holidays=frozenset()):
    if day.weekday() == 6:
        return True
    return day in holidays


def next_open(day, holidays=frozenset()):
    while closed(day, holidays):
        day += datetime.timedelta(days=1)
    return day
