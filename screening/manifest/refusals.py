"""Why a sheet is not read: it is empty, has no header row, or is no manifest; and what is said of sheets that hide something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screening.folding import fold
from screening.manifest.accounting import SCREENABLE
from screening.terms import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.manifest.headers import Lexicon
    from screening.manifest.mapping import ColumnMap
    from screening.manifest.sheets import Sheet

_SHOWN = 3
"""Sheets that are named where none is read."""
NOT_READ = "the sheet is not read: "
EMPTY = "the sheet is empty"
_NO_HEADER = (
    "no header row found among its first rows; one row must name what the goods are (a description or an HS code) "
    "and at least one more known column"
)
_NO_GOODS = "no column of it names goods or a party"
_OF_A_SHIPMENT = (
    *("document_ref", "house_bill", "master_bill", "booking_no", "declaration_no", "invoice_no", "contract_no", "packages"),
    *("container_no", "marks", "vessel_name", *(f"{role}_{part}" for role in ROLES for part in ("name", "id"))),
)
"""Columns that statistics and lists of codes do not have."""
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"19[5-9]\d|20[0-4]\d")
_OWN_NUMBER = re.compile(r"(?<![^\W_])\d+(?![a-zA-Z])")


def no_header(sheet: Sheet) -> str:
    """Why a sheet in which no header row was found is not read."""
    return _NO_HEADER if any(cell and cell.strip() for row in sheet.head for cell in row) else EMPTY


def refusal_of(headers: Sequence[str], mapping: ColumnMap, lexicon: Lexicon) -> str:
    """Why a sheet with known headers is no manifest; empty where it may be one."""
    if not any(column in mapping.filled for column in SCREENABLE):
        return _NO_GOODS
    if any(column in mapping.filled for column in _OF_A_SHIPMENT):
        return ""
    word = next((header for header in headers if fold(header) in lexicon.no_manifest), None)
    if word is None and (years := _years(headers)):
        word = " … ".join(years[:2])
    if word is None:
        return ""
    return f"it looks like statistics or a list of codes ('{word}') and names no party, package or document of a shipment"


def _years(headers: Sequence[str]) -> list[str]:
    """The headers of different years ("2024 value", "E2017" beside "E2016"); none where there is no more than one year.

    A year is a number of its own, or one of several of which nothing but the year differs. Columns numbered on beyond the years
    are no years.
    """
    series: dict[str, dict[str, str]] = {}
    for header in headers:
        if number := _DIGITS.search(header):
            series.setdefault(_DIGITS.sub("#", fold(header)), {}).setdefault(number[0], header)
    years: dict[str, str] = {}
    for of in series.values():
        if all(map(_YEAR.fullmatch, of)) and (len(of) > 1 or any(map(_OWN_NUMBER.search, of.values()))):
            years = of | years
    return list(years.values()) if len(years) > 1 else []


def hidden_notes(sheet: Sheet, refusal: str = "") -> list[str]:
    """What a sheet hides, and that it was read all the same where it was not refused."""
    notes = ["the sheet is hidden; it was read all the same"] if sheet.hidden else []
    notes += [f"the sheet has {sheet.hides}; all was read all the same"] if sheet.hides else []
    return [note.partition(";")[0] for note in notes] if refusal else notes


def reasons(notes: Mapping[str, str]) -> str:
    """Why none of the sheets of a file was read, from the last note of each: once where it is the same for all."""
    found = {name: note.removeprefix(NOT_READ) for name, note in notes.items()}
    told = dict.fromkeys(found.values())
    if len(told) <= 1:
        return next(iter(told), "it has no sheets")
    shown = [f"sheet '{name}': {reason}" for name, reason in list(found.items())[:_SHOWN]]
    return "; ".join([*shown, *(["…"] if len(found) > len(shown) else [])])
