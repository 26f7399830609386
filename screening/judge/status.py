"""The state of a legal text on a day. All days are inclusive, a suspension's last day too."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from screening.content.confirmations import CheckedDates
from screening.plaindata import record

if TYPE_CHECKING:
    from screening.content.confirmations import Confirmation
    from screening.content.models import Dates
    from screening.terms import Status

_ONE_DAY = dt.timedelta(days=1)


@record
class State:
    """A state and what it rests on."""

    status: Status
    since: dt.date | None = None
    """First day of the state, where it is known."""
    until: dt.date | None = None
    """Last day of the state, where one is known."""
    by: str = ""
    """Instrument that suspends, for ``suspended`` and ``unconfirmed``."""
    confirmed: Confirmation | None = None
    """The user's own confirmation that says so, where one does; else the content does."""


def state(dates: Dates, day: dt.date) -> State:
    """The state on ``day``: as the user's officer confirmed it for that day, else as the content knows it."""
    if isinstance(dates, CheckedDates):
        speaking = [c for c in dates.confirmations if c.covers(day)]
        if speaking:
            last = max(speaking, key=lambda c: (c.checked_on, c.from_))
            return State(last.state, since=last.from_, until=last.last, confirmed=last)
    return known_state(dates, day)


def known_state(dates: Dates, day: dt.date) -> State:
    """The state on ``day`` as the content knows it.

    Before ``in_force`` it is ``not_yet``, even if already suspended; ``unconfirmed`` begins the day after a suspension's last day
    when no later act is known. The age of the last verification never changes a state.
    """
    if dates.ended is not None and day >= dates.ended:
        return State("ended", since=dates.ended)
    covering = [s for s in dates.suspensions if s.from_ <= day and (s.until is None or day <= s.until)]
    if day < dates.in_force:
        return State("not_yet", until=dates.in_force - _ONE_DAY)
    if covering:
        last = max(covering, key=lambda s: s.until or dt.date.max)
        return State("suspended", since=last.from_, until=last.until, by=last.by)
    past = [s for s in dates.suspensions if s.until is not None and s.until < day]
    if past:
        last = max(past, key=lambda s: s.until or dt.date.min)
        assert last.until is not None  # noqa: S101 - filtered above
        return State("unconfirmed", since=last.until + _ONE_DAY, by=last.by)
    upcoming = min((s.from_ for s in dates.suspensions if s.from_ > day), default=None)
    ending = min((d for d in (dates.ended, upcoming) if d is not None), default=None)
    return State("in_force", since=dates.in_force, until=ending - _ONE_DAY if ending else None)


def changes(dates: Dates, day: dt.date, within: int) -> tuple[dt.date, State] | None:
    """The first change of state in the ``within`` days after ``day``, and the state it leads to."""
    now = state(dates, day).status
    for boundary in _boundaries(dates):
        if day < boundary <= day + dt.timedelta(days=within):
            then = state(dates, boundary)
            if then.status != now:
                return boundary, then
    return None


def in_force(dates: Dates) -> pl.Expr:
    """Whether ``line_date`` lies in the state ``in_force``."""
    return _is(dates, "in_force")


def counts(dates: Dates) -> pl.Expr:
    """Whether ``line_date`` lies in the state ``in_force`` or ``unconfirmed``."""
    return _is(dates, "in_force") | _is(dates, "unconfirmed")


def _is(dates: Dates, wanted: Status) -> pl.Expr:
    """States change on few days: one comparison per stretch between two of them."""
    boundaries = _boundaries(dates)
    result = pl.lit(value=state(dates, boundaries[0] - _ONE_DAY).status == wanted)
    for boundary in boundaries:
        here = state(dates, boundary).status == wanted
        result = pl.when(pl.col("line_date") >= boundary).then(pl.lit(here)).otherwise(result)
    return result


def _boundaries(dates: Dates) -> list[dt.date]:
    """The days on which the state may change, in order."""
    days = {dates.in_force, *([dates.ended] if dates.ended else [])}
    for suspension in dates.suspensions:
        days.update([suspension.from_, *([suspension.until + _ONE_DAY] if suspension.until else [])])
    if isinstance(dates, CheckedDates):
        for confirmation in dates.confirmations:
            days.update([confirmation.from_, confirmation.last + _ONE_DAY])
    return sorted(days)
