"""The EU's consolidated financial sanctions: the old XML (``WHOLE``), schema 1.1 (``export``), and its CSV twin.

The CSV repeats an entity on a row for every name, address, birth and document it has; rows are joined by ``Entity_LogicalId``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.errors import ListError
from screening.parties.formats.draft import Countries, Draft, Reading, born, cells_of, clean, day
from screening.parties.formats.markup import Element, root_of, stream, text_of
from screening.parties.spelling import is_foreign

if TYPE_CHECKING:
    from screening.content.listmodels import EntryKind
    from screening.parties.formats.raw import RawFile

OLD, XML, CSV = "eu-xml-1.0", "eu-xml-1.1", "eu-csv"
OLD_ROOT, ROOT = "WHOLE", "export"
COLUMNS = {"Entity_LogicalId", "NameAlias_WholeName"}
_KIND: dict[str, EntryKind] = {"p": "person", "person": "person", "e": "company", "enterprise": "company"}
_UNKNOWN = "00"
"""Country code of the EU for unknown."""


def read_old(raw: RawFile, countries: Countries) -> Reading:
    """Read the XML published until 2017. Raises ListError where it is damaged."""
    reading = Reading(OLD, files=[raw])
    root = root_of(raw)
    reading.date = day(root[1].get("Date")) if root else None
    for element in stream(raw, {"ENTITY"}):
        draft = reading.draft(element.get("Id", ""), _KIND.get(element.get("Type", "").lower(), "unknown"))
        first = True
        for name in element.iterfind("NAME"):
            parts = [text_of(name, part) for part in ("FIRSTNAME", "MIDDLENAME", "LASTNAME")]
            draft.name(text_of(name, "WHOLENAME") or " ".join(filter(None, parts)), "name" if first else "alias")
            first = False
            draft.note(text_of(name, "FUNCTION"))
        for address in element.iterfind("ADDRESS"):
            lines = [text_of(address, part) for part in ("NUMBER", "STREET", "ZIPCODE", "CITY", "OTHER")]
            draft.address(list(lines), countries.code(text_of(address, "COUNTRY")))
        draft.country(*(countries.code(text_of(found, "COUNTRY")) for found in element.iterfind("CITIZEN")))
        draft.born += [text for found in element.iterfind("BIRTH") if (text := born(text_of(found, "DATE")))]
        for passport in element.iterfind("PASSPORT"):
            number, _, kind = text_of(passport, "NUMBER").partition(" (")
            draft.identify(kind or "passport", number)
        draft.programmes.append(element.get("programme", ""))
        draft.listed_on = day(element.get("reg_date"))
        draft.note(element.get("remark"))
    return reading


def read_xml(raw: RawFile, countries: Countries) -> Reading:
    """Read schema 1.1, where values are attributes. Raises ListError where the file is damaged."""
    reading = Reading(XML, files=[raw])
    root = root_of(raw)
    reading.date = day(root[1].get("generationDate")) if root else None
    for element in stream(raw, {"sanctionEntity"}):
        _entity(element, reading, countries)
    return reading


def _entity(element: Element, reading: Reading, countries: Countries) -> None:
    ident = element.get("euReferenceNumber") or element.get("logicalId")
    if not ident:
        reading.unused["entries without an id"] += 1
        return
    subject = element.find("subjectType")
    kind = _KIND.get((subject.get("code") or subject.get("classificationCode") or "").lower()) if subject is not None else None
    draft = reading.draft(ident, kind or "unknown")
    main = True
    for name in sorted(element.iterfind("nameAlias"), key=_first_listed):
        whole = name.get("wholeName") or " ".join(filter(None, (name.get(p) for p in ("firstName", "middleName", "lastName"))))
        weak = name.get("strong", "true").lower() == "false"
        draft.name(whole, "weak" if weak else "name" if main else "alias")
        main = main and weak
        draft.note(name.get("function"))
    for place in element.iterfind("address"):
        lines = [place.get(part) for part in ("street", "poBox", "place", "zipCode", "city", "region")]
        draft.address(list(lines), _code(place, countries))
    draft.country(*(_code(found, countries) for found in element.iterfind("citizenship")))
    for found in element.iterfind("birthdate"):
        years = list(filter(None, (clean(found.get(f"yearRange{end}")) for end in ("From", "To"))))
        if text := born(found.get("birthdate")) or clean(found.get("year")) or " to ".join(dict.fromkeys(years)):
            draft.born.append(text)
    for found in element.iterfind("identification"):
        label = f"{found.get('identificationTypeCode', '')} {found.get('identificationTypeDescription', '')}"
        draft.identify(label, found.get("number") or found.get("latinNumber"))
        draft.country(_code(found, countries))
    regulations = element.findall("regulation")
    draft.programmes += [found.get("programme", "") for found in regulations]
    days = [since for r in regulations if (since := day(r.get("entryIntoForceDate") or r.get("publicationDate")))]
    draft.listed_on = day(element.get("designationDate")) or min(days, default=None)
    draft.note(f"UN {element.get('unitedNationId')}" if element.get("unitedNationId") else "")
    for remark in element.iterfind("remark"):
        draft.note(remark.text)


def _first_listed(name: Element) -> tuple[bool, int]:
    """The file begins with the names that were changed last; the oldest in Latin letters is what the entity is known by."""
    number = name.get("logicalId", "")
    return is_foreign((name.get("wholeName") or "").lower()), int(number) if number.isdecimal() else 0


def _code(element: Element, countries: Countries) -> str | None:
    code = element.get("countryIso2Code", "")
    return countries.code(code if code not in ("", _UNKNOWN) else element.get("countryDescription", "").replace("UNKNOWN", ""))


def read_csv(raw: RawFile, countries: Countries) -> Reading:
    """Read the CSV twin of schema 1.1. Raises ListError where it is damaged or lacks columns."""
    header, *rows = raw.rows(";")
    columns = [clean(cell) for cell in header]
    if missing := COLUMNS - set(columns):
        raise ListError(f"{raw.name} lacks the columns {', '.join(sorted(missing))}; fetch it again.")
    reading = Reading(CSV, files=[raw])
    for row in rows:
        cells = {name: clean(cell) for name, cell in cells_of(columns, row).items()}
        reading.date = reading.date or day(cells.get("fileGenerationDate"))
        ident = cells.get("Entity_EU_ReferenceNumber") or cells["Entity_LogicalId"]
        if not ident:
            reading.unused["rows without an entity id"] += 1
            continue
        kind = cells.get("Entity_SubjectType_ClassificationCode") or cells.get("Entity_SubjectType") or ""
        draft = reading.draft(ident, _KIND.get(kind.lower(), "unknown"))
        _row(cells, draft, countries)
    return reading


def _row(cells: dict[str, str], draft: Draft, countries: Countries) -> None:
    def of(group: str, *names: str) -> list[str]:
        return [text for name in names if (text := cells.get(f"{group}_{name}", ""))]

    def country(group: str) -> str | None:
        code = cells.get(f"{group}_CountryIso2Code", "")
        return countries.code(
            code if code not in ("", _UNKNOWN) else cells.get(f"{group}_CountryDescription", "").replace("UNKNOWN", "")
        )

    weak = cells.get("NameAlias_Strong", "").lower() == "false"
    draft.name(cells.get("NameAlias_WholeName"), "weak" if weak else "name" if not draft.names else "alias")
    draft.address(list(of("Address", "Street", "PoBox", "Place", "ZipCode", "City", "Region")), country("Address"))
    draft.country(country("Citizenship"))
    if text := born(cells.get("BirthDate_BirthDate")) or cells.get("BirthDate_Year"):
        draft.born.append(text)
    draft.identify(" ".join(of("Identification", "TypeCode", "TypeDescription")), cells.get("Identification_Number"))
    draft.programmes += of("Entity", "Regulation_Programme")
    draft.listed_on = (
        draft.listed_on or day(cells.get("Entity_DesignationDate")) or day(cells.get("Entity_Regulation_EntryIntoForceDate"))
    )
    draft.note(cells.get("Entity_Remark"))
