"""The state of a law is right to the day, boundaries included."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.content.confirmations import CheckedDates, Confirmation
from screening.content.models import Dates, Suspension
from screening.judge.status import changes, counts, in_force, known_state, state

D = dt.date
PACKAGE = Dates(
    issued=D(2025, 10, 9),
    in_force=D(2025, 11, 8),
    suspensions=[Suspension(from_=D(2025, 11, 7), until=D(2026, 11, 10), by="n70")],
)
ARTICLE = Dates(in_force=D(2024, 12, 3), suspensions=[Suspension(from_=D(2025, 11, 9), until=D(2026, 11, 27), by="n72")])
ENDED = Dates(in_force=D(2025, 3, 4), ended=D(2025, 11, 10))


@pytest.mark.parametrize(
    ("dates", "day", "status"),
    [
        (PACKAGE, D(2025, 11, 6), "not_yet"),
        (PACKAGE, D(2025, 11, 7), "not_yet"),  # suspended before it began: still not begun
        (PACKAGE, D(2025, 11, 8), "suspended"),
        (PACKAGE, D(2026, 11, 10), "suspended"),
        (PACKAGE, D(2026, 11, 11), "unconfirmed"),
        (ARTICLE, D(2024, 12, 2), "not_yet"),
        (ARTICLE, D(2024, 12, 3), "in_force"),
        (ARTICLE, D(2025, 11, 8), "in_force"),
        (ARTICLE, D(2025, 11, 9), "suspended"),
        (ARTICLE, D(2026, 11, 27), "suspended"),
        (ARTICLE, D(2026, 11, 28), "unconfirmed"),
        (ENDED, D(2025, 11, 9), "in_force"),
        (ENDED, D(2025, 11, 10), "ended"),
    ],
)
def test_state_on_boundary_days(dates: Dates, day: dt.date, status: str) -> None:
    assert state(dates, day).status == status


def test_a_change_within_the_notice_period_is_told() -> None:
    day, then = changes(ARTICLE, D(2026, 11, 21), 14) or (None, None)
    assert (day, then and then.status) == (D(2026, 11, 28), "unconfirmed")
    assert changes(ARTICLE, D(2026, 11, 13), 14) is None


DAYS = st.dates(D(2024, 1, 1), D(2027, 12, 31))


@st.composite
def confirmations(draw: st.DrawFn) -> Confirmation:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    word = draw(st.sampled_from(["in_force", "suspended", "not_yet", "ended"]))
    told = {"source": "a reply", "checked_by": "J. Doe", "checked_on": draw(DAYS), "expires": D(2028, 1, 1)}
    return Confirmation(instrument="n", state=word, from_=first, until=draw(st.sampled_from([last, None])), **told)


@st.composite
def checked(draw: st.DrawFn) -> Dates:
    """Dates of a law, and what somebody confirmed about them."""
    dates = draw(st.sampled_from([PACKAGE, ARTICLE, ENDED]))
    parts = {name: getattr(dates, name) for name in ("issued", "in_force", "ended", "suspensions")}
    return CheckedDates(**parts, confirmations=tuple(draw(st.lists(confirmations(), max_size=3))))


@given(checked(), DAYS)
def test_a_confirmation_decides_on_its_days_and_on_no_other(dates: CheckedDates, day: dt.date) -> None:
    found = state(dates, day)
    covering = [c for c in dates.confirmations if c.covers(day)]
    assert (found.confirmed in covering) if covering else found == known_state(dates, day)
    assert not covering or found.status == found.confirmed.state


@given(st.sampled_from([PACKAGE, ARTICLE, ENDED]) | checked(), st.lists(DAYS, min_size=1, max_size=20))
def test_expressions_say_what_state_says(dates: Dates, days: list[dt.date]) -> None:
    frame = pl.DataFrame({"line_date": days}, schema={"line_date": pl.Date})
    found = frame.select(force=in_force(dates), counts=counts(dates))
    assert found["force"].to_list() == [state(dates, day).status == "in_force" for day in days]
    assert found["counts"].to_list() == [state(dates, day).status in ("in_force", "unconfirmed") for day in days]
