"""The consolidated list of the UN Security Council (XML)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.parties.formats.draft import Countries, Draft, Reading, born, day
from screening.parties.formats.markup import Element, root_of, stream, text_of, texts_of

if TYPE_CHECKING:
    from screening.content.listmodels import NameKind
    from screening.parties.formats.raw import RawFile

FORMAT = "un-xml"
ROOT = "CONSOLIDATED_LIST"
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE")
_QUALITY: dict[str, NameKind] = {"low": "weak", "f.k.a.": "former"}


def read(raw: RawFile, countries: Countries) -> Reading:
    """Read the file. Raises ListError where it is damaged."""
    reading = Reading(FORMAT, files=[raw])
    root = root_of(raw)
    reading.date = day(root[1].get("dateGenerated")) if root else None
    for element in stream(raw, {"INDIVIDUAL", "ENTITY"}):
        _entry(element, element.tag, reading, countries)
    return reading


def _entry(element: Element, tag: str, reading: Reading, countries: Countries) -> None:
    ident = text_of(element, "REFERENCE_NUMBER") or text_of(element, "DATAID")
    if not ident:
        reading.unused["entries without an id"] += 1
        return
    draft = reading.draft(ident, "person" if tag == "INDIVIDUAL" else "company")
    draft.name(" ".join(text for part in _NAMES if (text := text_of(element, part))), "name")
    draft.name(text_of(element, "NAME_ORIGINAL_SCRIPT"), "original")
    for alias in element.iterfind(f"{tag}_ALIAS"):
        for name in text_of(alias, "ALIAS_NAME").split(";"):
            draft.name(name, _QUALITY.get(text_of(alias, "QUALITY").lower(), "alias"))
    for address in element.iterfind(f"{tag}_ADDRESS"):
        draft.address([text_of(address, part) for part in _ADDRESS], countries.code(text_of(address, "COUNTRY")))
    draft.country(*(code for text in texts_of(element, "NATIONALITY/VALUE") if (code := countries.code(text))))
    draft.born += [written for found in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH") if (written := _birth(found))]
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        draft.identify(text_of(document, "TYPE_OF_DOCUMENT"), text_of(document, "NUMBER"))
        draft.country(countries.code(text_of(document, "ISSUING_COUNTRY")))
    draft.programmes += [text_of(element, "UN_LIST_TYPE")]
    draft.listed_on = day(text_of(element, "LISTED_ON"))
    _notes(element, draft)


def _notes(element: Element, draft: Draft) -> None:
    for text in texts_of(element, "DESIGNATION/VALUE"):
        draft.note(text)
    draft.note(text_of(element, "COMMENTS1"))


def _birth(element: Element) -> str:
    """A day, a year, or the years between which it lies."""
    first, last = text_of(element, "FROM_YEAR"), text_of(element, "TO_YEAR")
    if first and last:
        return f"{first} to {last}"
    return born(text_of(element, "DATE") or text_of(element, "YEAR"))
