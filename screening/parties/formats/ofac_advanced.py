"""OFAC's ``sdn_advanced.xml`` and ``cons_advanced.xml``: parties, places and documents stand apart, joined by numbers.

Words stand once, in ``ReferenceValueSets``; a party's list, programmes and day of listing in ``SanctionsEntries`` at the end.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from screening.parties.formats.draft import Countries, Draft, Reading
from screening.parties.formats.markup import Element, stream, text_of

if TYPE_CHECKING:
    from screening.content.listmodels import EntryKind, NameKind
    from screening.parties.formats.raw import RawFile

FORMAT = "ofac-advanced"
ROOT = "Sanctions"
_SUBTYPES: dict[str, EntryKind] = {"vessel": "vessel", "aircraft": "aircraft"}
_TYPES: dict[str, EntryKind] = {"individual": "person", "entity": "company"}
_NUMBERED: dict[str, EntryKind] = {"1": "vessel", "2": "aircraft", "3": "company", "4": "person"}
"""PartySubTypeID, as OFAC has numbered it since the format exists; used where the reference values are missing."""
_LATIN = "latin"
_FAMILY, _GIVEN = ("last name", "maiden name"), ("first name", "middle name", "patronymic", "matronymic", "nickname")
_COUNTRY_FEATURES = ("nationality country", "citizenship country", "nationality of registration", "vessel flag", "flag")


class _Words:
    """The reference values: what the numbers mean."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], str] = {}
        self.party_type: dict[str, str] = {}
        self.iso: dict[str, str] = {}

    def take(self, element: Element) -> None:
        for group in element:
            for value in group:
                tag, ident = value.tag.rpartition("}")[2], value.get("ID", "")
                self.texts[tag, ident] = (value.text or "").strip()
                if tag == "PartySubType":
                    self.party_type[ident] = value.get("PartyTypeID", "")
                if tag == "Country":
                    self.iso[ident] = value.get("ISO2", "")

    def of(self, tag: str, ident: str | None) -> str:
        return self.texts.get((tag, ident or ""), "")


def read(raw: RawFile, countries: Countries) -> list[Reading]:
    """Read the file: one list for every list that its entries name.

    Raises:
        ListError: the file is damaged.
    """
    words = _Words()
    whole = Reading(FORMAT, files=[raw])
    places: dict[str, tuple[list[str], str | None]] = {}
    documents: dict[str, list[tuple[str, str]]] = {}
    profiles: dict[str, str] = {}
    lists: dict[str, Reading] = {}
    tags = {"DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty", "SanctionsEntry"}
    for element in stream(raw, tags):
        if element.tag == "DateOfIssue":
            whole.date = _date(element)
        elif element.tag == "ReferenceValueSets":
            words.take(element)
        elif element.tag == "Location":
            places[element.get("ID", "")] = _place(element, words, countries)
        elif element.tag == "IDRegDocument":
            written = (words.of("IDRegDocType", element.get("IDRegDocTypeID")), text_of(element, "IDRegistrationNo"))
            documents.setdefault(element.get("IdentityID", ""), []).append(written)
        elif element.tag == "DistinctParty":
            _party(element, whole, words, places, documents, profiles, countries)
        else:
            _listing(element, whole, words, profiles, lists)
    for draft in whole.drafts.values():
        if not any(draft.id in reading.drafts for reading in lists.values()):
            whole.unused["parties that no list entry names"] += 1
    for reading in lists.values():
        reading.date, reading.unused = whole.date, whole.unused
    return list(lists.values()) or [whole]


def _date(element: Element) -> dt.date | None:
    numbers = [text_of(element, part) for part in ("Year", "Month", "Day")]
    try:
        return dt.date(*(int(number) for number in numbers))
    except (ValueError, TypeError):
        return None


def _place(element: Element, words: _Words, countries: Countries) -> tuple[list[str], str | None]:
    lines = [text_of(part, "LocationPartValue/Value") for part in element.iterfind("LocationPart")]
    for found in element.iterfind("LocationCountry"):
        ident = found.get("CountryID", "")
        if code := countries.code(words.iso.get(ident) or words.of("Country", ident)):
            return lines, code
    alone = countries.code(lines[0]) if len(lines) == 1 else None
    return ([], alone) if alone else (lines, None)


def _party(
    element: Element,
    reading: Reading,
    words: _Words,
    places: dict[str, tuple[list[str], str | None]],
    documents: dict[str, list[tuple[str, str]]],
    profiles: dict[str, str],
    countries: Countries,
) -> None:
    profile = element.find("Profile")
    ident = element.get("FixedRef") or (profile.get("ID") if profile is not None else "")
    if profile is None or not ident:
        reading.unused["parties without a profile"] += 1
        return
    profiles[profile.get("ID", ident)] = ident
    draft = reading.draft(ident, _kind(profile.get("PartySubTypeID", ""), words))
    for identity in profile.iterfind("Identity"):
        groups = {
            group.get("ID", ""): words.of("NamePartType", group.get("NamePartTypeID")).lower()
            for group in identity.iter("NamePartGroup")
        }
        for alias in identity.iterfind("Alias"):
            _names(alias, draft, groups, words)
        for label, value in documents.get(identity.get("ID", ""), ()):
            draft.identify(label, value)
    for feature in profile.iterfind("Feature"):
        _feature(feature, draft, words, places, countries)


