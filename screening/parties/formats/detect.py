"""Tells a list file's format by its content and reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from screening.errors import ListError
from screening.parties.formats import eu, ofac_advanced, ofac_csv, ofac_xml, opensanctions, own, uk, un, us
from screening.parties.formats.draft import clean
from screening.parties.formats.markup import root_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from screening.content.models import Content
    from screening.parties.formats.draft import Countries, Reading
    from screening.parties.formats.raw import RawFile

    Reader = Callable[[RawFile, Countries], "Reading | list[Reading]"]

_ROOTS: dict[str, Reader] = {
    ofac_xml.ROOT: ofac_xml.read,
    ofac_advanced.ROOT: ofac_advanced.read,
    un.ROOT: un.read,
    eu.OLD_ROOT: eu.read_old,
    eu.ROOT: eu.read_xml,
    uk.ROOT: uk.read_xml,
}
KNOWN = (
    "OFAC csv set, sdn.xml, sdn_advanced.xml; US Consolidated Screening List csv, json; BIS Denied Persons txt; EU xml, csv; "
    "UK csv, xml; UN xml; OpenSanctions targets.simple.csv, FollowTheMoney json; a table of one's own with a column of names"
)


def read_all(files: list[RawFile], content: Content, countries: Countries) -> list[Reading]:
    """Read files of any formats; OFAC's CSV files are joined, every other file is a list (or several) of its own.

    Raises:
        ListError: a file is damaged, or of no format that is known.
    """
    readings: list[Reading] = []
    parts: list[RawFile] = []
    for raw in files:
        found = _read(raw, content, countries)
        if found is None:
            parts.append(raw)
        else:
            readings += found if isinstance(found, list) else [found]
    if parts:
        readings.append(ofac_csv.read(parts, countries))
    return readings


def _read(raw: RawFile, content: Content, countries: Countries) -> Reading | list[Reading] | None:
    """What the file holds; None for one of OFAC's CSV files."""
    if raw.data.startswith(b"PK\x03\x04"):
        return own.read_table(raw, own.sheet_rows(raw), content, countries, own.XLSX)
    root = root_of(raw)
    if root is not None:
        if root[0] not in _ROOTS:
            raise ListError(f"{raw.name} is XML of a kind that is not known (its root is <{root[0][:60]}>). Known are: {KNOWN}.")
        return _ROOTS[root[0]](raw, countries)
    head = raw.text()[:4000].lstrip("\ufeff \r\n")
    if head.startswith("<"):
        raise ListError(f"{raw.name} begins like XML or a web page and is neither whole; fetch it again.")
    if head.startswith(("{", "[")):
        return _json(raw, head, countries)
    return _delimited(raw, head, content, countries)


def _json(raw: RawFile, head: str, countries: Countries) -> Reading | list[Reading]:
    first = head.splitlines()[0]
    if re.search(r'"schema"\s*:', first) and re.search(r'"properties"\s*:', first):
        return opensanctions.read_ftm(raw, countries)
    data: Any = us.parse_json(raw)
    records = data.get("results") if isinstance(data, dict) else data
    if isinstance(records, list) and records and isinstance(records[0], dict) and {"source", "name"} <= set(records[0]):
        return us.read_csl_json(raw, data, countries)
    if isinstance(data, dict) and {"schema", "properties"} <= set(data):
        return opensanctions.read_ftm(raw, countries)
    raise ListError(f"{raw.name} is JSON of a kind that is not known. Known are: {KNOWN}.")


def _delimited(raw: RawFile, head: str, content: Content, countries: Countries) -> Reading | list[Reading] | None:
    line = head.splitlines()[0] if head else ""
    numbered = re.match(r"\d+,", line)  # OFAC's files have no header, and semicolons in their remarks
    delimiter = "," if numbered else max("\t;,|", key=line.count)
    rows = raw.rows(delimiter if line.count(delimiter) else ",")
    columns = {clean(cell) for cell in rows[0]} if rows else set()
    if columns >= us.DPL_COLUMNS or (delimiter == "\t" and len(columns & us.DPL_COLUMNS) >= 3):
        return us.read_dpl(raw, countries)
    if columns >= us.CSL_COLUMNS:
        return us.read_csl_csv(raw, countries)
    if {"source", "name", "source_list_url"} <= columns:
        raise ListError(f"{raw.name} lacks the columns {', '.join(sorted(us.CSL_COLUMNS - columns))}; fetch it again.")
    if any(column.startswith(("Entity_", "NameAlias_")) for column in columns):
        return eu.read_csv(raw, countries)
    if {"id", "schema", "name"} <= columns:
        return opensanctions.read_csv(raw, countries)
    if uk.header_of(rows) is not None or columns & {"Last Updated", "Name 6"}:
        return uk.read_csv(raw, countries)
    if ofac_csv.part_of(rows):
        return None
    if own.columns_of(rows, content.list_columns) is None:
        raise ListError(f"{raw.name} is of no format that is known, and no column is headed 'name'. Known are: {KNOWN}.")
    return own.read_table(raw, rows, content, countries, own.CSV)
