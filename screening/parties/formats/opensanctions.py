"""OpenSanctions exports: ``targets.simple.csv``, and FollowTheMoney entities as JSON lines (flat or nested)."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

from screening.errors import ListError
from screening.parties.formats.draft import Countries, Draft, Reading, born, cells_of, clean, day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.content.listmodels import EntryKind
    from screening.parties.formats.raw import RawFile

CSV, FTM = "opensanctions-csv", "opensanctions-ftm"
COLUMNS = {"id", "schema", "name", "aliases", "countries", "dataset"}
_KIND: dict[str, EntryKind] = {
    "Person": "person",
    "Company": "company",
    "Organization": "company",
    "LegalEntity": "unknown",
    "PublicBody": "company",
    "Vessel": "vessel",
    "Airplane": "aircraft",
}
_TOPICS = ("sanction", "debarment", "export.control", "export.risk", "wanted", "crime")
"""Topics of entities that somebody lists; others (a bank, a politician) stand in the file for context."""
_IDENTIFIERS = {
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "callSign": "call sign",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "uscCode": "registration",
    "innCode": "tax",
    "taxNumber": "tax",
    "vatCode": "tax",
    "passportNumber": "passport",
    "idNumber": "identification",
    "swiftBic": "swift",
    "leiCode": "lei",
    "dunsCode": "duns",
    "serialNumber": "aircraft",
}
_COUNTRIES = ("country", "jurisdiction", "nationality", "citizenship", "flag", "mainCountry")
_NAMES = (("name", "alias"), ("alias", "alias"), ("previousName", "former"), ("pastNames", "former"), ("weakAlias", "weak"))


def read_csv(raw: RawFile, countries: Countries) -> Reading:
    """Read ``targets.simple.csv``. Raises ListError where it is damaged or lacks columns."""
    header, *rows = raw.rows()
    columns = [clean(cell) for cell in header]
    if missing := COLUMNS - set(columns):
        raise ListError(f"{raw.name} lacks the columns {', '.join(sorted(missing))}; fetch it again.")
    reading = Reading(CSV, files=[raw])
    for row in rows:
        cells = cells_of(columns, row)
        kind = _KIND.get(cells["schema"])
        if kind is None:
            reading.unused[f"entries of the kind {cells['schema']}"] += 1
            continue
        draft = reading.draft(cells["id"], kind)
        draft.name(cells["name"], "name")
        for alias in _several(cells.get("aliases", "")):
            draft.name(alias)
        for address in _several(cells.get("addresses", "")):
            draft.address(address)
        draft.country(*(countries.code(code) for code in _several(cells.get("countries", ""))))
        draft.born += [born(text) for text in _several(cells.get("birth_date", ""))]
        for value in _several(cells.get("identifiers", "")):
            imo = re.fullmatch(r"IMO ?(\d{7})", value)
            draft.identify("imo" if imo else "other", value)
        draft.programmes += _several(cells.get("program_ids", "")) or _several(cells.get("dataset", ""))
        draft.note(cells.get("sanctions"))
        changed = day(cells.get("last_seen") or cells.get("last_change"))
        reading.date = max(filter(None, (reading.date, changed)), default=None)
    return reading


def _several(text: str) -> list[str]:
    """Values parted by semicolons; one that holds a semicolon is quoted."""
    if ";" not in text:
        return [text] if text.strip() else []
    return [part for part in next(csv.reader([" ".join(text.split())], delimiter=";"), []) if part.strip()]


def read_ftm(raw: RawFile, countries: Countries) -> Reading:
    """Read FollowTheMoney JSON lines.

    Raises:
        ListError: a line is no JSON; where it is the last one, the file ends early.
    """
    reading = Reading(FTM, files=[raw])
    others: list[dict[str, Any]] = []
    for entity in _lines(raw):
        schema, properties = str(entity.get("schema", "")), entity.get("properties")
        if not isinstance(properties, dict):
            reading.unused["records without properties"] += 1
        elif schema in ("Address", "Sanction", "Identification", "Passport"):
            others.append(entity)
        elif schema not in _KIND:
            reading.unused[f"records of the kind {schema or 'unknown'}"] += 1
        elif not _is_target(entity, properties):
            reading.unused["records that nobody lists"] += 1
        else:
            _entity(entity, properties, schema, reading, countries)
    places = {str(e.get("id")): e["properties"] for e in others if e.get("schema") == "Address"}
    for draft in reading.drafts.values():
        for address in [text for text in draft.addresses if text in places]:
            draft.addresses.remove(address)
            _address(places[address], draft, countries)
    for entity in others:
        _attached(entity, reading, countries)
    return reading


def _lines(raw: RawFile) -> Iterator[dict[str, Any]]:
    lines = [line for line in raw.text().splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            where = "ends in the middle of" if number == len(lines) else "is damaged in"
            raise ListError(f"{raw.name} {where} line {number}; fetch it again.") from None
        if isinstance(value, dict):
            yield value


def _is_target(entity: dict[str, Any], properties: dict[str, Any]) -> bool:
    if "target" in entity:
        return bool(entity["target"])
    topics = [str(topic) for topic in properties.get("topics", [])]
    return not topics or any(topic.startswith(_TOPICS) for topic in topics)


def _entity(entity: dict[str, Any], properties: dict[str, Any], schema: str, reading: Reading, countries: Countries) -> None:
    draft = reading.draft(str(entity.get("id") or ""), _KIND[schema])
    if isinstance(entity.get("caption"), str):
        draft.name(entity["caption"], "name")
    for key, kind in _NAMES:
        for value in _texts(properties, key):
            draft.name(value, kind)  # type: ignore[arg-type]
    for key in _COUNTRIES:
        draft.country(*(countries.code(code) for code in _texts(properties, key)))
    _addresses(properties, draft, countries)
    for key, label in _IDENTIFIERS.items():
        for value in _texts(properties, key):
            draft.identify(label, value)
    draft.born += [born(text) for text in _texts(properties, "birthDate")]
    _sanction(properties, draft)
    for value in properties.get("sanctions", []):
        if isinstance(value, dict) and isinstance(value.get("properties"), dict):
            _sanction(value["properties"], draft)
    for text in [*_texts(properties, "position"), *_texts(properties, "notes")]:
        draft.note(text)
    changed = day(entity.get("last_seen") or entity.get("last_change"))
    reading.date = max(filter(None, (reading.date, changed)), default=None)


def _addresses(properties: dict[str, Any], draft: Draft, countries: Countries) -> None:
    for text in _texts(properties, "address"):
        draft.address(text)
    for value in properties.get("addressEntity", []):
        if isinstance(value, dict):
            _address(value.get("properties", {}), draft, countries)
        else:
            draft.addresses.append(str(value))  # the id of a record that stands elsewhere in the file


def _address(properties: dict[str, Any], draft: Draft, countries: Countries) -> None:
    whole = _texts(properties, "full") or [
        ", ".join(t for key in ("street", "city", "region", "postalCode") for t in _texts(properties, key))
    ]
    codes = [code for text in _texts(properties, "country") if (code := countries.code(text))]
    draft.address(list(whole), codes[0] if codes else None)


def _attached(entity: dict[str, Any], reading: Reading, countries: Countries) -> None:
    """Sanctions and documents that stand apart and name their party."""
    properties = entity["properties"]
    for owner in [*_texts(properties, "entity"), *_texts(properties, "holder")]:
        draft = reading.drafts.get(owner)
        if draft is None:
            continue
        if entity.get("schema") == "Sanction":
            _sanction(properties, draft)
        else:
            label = " ".join(_texts(properties, "type")) or str(entity.get("schema"))
            for value in _texts(properties, "number"):
                draft.identify(label, value)
            draft.country(*(countries.code(code) for code in _texts(properties, "country")))


def _sanction(properties: dict[str, Any], draft: Draft) -> None:
    draft.programmes += _texts(properties, "programId") or _texts(properties, "program")
    days = [found for key in ("listingDate", "startDate") for text in _texts(properties, key) if (found := day(text))]
    if days:
        draft.listed_on = min([*days, *([draft.listed_on] if draft.listed_on else [])])
    for text in _texts(properties, "authority"):
        draft.note(f"listed by {text}")


def _texts(properties: dict[str, Any], key: str) -> list[str]:
    values = properties.get(key, [])
    return [value for value in (values if isinstance(values, list) else [values]) if isinstance(value, str)]