def _kind(ident: str, words: _Words) -> EntryKind:
    subtype = words.of("PartySubType", ident).lower()
    party_type = words.of("PartyType", words.party_type.get(ident)).lower()
    return _SUBTYPES.get(subtype) or _TYPES.get(party_type) or _NUMBERED.get(ident, "unknown")


def _names(alias: Element, draft: Draft, groups: dict[str, str], words: _Words) -> None:
    kind = words.of("AliasType", alias.get("AliasTypeID")).lower()
    weak, primary = alias.get("LowQuality") == "true", alias.get("Primary") == "true"
    for documented in alias.iterfind("DocumentedName"):
        parts = [part for part in documented.iterfind("DocumentedNamePart/NamePartValue") if (part.text or "").strip()]
        scripts = {words.of("Script", part.get("ScriptID")).lower() or _LATIN for part in parts}
        how: NameKind = "weak" if weak else "former" if kind.startswith("f") else "name" if primary else "alias"
        if scripts and _LATIN not in scripts:
            how = "original" if how in ("name", "alias") else how
        draft.name(_joined([((part.text or "").strip(), groups.get(part.get("NamePartGroupID", ""), "")) for part in parts]), how)


def _joined(parts: list[tuple[str, str]]) -> str:
    """``LAST, First Middle`` where the parts say which is which, else as they stand."""
    family = " ".join(text for text, kind in parts if kind in _FAMILY)
    given = " ".join(text for text, kind in parts if kind in _GIVEN)
    if family and given and len(parts) == sum(kind in (*_FAMILY, *_GIVEN) for _, kind in parts):
        return f"{family}, {given}"
    return " ".join(text for text, _ in parts)


def _feature(
    feature: Element, draft: Draft, words: _Words, places: dict[str, tuple[list[str], str | None]], countries: Countries
) -> None:
    label = words.of("FeatureType", feature.get("FeatureTypeID"))
    for version in feature.iterfind("FeatureVersion"):
        for located in version.iterfind("VersionLocation"):
            lines, code = places.get(located.get("LocationID", ""), ([], None))
            if label.lower() in _COUNTRY_FEATURES:
                draft.country(code)
            elif "birth" in label.lower():
                draft.note(f"POB {', '.join(filter(None, [*lines, code or '']))}")
            else:
                draft.address(list(lines), code)
        for detail in version.iterfind("VersionDetail"):
            text = (detail.text or "").strip() or words.of("DetailReference", detail.get("DetailReferenceID"))
            if label.lower() in _COUNTRY_FEATURES:
                draft.country(countries.code(text))
            elif "birth" in label.lower():
                draft.note(f"POB {text}" if text else "")
            elif label.lower() in ("title", "vessel type", "aircraft model"):
                draft.note(text)
            elif label.lower() in ("vessel owner", "aircraft operator"):
                draft.note(f"owner {text}")
            else:
                draft.identify(label, text)
        if "birth" in label.lower():
            draft.born += _period(version)


def _period(version: Element) -> list[str]:
    """A day of birth, or the years it lies in."""
    found = []
    for period in version.iterfind("DatePeriod"):
        ends = [part for side in ("Start/From", "End/To") if (part := period.find(side)) is not None]
        days = [_date(end) for end in ends]
        first, last = (days[0], days[-1]) if days else (None, None)
        if first is None or last is None:
            found.append(text_of(period, "Start/From/Year"))
        elif first == last:
            found.append(first.isoformat())
        elif first.year == last.year:
            found.append(str(first.year))
        else:
            found.append(f"{first.year} to {last.year}")
    return [text for text in found if text]


def _listing(element: Element, whole: Reading, words: _Words, profiles: dict[str, str], lists: dict[str, Reading]) -> None:
    draft = whole.drafts.get(profiles.get(element.get("ProfileID", ""), ""))
    if draft is None:
        whole.unused["list entries of parties that are not there"] += 1
        return
    code = words.of("List", element.get("ListID"))
    lists.setdefault(code, Reading(FORMAT, code=code, files=whole.files)).drafts[draft.id] = draft
    days = [found for date in element.iterfind("EntryEvent/Date") if (found := _date(date))]
    if days:
        draft.listed_on = min([*days, *([draft.listed_on] if draft.listed_on else [])])
    draft.programmes += [text for measure in element.iterfind("SanctionsMeasure") if (text := text_of(measure, "Comment"))]
