"""Dates as people write them. Whether ``03/04/2026`` is in March or in April is decided for a column, never for a cell."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Literal

import polars as pl

from screening.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Order = Literal["day", "month", "year", "each"]
"""What comes first in ``03/04/26``; ``each``: the column holds both, and only cells that leave no doubt are read."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_CENTURY_TURN = 70
"""Two-digit years below are 20xx."""
_EXCEL_DAYS = (25_569, 73_050)
"""Serial numbers of 1970-01-01 and 2099-12-31."""
_EXCEL_START = dt.date(1899, 12, 30)
"""Day 0 of spreadsheet serial numbers (the leap day of 1900 that never was is counted)."""
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}.*$|T\d{6}Z?$", re.DOTALL)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})\s*[日일]?(?:T.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/\s]\s*(\d{1,2})\s*[-/\s]\s*(\d{4}|\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4}|\d{2})")  # 1.3.2026: with dots the day comes first everywhere
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s\-/.,]*(?:de\s+)?([^\W\d_]{3,})\.?[\s\-/.,]*(?:de\s+)?'?(\d{4}|\d{2})"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.?[\s\-/.]*(\d{1,2})(?:st|nd|rd|th)?[\s,\-/.]+'?(\d{4}|\d{2})")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}\.?(?:,\s*|\s+(?=\d{1,2}\D*[^\W\d_]{3}))|(?<=\d{4})\s*[^\W\d_]{1,4}\.?$")
"""The day of the week before a date, and what says that its number is a year."""
_SHORT = re.compile(r"(\d{2})[-/.\s](\d{1,2})[-/.\s](\d{1,2})")
_SHORT_YEARS = range(10, 40)
"""Two digits at the beginning that may be a year: 2010 to 2039."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FEW_CELLS = 128
"""Up to so many cells are read one by one where all of them are ISO dates."""
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


def date_order(texts: Iterable[str]) -> Order | None:
    """What comes first in the dates of a column, from those that leave no doubt; None where all of them do."""
    found: set[Order] = set()
    triples = []
    year_first = True
    for text in texts:
        bare = _bare(text)
        match = _YEAR_LAST.fullmatch(bare) or _DOTTED.fullmatch(bare)
        if not match:
            continue
        triples.append((match[1], match[3]))
        year_first = year_first and _may_begin_with_year(bare)
        first, second = int(match[1]), int(match[2])
        if 12 < first <= 31 and second <= 12:
            found.add("day")
        elif 12 < second <= 31 and first <= 12:
            found.add("month")
    if triples and year_first:  # years are few and days are many
        firsts, lasts = (len(set(part)) for part in zip(*triples, strict=True))
        return "year" if _are_few(firsts, lasts) else "day" if _are_few(lasts, firsts) else None
    if len(found) > 1:
        return "each"
    return next(iter(found), None)


def _are_few(years: int, days: int) -> bool:
    return years < days and (years == 1 or 2 * years <= days)


def is_open(text: str) -> bool:
    """Whether ``text`` is a date that reads two ways."""
    bare = _bare(text)
    if _may_begin_with_year(bare):
        return True
    match = _YEAR_LAST.fullmatch(bare)
    return match is not None and max(int(match[1]), int(match[2])) <= 12 and int(match[1]) != int(match[2])


def _may_begin_with_year(bare: str) -> bool:
    match = _SHORT.fullmatch(bare)
    return match is not None and int(match[1]) in _SHORT_YEARS and int(match[2]) <= 12 and 1 <= int(match[3]) <= 31


def read_date(text: str, order: Order | None, months: Mapping[str, int]) -> dt.date | None:
    """One date, or None: where it is none, is outside 1970 to 2099, or reads two ways in a column that does not tell.

    Args:
        text: A cell.
        order: What comes first in this column, from `date_order`.
        months: Folded names of months to their numbers.
    """
    text = _bare(text)
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if order in (None, "year", "each") and _may_begin_with_year(text) and (match := _SHORT.fullmatch(text)):
        return _date(_year(match[1]), int(match[2]), int(match[3])) if order == "year" else None
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        if second > 12 or (order == "month" and first <= 12):
            return _date(year, first, second)
        return _date(year, second, first) if first > 12 or first == second or order == "day" else None
    if match := _DOTTED.fullmatch(text):
        return _date(_year(match[3]), int(match[2]), int(match[1]))
    if (match := _DAY_MONTH.fullmatch(text)) and (month := months.get(fold(match[2]))):
        return _date(_year(match[3]), month, int(match[1]))
    if (match := _MONTH_DAY.fullmatch(text)) and (month := months.get(fold(match[1]))):
        return _date(_year(match[3]), month, int(match[2]))
    if _SERIAL.fullmatch(text) and _EXCEL_DAYS[0] <= float(text) <= _EXCEL_DAYS[1]:
        return _EXCEL_START + dt.timedelta(days=int(float(text)))
    return None


def read_dates(cells: pl.Series, order: Order | None, months: Mapping[str, int], known: dict[str, dt.date | None]) -> pl.Series:
    """A column of dates: ISO ones at once, every other distinct text once."""
    if len(cells) <= _FEW_CELLS and (few := _iso(cells.to_list())) is not None:
        return pl.Series(cells.name, few, dtype=pl.Date)
    days = cells.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    possible = cells.str.contains(r"^\d{4}-\d{2}-\d{2}(?:[T\s].*)?$") & days.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)
    days = days.set(~possible.fill_null(value=False), None)
    open_cells = days.is_null() & cells.is_not_null()
    if not open_cells.any():
        return days
    at = open_cells.arg_true()
    rest = cells.gather(at).str.replace(r"[T\s]+\d{1,2}:\d{2}(?s:.*)$", "")
    distinct = rest.unique().to_list()
    for text in distinct:
        if text not in known:
            known[text] = read_date(text, order, months)
    read = rest.replace_strict(
        pl.Series(distinct, dtype=pl.String),
        pl.Series([known[text] for text in distinct], dtype=pl.Date),
        default=None,
        return_dtype=pl.Date,
    )
    return days.scatter(at, read)


def _iso(few: list[str | None]) -> list[dt.date | None] | None:
    """A few cells as dates, if all of them are ISO dates: for a single line the queries are most of the work."""
    if not all(text is None or _ISO.fullmatch(text) for text in few):
        return None
    try:
        days = [None if text is None else dt.date.fromisoformat(text) for text in few]
    except ValueError:
        return None
    return days if all(day is None or _FIRST_YEAR <= day.year <= _LAST_YEAR for day in days) else None


def _bare(text: str) -> str:
    """The date without time of day and weekday."""
    text = unicodedata.normalize("NFKC", text).strip()
    return _WEEKDAY.sub("", _TIME.sub("", text)).strip()


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < _CENTURY_TURN else 1900)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    return date if _FIRST_YEAR <= year <= _LAST_YEAR else None
