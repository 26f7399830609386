"""The US Consolidated Screening List (CSV of all years, JSON) and the Denied Persons List of BIS (tab-separated text).

The Consolidated Screening List holds a dozen lists of different legal effect; each becomes a list of its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from screening.errors import ListError
from screening.parties.formats.draft import Countries, Draft, Reading, born, cells_of, clean, day, identifier_kind

if TYPE_CHECKING:
    from screening.content.listmodels import EntryKind
    from screening.parties.formats.raw import RawFile

CSL_CSV, DPL = "csl-csv", "bis-dpl"
CSL_COLUMNS = {"source", "name", "alt_names", "addresses", "federal_register_notice", "license_requirement"}
DPL_COLUMNS = {"Name", "Street_Address", "Country", "Effective_Date", "Expiration_Date", "FR_Citation"}
_KIND: dict[str, EntryKind] = {"individual": "person", "entity": "company", "vessel": "vessel", "aircraft": "aircraft"}
_CODE = re.compile(r"\((?:NS-)?([A-Z]{2,4})(?: List)?\)")
_SUCCESSORS = re.compile(r"[;,]? and any successor.*$", re.IGNORECASE)
_ALSO = re.compile(r"[,;]?\s*\(?\b(?:(also known as|a\.?/?k\.?/?a\.?|d/b/a)|(f/k/a|formerly known as))\b:?\s*", re.IGNORECASE)
_ADDRESS_ALONE = re.compile(r"Address \d+\b.*")
"""How the Entity List heads an address that is listed by itself."""
_ENDS_IN_COUNTRY = re.compile(r"(?:^|, ?)([A-Z]{2})$")


def read_csl_csv(raw: RawFile, countries: Countries) -> list[Reading]:
    """Read the CSV form. Raises ListError where it is damaged or lacks columns."""
    header, *rows = raw.rows()
    columns = [clean(cell).lower() for cell in header]
    lists: dict[str, Reading] = {}
    for row in rows:
        if len(row) < len(columns) - 1:  # the last column, ids, is missing on some rows as published
            _of(lists, "", raw).unused["rows with too few cells"] += 1
            continue
        _csl(cells_of(columns, row), lists, raw, countries)
    return list(lists.values())


def read_csl_json(raw: RawFile, data: Any, countries: Countries) -> list[Reading]:
    """Read the JSON form, already parsed: ``{"results": [...]}`` or the list alone."""
    records = data.get("results") if isinstance(data, dict) else data
    lists: dict[str, Reading] = {}
    for record in records if isinstance(records, list) else []:
        if isinstance(record, dict):
            _csl(record, lists, raw, countries)
    sources = data.get("sources_used") if isinstance(data, dict) else None
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict) and (code := _code(str(source.get("source") or ""))) in lists:
            lists[code].date = day(str(source.get("source_last_updated") or "")[:10])
    return list(lists.values())


def _of(lists: dict[str, Reading], source: str, raw: RawFile) -> Reading:
    code = _code(source)
    if code not in lists:
        lists[code] = Reading(CSL_CSV, code=code, files=[raw])
    return lists[code]


def _code(source: str) -> str:
    """What a file calls a list, shortly: ``Entity List (EL) - Bureau of Industry and Security`` is ``EL``."""
    found = _CODE.search(source)
    return found[1] if found else source


def _csl(record: dict[str, Any], lists: dict[str, Reading], raw: RawFile, countries: Countries) -> None:
    reading = _of(lists, clean(str(record.get("source") or "")), raw)
    name = _SUCCESSORS.sub("", clean(record.get("name")))
    if not name:
        reading.unused["rows without a name"] += 1
        return
    started = day(record.get("start_date"))
    ident = clean(str(record.get("entity_number") or "")) or f"{reading.code.lower()}-{_hash(name, str(started or ''))}"
    draft = reading.draft(ident, _KIND.get(clean(record.get("type")).lower(), "unknown"))
    if _ADDRESS_ALONE.fullmatch(name):
        draft.kind = "address"
    _names(name, draft)
    for text in _several(record.get("alt_names")):
        draft.name(re.sub(r"^and ", "", text), "alias")
    _addresses(record.get("addresses"), draft, countries)
    draft.programmes += _several(record.get("programs"))
    for key in ("nationalities", "citizenships", "country", "vessel_flag"):
        draft.country(*(code for text in _several(record.get(key)) if (code := countries.code(text))))
    draft.born += [born(text) for text in _several(record.get("dates_of_birth"))]
    ids = record.get("ids")
    for found in ids if isinstance(ids, list) else _several(ids):
        _identifier(found, draft)
    draft.identify("call sign", record.get("call_sign"))
    draft.listed_on = started
    ends = day(record.get("end_date"))
    draft.delisted_on = ends + dt.timedelta(days=1) if ends else None
    for key in ("title", "license_requirement", "license_policy", "federal_register_notice", "remarks"):
        draft.note(record.get(key) if isinstance(record.get(key), str) else None)


def _names(text: str, draft: Draft) -> None:
    """A cell with one name, or with others after "also known as" and "f/k/a"."""
    first, *rest = _ALSO.split(text)
    draft.name(first, "name")
    for former, name in zip(rest[1::3], rest[2::3], strict=True):  # in threes: "also known as", "formerly", the name after it
        draft.name(name.rstrip(" )"), "former" if former else "alias")


def _several(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else str(value or "").split(";")
    return [text for part in texts if (text := clean(str(part)))]


def _addresses(value: Any, draft: Draft, countries: Countries) -> None:
    if isinstance(value, list):
        for place in value:
            if isinstance(place, dict):
                parts = [place.get(key) for key in ("address", "city", "state", "postal_code")]
                draft.address(parts, countries.code(place.get("country")))
        return
    for text in _several(value):
        line = re.sub(r"^and ", "", text)
        found = _ENDS_IN_COUNTRY.search(line)
        code = countries.code(found[1]) if found else None
        draft.address(line[: found.start()] if found and code else line, code)


def _identifier(found: Any, draft: Draft) -> None:
    """``{"type", "number", "country"}``, or ``US, 80-0890696, Tax ID No.`` (until 2024), ``Passport, 836238033, KP`` (since)."""
    if isinstance(found, dict):
        draft.identify(clean(found.get("type")), clean(str(found.get("number") or "")))
        return
    parts = [part for text in found.split(",") if (part := text.strip()) and not re.fullmatch(r"[A-Z]{2}", part)]
    labels = [part for part in parts if identifier_kind(part) not in (None, "other")]
    values = [part for part in parts if part not in labels and re.search(r"\d|^[A-Z]{6,11}$", part)]
    if labels and values and not any(identifier_kind(part) is None for part in parts):
        draft.identify(labels[0], values[0])


def read_dpl(raw: RawFile, countries: Countries) -> Reading:
    """Read BIS's text: one row an address, so rows of one name and order are one entry.

    Raises:
        ListError: columns are missing.
    """
    header, *rows = raw.rows("\t")
    columns = [clean(cell) for cell in header]
    if missing := DPL_COLUMNS - set(columns):
        raise ListError(f"{raw.name} lacks the columns {', '.join(sorted(missing))}; fetch it again.")
    reading = Reading(DPL, code="DPL", files=[raw])
    for row in rows:
        if len(row) < len(columns):
            reading.unused["rows with too few cells"] += 1
            continue
        cells = cells_of(columns, row)
        name, effective = clean(cells["Name"]), clean(cells["Effective_Date"])
        if not name:
            reading.unused["rows without a name"] += 1
            continue
        draft = reading.draft(f"dpl-{_hash(name, effective)}")
        _names(name, draft)
        written = clean(cells["Country"])
        # addresses in the United States have a state, and since 2016 mostly no country
        code = countries.code(written or ("US" if clean(cells.get("State")) else ""))
        draft.address([cells.get(key) for key in ("Street_Address", "City", "State", "Postal_Code")], code)
        draft.listed_on = day(effective, "mdy")
        ends = day(cells["Expiration_Date"], "mdy")
        draft.delisted_on = ends + dt.timedelta(days=1) if ends else None
        draft.note(cells["FR_Citation"])
        updated = day(cells.get("Last_Update"))
        if updated and (reading.date or dt.date.min) < updated <= dt.date.today():  # one published row is of the year 3017
            reading.date = updated
    return reading


def parse_json(raw: RawFile) -> Any:
    """The file as JSON values. Raises ListError where it is damaged, ends early, or nests without end."""
    try:
        return json.loads(raw.text())
    except (ValueError, RecursionError) as error:
        raise ListError(f"{raw.name} is damaged or ends early ({error}); fetch it again.") from None


def _hash(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).casefold().encode()).hexdigest()[:10]
