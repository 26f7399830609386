"""The same manifest written in many ways: its values come out, or the cell stays empty and that is said; never another value."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.mutations import HEADERS, Case, as_csv, cases, compare, grouped, only, table
from benchmarks.sheets import invented

ALL = list(cases())


@pytest.fixture(scope="session")
def outcome_of(words):
    """Compares one mutation; hypothesis prints its arguments, and the words themselves would fill pages."""
    return lambda case, folder: compare(case, folder, words)


@pytest.mark.parametrize("case", ALL, ids=[f"{case.group}: {case.name}" for case in ALL])
def test_a_mutation_changes_no_value(case, tmp_path, outcome_of):
    assert outcome_of(case, tmp_path).faults == []


NUMBERS = st.one_of(st.integers(1, 10**7).map(float), st.integers(1, 10**9).map(lambda number: number / 1000))
SIGNS = [("", "."), (",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("'", "."), ("", ",")]


@settings(max_examples=80, deadline=None)
@given(
    masses=st.lists(NUMBERS, min_size=1, max_size=6),
    signs=st.sampled_from(SIGNS),
    places=st.sampled_from([None, 2, 3]),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_a_number_comes_out_as_it_was_or_not_at_all(masses, signs, places, separator, tmp_path_factory, outcome_of):
    lines = [{"description": f"glue {number}", "net_kg": round(mass, places or 3)} for number, mass in enumerate(masses)]
    shown = grouped(*signs, places)("net_kg")
    # a column in which all numbers look like 1,234 is read as thousands: see docs/limits.md
    assume(signs[1] == "." or any(re.fullmatch(r".*[.\s'].*,\d+|0,\d+|\d+,(?:\d{1,2}|\d{4,})", shown(line)) for line in lines))
    written = table(lines, {"description": "Description", "net_kg": "Net weight (kg)"}, net_kg=shown)
    assert outcome_of(Case("", "", as_csv(written, separator), lines), tmp_path_factory.mktemp("mutation")).faults == []


YEAR = st.dates(min_value=dt.date(2026, 1, 1), max_value=dt.date(2026, 12, 31))
FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%y", "%y-%m-%d", "%d/%m/%y", "%m/%d/%y", "%Y%m%d", "%d %B %Y"]


@settings(max_examples=80, deadline=None)
@given(days=st.lists(YEAR, min_size=1, max_size=8), shown=st.sampled_from(FORMATS))
def test_a_date_comes_out_as_it_was_or_not_at_all(days, shown, tmp_path_factory, outcome_of):
    lines = [{"description": f"glue {number}", "ship_date": day} for number, day in enumerate(days)]
    headers = {"description": "Description", "ship_date": "Ship date"}
    made = table(lines, headers, ship_date=lambda line: line["ship_date"].strftime(shown))
    assert outcome_of(Case("", "", as_csv(made), lines), tmp_path_factory.mktemp("mutation")).faults == []


@settings(max_examples=40, deadline=None)
@given(
    order=st.permutations(list(HEADERS)),
    dropped=st.sets(st.sampled_from([column for column in HEADERS if column != "description"]), max_size=6),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_columns_may_stand_in_any_order(order, dropped, separator, encoding, tmp_path_factory, outcome_of):
    headers = {column: HEADERS[column] for column in order if column not in dropped}
    if len(headers) < 2:
        headers = HEADERS
    case = Case("", "", as_csv(table(headers=headers), separator, encoding), only(*headers))
    assert outcome_of(case, tmp_path_factory.mktemp("mutation")).faults == []


def test_no_header_of_a_layout_is_read_as_something_else(words):
    faults = [(verdict.sheet, fault) for verdict in invented(words) for fault in verdict.faults]
    assert [fault for fault in faults if not fault[1].startswith("missing")] == []
    assert len(faults) <= 3
