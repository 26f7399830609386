"""The UK Sanctions List (CSV, XML) and OFSI's ConList (CSV of all years), which it replaced on 28 January 2026.

The CSV has a first row with the day, the header in the second, and a row for every name or address; rows are joined by
``Unique ID`` (UK Sanctions List) or ``Group ID`` (ConList).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screening.errors import ListError
from screening.parties.formats.draft import Countries, Draft, Reading, born, cells_of, clean, day
from screening.parties.formats.markup import Element, stream, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.content.listmodels import EntryKind, NameKind
    from screening.parties.formats.raw import RawFile

CSV, CONLIST, XML = "uk-csv", "uk-conlist", "uk-xml"
ROOT = "Designations"
COLUMNS, CONLIST_COLUMNS = {"Unique ID", "Name 6", "Name type"}, {"Group ID", "Name 6", "Alias Type"}
_KIND: dict[str, EntryKind] = {"individual": "person", "entity": "company", "ship": "vessel"}
_FORENAMES = tuple(f"Name {number}" for number in range(1, 6))
_IMO = re.compile(r"(?<!\d)\d{7}(?!\d)")
_NUMBER = re.compile(r"(?<![\w.])(?=[A-Z0-9/-]*\d[A-Z0-9/-]*\d)[A-Z0-9][A-Z0-9/-]{4,}\b(?!\.\d)")
"""A number within the words that these cells hold; days (8.11.2005) and years are none."""
_ASKED: dict[str, tuple[str, ...]] = {
    "kind": ("Designation Type", "Group Type"),
    "name type": ("Name type", "Alias Type"),
    "strength": ("Alias strength", "Alias Quality"),
    "script": ("Name non-latin script", "Name Non-Latin Script"),
    "programme": ("Regime Name", "Regime"),
    "listed": ("Date Designated", "UK Sanctions List Date Designated", "Listed On"),
    "born": ("D.O.B", "DOB"),
    "nationality": ("Nationality(/ies)", "Nationality"),
    "country": ("Address Country", "Country"),
    "postcode": ("Address Postal Code", "Post/Zip Code"),
    "national_id": ("National Identifier number", "National Identification Number", "NI Number"),
    "passport": ("Passport number", "Passport Number", "Passport Details"),
    "registration": ("Business registration number (s)",),
    "imo": ("IMO number",),
    "flag": ("Current believed flag of ship",),
}
"""What is asked of a row, and the columns that have held it over the years, the newest first."""
_NOTES = ("Title", "Position", "Sanctions Imposed", "Other Information", "Type of entity", "Parent company")


def header_of(rows: list[list[str]]) -> int | None:
    """Index of the header among the first rows; None where none of them is one."""
    for index, row in enumerate(rows[:5]):
        columns = {clean(cell) for cell in row}
        if columns >= COLUMNS or columns >= CONLIST_COLUMNS:
            return index
    return None


def read_csv(raw: RawFile, countries: Countries) -> Reading:
    """Read either CSV.

    Raises:
        ListError: the file is damaged or lacks columns.
    """
    rows = raw.rows()
    start = header_of(rows)
    if start is None:
        raise ListError(f"{raw.name} lacks the columns {', '.join(sorted(COLUMNS))}; fetch it again.")
    columns = [clean(cell) for cell in rows[start]]
    current = set(columns) >= COLUMNS
    reading = Reading(CSV if current else CONLIST, files=[raw])
    for row in rows[:start]:
        reading.date = reading.date or next((found for cell in row if (found := day(cell.removeprefix("Report Date:")))), None)
    for row in rows[start + 1 :]:
        cells = {name: clean(cell) for name, cell in cells_of(columns, row).items()}
        ident = cells.get("Unique ID" if current else "Group ID", "")
        if not ident:
            reading.unused["rows without an id"] += 1
            continue
        _row(cells, reading.draft(ident, _KIND.get(_of(cells, "kind").lower(), "unknown")), countries)
    return reading


def _of(cells: Mapping[str, str], asked: str) -> str:
    return next((text for column in _ASKED[asked] if (text := cells.get(column, ""))), "")


def _row(cells: dict[str, str], draft: Draft, countries: Countries) -> None:
    name = " ".join(text for part in (*_FORENAMES, "Name 6") if (text := cells.get(part)))
    draft.name(name, name_kind(_of(cells, "name type"), _of(cells, "strength")))
    for text in re.split(r"\s*/\s*|;", _of(cells, "script")):
        draft.name(text, "original")
    country = re.sub(r"(?i)^in ", "", _of(cells, "country"))
    code = countries.code(re.sub(r"(?i)\s*(\(|as at\b|previous).*", "", country))
    lines = [cells.get(f"{word} {n}") for n in range(1, 7) for word in ("Address Line", "Address") if cells.get(f"{word} {n}")]
    draft.address([*lines, _of(cells, "postcode"), None if code else country], code)
    draft.country(*countries.codes(_of(cells, "nationality")), countries.code(_of(cells, "flag")))
    draft.born += [born(text) for text in re.split(r"\(\d+\)", _of(cells, "born")) if clean(text)]
    for label in ("national_id", "passport", "registration"):
        for number in _NUMBER.findall(_of(cells, label)):
            draft.identify(label.replace("_", " "), number)
    for number in _IMO.findall(_of(cells, "imo")):
        draft.identify("imo", number)
    draft.programmes.append(_of(cells, "programme"))
    draft.listed_on = draft.listed_on or day(_of(cells, "listed"))
    for column in _NOTES:
        draft.note(cells.get(column))


def name_kind(kind: str, strength: str = "") -> NameKind:
    """What a name is, by the words of the list."""
    plain = kind.lower()
    if plain.startswith("prim"):
        return "alias" if "variation" in plain else "name"
    if "low" in strength.lower():
        return "weak"
    return "former" if plain.startswith("f") else "alias"


def read_xml(raw: RawFile, countries: Countries) -> Reading:
    """Read the XML of the UK Sanctions List. Raises ListError where it is damaged."""
    reading = Reading(XML, files=[raw])
    for element in stream(raw, {"Designation", "DateGenerated"}):
        if element.tag == "DateGenerated":
            reading.date = day(element.text)
        else:
            _designation(element, reading, countries)
    return reading


def _designation(element: Element, reading: Reading, countries: Countries) -> None:
    ident = text_of(element, "UniqueID")
    if not ident:
        reading.unused["entries without an id"] += 1
        return
    draft = reading.draft(ident, _KIND.get(text_of(element, "IndividualEntityShip").lower(), "unknown"))
    for name in element.iterfind("Names/Name"):
        whole = " ".join(text for n in (1, 2, 3, 4, 5, 6) if (text := text_of(name, f"Name{n}")))
        draft.name(whole, name_kind(text_of(name, "NameType"), text_of(name, "AliasStrength")))
    for text in _all(element, "NameNonLatinScript"):
        draft.name(text, "original")
    for address in element.iterfind("Addresses/Address"):
        lines = [text_of(address, f"AddressLine{n}") for n in range(1, 7)]
        draft.address([*lines, text_of(address, "AddressPostalCode")], countries.code(text_of(address, "AddressCountry")))
    for text in [*_all(element, "Nationality"), *_all(element, "CurrentBelievedFlagOfShip")]:
        draft.country(*countries.codes(text))
    draft.born += [born(text) for text in _all(element, "DOB")]
    for tag, label in (
        ("NationalIdentifierNumber", "national id"),
        ("PassportNumber", "passport"),
        ("BusinessRegistrationNumber", "registration"),
        ("IMONumber", "imo"),
    ):
        for text in _all(element, tag):
            for number in (_IMO if label == "imo" else _NUMBER).findall(text) or [text]:
                draft.identify(label, number)
    draft.programmes.append(text_of(element, "RegimeName"))
    draft.listed_on = day(text_of(element, "DateDesignated"))
    for tag in ("Title", "Position", "SanctionsImposed", "OtherInformation", "TypeOfEntity", "ParentCompany"):
        for text in _all(element, tag):
            draft.note(text)


def _all(element: Element, tag: str) -> list[str]:
    return [text for found in element.iter(tag) if (text := clean(found.text))]
