"""OFAC's ``sdn.xml`` and ``consolidated.xml``: one ``sdnEntry`` a party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.parties.formats.draft import Countries, Reading, born, clean, day
from screening.parties.formats.markup import Element, stream, text_of, texts_of
from screening.parties.formats.ofac_csv import read_remarks

if TYPE_CHECKING:
    from screening.content.listmodels import EntryKind, NameKind
    from screening.parties.formats.raw import RawFile

FORMAT = "ofac-xml"
ROOT = "sdnList"
_KIND: dict[str, EntryKind] = {"individual": "person", "entity": "company", "vessel": "vessel", "aircraft": "aircraft"}
_ADDRESS = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "region")


def read(raw: RawFile, countries: Countries) -> Reading:
    """Read the file. Raises ListError where it is damaged."""
    reading = Reading(FORMAT, files=[raw])
    for element in stream(raw, {"sdnEntry", "publshInformation"}):  # OFAC spells it so
        if element.tag == "publshInformation":
            reading.date = day(text_of(element, "Publish_Date"), "mdy")
            count = text_of(element, "Record_Count")
            reading.expected = int(count) if count.isdigit() else None
        else:
            _entry(element, reading, countries)
    return reading


def _entry(element: Element, reading: Reading, countries: Countries) -> None:
    ident = text_of(element, "uid")
    if not ident:
        reading.unused["entries without an id"] += 1
        return
    draft = reading.draft(ident, _KIND.get(text_of(element, "sdnType").lower(), "unknown"))
    draft.name(_full(element), "name")
    for aka in element.iterfind("akaList/aka"):
        draft.name(_full(aka), _alias(text_of(aka, "type"), weak=text_of(aka, "category") == "weak"))
    draft.programmes += texts_of(element, "programList/program")
    for address in element.iterfind("addressList/address"):
        written = text_of(address, "country")
        code = countries.code(written.removeprefix("Region: "))
        draft.address([*(text_of(address, part) for part in _ADDRESS), None if code else written], code)
    for path in ("nationalityList/nationality", "citizenshipList/citizenship"):
        draft.country(*(countries.code(text_of(found, "country")) for found in element.iterfind(path)))
    draft.born += [born(text) for text in texts_of(element, "dateOfBirthList/dateOfBirthItem/dateOfBirth")]
    for found in element.iterfind("idList/id"):
        draft.identify(text_of(found, "idType"), text_of(found, "idNumber"))
    vessel = element.find("vesselInfo")
    if vessel is not None:
        draft.identify("call sign", text_of(vessel, "callSign"))
        draft.country(countries.code(text_of(vessel, "vesselFlag")))
        owner = clean(text_of(vessel, "vesselOwner"))
        draft.note(f"owner {owner}" if owner else "")
    draft.note(text_of(element, "title"))
    read_remarks(draft, text_of(element, "remarks"), countries)


def _full(element: Element) -> str:
    """``LAST, First`` of a person, the last name alone of others."""
    return ", ".join(filter(None, (text_of(element, "lastName"), text_of(element, "firstName"))))


def _alias(kind: str, *, weak: bool) -> NameKind:
    if kind.lower().startswith("f"):
        return "former"
    return "weak" if weak else "alias"
