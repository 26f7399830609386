"""The state of every law, notice and list act on the day before, the day of and the day after each of its changes.

The days are written out here from the documents, so that a slip in a content file is a failed test.
"""

from __future__ import annotations

import datetime as dt

import pytest

from screening.content.snapshot import shipped
from screening.judge.status import state

DAY = dt.timedelta(days=1)
PACKAGE = [("2025-11-08", "suspended"), ("2026-11-11", "unconfirmed")]
"""Nos 55 to 58 were suspended the day before they would have begun."""

CHANGES: dict[str, list[tuple[str, str]]] = {
    # ---- laws, decrees, catalogues, guidance
    "ecl-2020": [("2020-12-01", "in_force")],
    "duir-792": [("2024-12-01", "in_force")],
    "dul-2024-51": [("2024-12-01", "in_force")],
    "liccat-2026": [("2026-01-01", "in_force")],
    "foreign-trade-law": [("1994-07-01", "in_force")],
    "customs-law": [("1987-07-01", "in_force")],
    "rer-785": [("2024-10-01", "in_force")],
    "techcat-2023-57": [("2023-12-21", "in_force")],
    "techcat-2025-28": [("2025-07-15", "in_force")],
    "cn-mofcom-faq-2025-re": [("2025-09-16", "in_force")],
    "cn-mofcom-general-licence-2025": [("2025-12-19", "in_force")],
    "cn-state-trading-2025-68": [("2026-01-01", "in_force")],
    "cn-antismuggling-2025": [("2025-05-09", "in_force")],
    "gacc-2025-123": [("2025-06-16", "in_force")],
    "anti-foreign-sanctions-law": [("2021-06-10", "in_force")],
    "cn-mofcom-order-2021-1": [("2021-01-09", "in_force")],
    "cn-sc-jurisdiction-2026": [("2026-04-13", "in_force")],
    # ---- items
    "cn-mofcom-gac-2023-23": [("2023-08-01", "in_force")],
    "cn-mofcom-gac-2023-39": [("2023-12-01", "in_force")],
    "cn-mofcom-gac-2024-33": [("2024-09-15", "in_force")],
    "cn-mofcom-gac-2025-10": [("2025-02-04", "in_force")],
    "cn-mofcom-gac-2025-18": [("2025-04-04", "in_force")],
    "cn-mofcom-gac-2025-55": PACKAGE,
    "cn-mofcom-gac-2025-56": PACKAGE,
    "cn-mofcom-gac-2025-57": PACKAGE,
    "cn-mofcom-gac-2025-58": PACKAGE,
    "cn-mofcom-2025-61": [("2025-10-09", "in_force"), ("2025-11-07", "suspended"), ("2026-11-11", "unconfirmed")],
    "cn-mofcom-2025-61/art1(1)": [("2025-12-01", "suspended"), ("2026-11-11", "unconfirmed")],
    "cn-mofcom-2025-61/art1(2)": [("2025-12-01", "suspended"), ("2026-11-11", "unconfirmed")],
    "cn-mofcom-2025-62": [("2025-10-09", "in_force"), ("2025-11-07", "suspended"), ("2026-11-11", "unconfirmed")],
    # ---- destinations and users: article 1 stays while article 2 sleeps
    "cn-mofcom-2024-46": [("2024-12-03", "in_force")],
    "cn-mofcom-2024-46/art-2": [("2024-12-03", "in_force"), ("2025-11-09", "suspended"), ("2026-11-28", "unconfirmed")],
    "cn-mofcom-2024-46/art-2-graphite": [("2024-12-03", "in_force"), ("2025-11-09", "suspended"), ("2026-11-28", "unconfirmed")],
    "cn-mofcom-2024-46/art-3": [("2024-12-03", "in_force"), ("2025-11-09", "suspended"), ("2026-11-28", "unconfirmed")],
    "cn-mofcom-2026-1": [("2026-01-06", "in_force")],
    # ---- acts that suspend, end once their time is over
    "cn-mofcom-gac-2025-70": [("2025-11-07", "in_force"), ("2026-11-11", "ended")],
    "cn-mofcom-2025-72": [("2025-11-09", "in_force"), ("2026-11-28", "ended")],
    "cn-mofcom-statement-2025-05-14": [("2025-05-14", "in_force"), ("2025-08-12", "ended")],
    "cn-mofcom-statement-2025-08-12": [("2025-08-12", "in_force"), ("2025-11-10", "ended")],
    "cn-mofcom-statement-2025-11-05": [("2025-11-10", "in_force"), ("2026-11-11", "ended")],
    "cn-mofcom-order-2025-7": [("2025-11-10", "in_force"), ("2026-11-11", "ended")],
    "cn-mofcom-order-2026-1": [("2026-04-24", "in_force")],
    # ---- notices that list parties
    "cn-mofcom-2025-1": [("2025-01-02", "in_force")],
    "cn-mofcom-2025-13": [("2025-03-04", "in_force"), ("2025-11-10", "ended")],
    "cn-mofcom-2025-21": [("2025-04-04", "in_force"), ("2025-05-14", "suspended"), ("2026-11-11", "unconfirmed")],
    "cn-mofcom-2025-22": [("2025-04-10", "in_force"), ("2025-05-14", "suspended"), ("2025-08-12", "ended")],
    "cn-mofcom-2025-35": [("2025-07-09", "in_force")],
    "cn-mofcom-2025-51": [("2025-09-25", "in_force")],
    "cn-mofcom-2026-11": [("2026-02-24", "in_force")],
    "cn-mofcom-2026-12": [("2026-02-24", "in_force")],
    "cn-mofcom-2026-20": [("2026-04-24", "in_force")],
    "cn-mofcom-2026-23": [("2026-06-22", "in_force")],
    "cn-mofcom-2026-27": [("2026-06-29", "in_force")],
    "cn-mofcom-2026-28": [("2026-06-29", "in_force")],
    "cn-mofcom-2026-30": [("2026-07-24", "in_force")],
    "cn-uel-2023-1": [("2023-02-16", "in_force")],
    "cn-uel-2024-05-20": [("2024-05-20", "in_force")],
    "cn-uel-2025-1": [("2025-01-02", "in_force")],
    "cn-uel-2025-2": [("2025-01-14", "in_force")],
    "cn-uel-2025-3": [("2025-01-15", "in_force")],
    "cn-uel-2025-4": [("2025-02-04", "in_force")],
    "cn-uel-2025-5": [("2025-03-04", "in_force"), ("2025-11-10", "ended")],
    "cn-uel-2025-7": [("2025-04-04", "in_force"), ("2025-05-14", "suspended"), ("2026-11-11", "unconfirmed")],
    "cn-uel-2025-8": [("2025-04-10", "in_force"), ("2025-05-14", "suspended"), ("2025-08-12", "ended")],
    "cn-uel-2025-9": [("2025-09-25", "in_force")],
    "cn-uel-2025-10": [("2025-10-09", "in_force")],
    "cn-mofcom-order-2025-5": [("2025-08-13", "in_force"), ("2026-04-24", "ended")],
    "cn-mofcom-order-2025-6": [("2025-10-14", "in_force"), ("2025-11-10", "suspended"), ("2026-11-11", "unconfirmed")],
    "cn-mofcom-order-2026-2": [("2026-08-05", "in_force")],
    "cn-mofcom-order-2026-3": [("2026-08-05", "in_force")],
}


@pytest.fixture(scope="module")
def dated():
    """Dates by id of instrument, item with dates of its own, and notice of a list."""
    content = shipped()
    found = {ident: law.dates for ident, law in content.instruments.items()}
    found |= {f"{i.id}/{item.code}": item.dates for i in content.instruments.values() for item in i.items if item.dates}
    found |= {name: notice.dates for w in content.watchlists.values() for name, notice in w.notices.items()}
    return found


@pytest.mark.parametrize("ident", CHANGES)
def test_state_on_the_day_before_the_day_and_the_day_after(dated, ident):
    before = "not_yet"
    for day, then in CHANGES[ident]:
        first = dt.date.fromisoformat(day)
        told = [state(dated[ident], d).status for d in (first - DAY, first, first + DAY)]
        assert told == [before, then, then], f"{ident} around {day}"
        before = then
    assert state(dated[ident], dt.date(2027, 12, 31)).status == before, f"{ident}: nothing further is known"


@pytest.mark.parametrize(
    ("first", "last"), [("2025-05-14", "2025-08-11"), ("2025-08-12", "2025-11-09"), ("2025-11-10", "2026-11-10")]
)
@pytest.mark.parametrize("ident", ["cn-mofcom-2025-21", "cn-uel-2025-7"])
def test_each_of_the_three_suspensions_is_named_with_the_act_behind_it(dated, ident, first, last):
    acts = set()
    for day in (dt.date.fromisoformat(first), dt.date.fromisoformat(last)):
        now = state(dated[ident], day)
        assert (now.since, now.until) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        acts.add(now.by)
    (act,) = acts
    assert dated[act].in_force == dt.date.fromisoformat(first)


def test_every_suspension_names_the_act_that_suspends_and_what_to_check_after_it():
    content = shipped()
    for law in content.instruments.values():
        dates = [law.dates, *(item.dates for item in law.items if item.dates)]
        assert all(s.by in content.instruments for d in dates for s in d.suspensions), law.id
        assert law.what_to_check or not any(d.suspensions for d in dates), law.id
    for watchlist in content.watchlists.values():
        for name, notice in watchlist.notices.items():
            assert all(s.by in content.instruments for s in notice.dates.suspensions), name
            assert notice.what_to_check or notice.dates.ended or not notice.dates.suspensions, name
