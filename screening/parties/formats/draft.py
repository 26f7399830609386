"""What the readers of all formats share: an entry being put together, and how days, countries and identifiers are read."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screening.content.listmodels import PartyEntry
from screening.folding import fold

if TYPE_CHECKING:
    from screening.content.listmodels import EntryKind, NameKind
    from screening.content.models import Content
    from screening.parties.formats.raw import RawFile

_NOTHING = {"", "-0-", "-", "n/a", "na", "none", "null", "unknown", "undetermined", "not available"}
_MONTHS = {
    name: n for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_NOTE = 1500
"""Characters of the publisher's remarks that are kept."""
_KINDS = (
    ("aircraft", r"aircraft|airplane|\bmsn\b"),
    ("imo", r"\bimo\b|vessel registration"),
    ("mmsi", r"\bmmsi\b|maritime mobile"),
    ("call_sign", r"call ?sign"),
    ("swift", r"swift|\bbic\b"),
    ("lei", r"\blei\b|legal entity (number|identifier)"),
    ("duns", r"d-?u-?n-?s"),
    ("passport", r"passport|pasaporte|passeport"),
    ("tax", r"\btax\b|\bvat\b|v\.a\.t|\bnit\b|\brfc\b|\bruc\b|\binn\b|fiscal|\brif\b|\bcnpj\b"),
    (
        "registration",
        r"regist|company n|business n|licen[cs]e n|commercial|social credit|\bc\.r\.|ogrn|matricula|folio|gazette|\buscc\b",
    ),
    (
        "national_id",
        r"identi|national|cedula|c[eé]dula|\bid(card)?\b|\bcurp\b|\bd\.n\.i|\bssn\b|social security|residen|citizen|birth cert",
    ),
)
_NO_IDENTIFIER = re.compile(
    r"gender|tonnage|manufacture date"
    r"|sanction|currency|email|website|phone|fax|issuer|ticker|\bisin\b|target type|executive order|established"
    r"|determination|prohibited|listing date|effective date|divestment|flag|linked to",
    re.IGNORECASE,
)
"""Labels of things that files keep among identifiers and that identify nobody on a manifest."""


def clean(text: object) -> str:
    """A cell as text: one line, one blank between words, empty where it says that there is nothing."""
    words = " ".join(("" if text is None else str(text)).replace("\u200b", "").split())
    return "" if words.lower() in _NOTHING else words


def cells_of(columns: list[str], row: list[str]) -> dict[str, str]:
    """A row by its columns, as written; cells that are missing at its end are empty."""
    return dict(zip(columns, [*row, *[""] * len(columns)], strict=False))


def day(text: str | None, order: str = "dmy") -> dt.date | None:
    """A whole day: ``2016-02-26`` (a time may follow), ``26 Feb 2016``, ``24-Jun-2026``, ``26/02/2016`` (``order``)."""
    written = clean(text)
    if found := re.match(r"(\d{4})-(\d{2})-(\d{2})", written):
        return _day(*map(int, found.groups()))
    if found := re.fullmatch(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?[ -](\d{4})", written):
        return _day(int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
    if found := re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", written):
        first, second, year = map(int, found.groups())
        return _day(year, second, first) if order == "dmy" else _day(year, first, second)
    return None


def _day(year: int, month: int, number: int) -> dt.date | None:
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None


def born(text: str | None, order: str = "dmy") -> str:
    """A day of birth as precise as written: ISO day, year and month, year, or the words (``1951 to 1953``)."""
    written = clean(re.sub(r"(?i)^(approximately|circa|c\.|ca\.)\s*", "", text or ""))
    if whole := day(written, order):
        return whole.isoformat()
    if found := re.fullmatch(r"(?:00|dd|--)?/?(?:00|mm|--)?/?(\d{4})", written):
        return found[1]
    if found := re.fullmatch(r"(?:00|dd)/(\d{2})/(\d{4})", written):
        return f"{found[2]}-{found[1]}"
    if found := re.fullmatch(r"([A-Za-z]{3})[a-z]* (\d{4})", written):
        month = _MONTHS.get(found[1].lower())
        return f"{found[2]}-{month:02d}" if month else written
    return written


def identifier_kind(label: str) -> str | None:
    """The kind of an identifier by the words a file puts before it; None for what identifies nobody."""
    if _NO_IDENTIFIER.search(label):
        return None
    return next((kind for kind, pattern in _KINDS if re.search(pattern, label, re.IGNORECASE)), "other")


class Countries:
    """Reads countries as lists write them, and counts what it could not read."""

    def __init__(self, content: Content) -> None:
        self._codes: dict[str, str] = dict(content.reading["countries"])
        self._codes.update({fold(name): code for name, code in content.list_countries.items()})
        self._known = set(self._codes.values())
        self._found: dict[str, str | None] = {}
        self.unread: Counter[str] = Counter()

    def code(self, text: str | None) -> str | None:
        """ISO alpha-2 of a country, nationality or code; None where it is empty or not known (which is counted)."""
        written = clean(text)
        if written not in self._found:
            self._found[written] = self._read(written)
        code = self._found[written]
        if code is None and written:
            self.unread[written] += 1
        return code

    def _read(self, text: str) -> str | None:
        if not text:
            return None
        if len(text) == 2 and text.upper() in self._known:
            return text.upper()
        short = re.sub(r"\s*\([^)]*\)", "", text)
        head, comma, tail = short.partition(", ")
        for form in (
            text,
            short,
            f"{tail} {head}" if comma else "",
            head if tail.lower().startswith("the") else "",
            short.removesuffix("n"),
        ):
            if form and (code := self._codes.get(fold(form))):
                return code
        return None

    def codes(self, text: str | None) -> list[str]:
        """Of a text with several: ``(1) Pakistani (2) Saudi Arabian``, ``Iran; Iraq``."""
        parts = re.split(r"\(\d+\)|[;/]|\s-\s", text or "")
        return [code for part in parts if (code := self.code(part))]


@dataclass(slots=True)
class Draft:
    """An entry being put together from one or several records."""

    id: str
    kind: EntryKind = "unknown"
    names: list[tuple[str, NameKind]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    identifiers: dict[str, list[str]] = field(default_factory=dict)
    born: list[str] = field(default_factory=list)
    programmes: list[str] = field(default_factory=list)
    listed_on: dt.date | None = None
    delisted_on: dt.date | None = None
    notes: list[str] = field(default_factory=list)

    def name(self, text: str | None, kind: NameKind = "alias") -> None:
        """Add a name."""
        if written := clean(text).strip(" ,;"):
            self.names.append((written, kind))

    def address(self, parts: list[str | None] | str, country: str | None = None) -> None:
        """Add an address in one line, and its country's code."""
        texts = [parts] if isinstance(parts, str) else parts
        if line := ", ".join(text for part in texts if (text := clean(part).strip(" ,;"))):
            self.addresses.append(line)
        self.country(country)

    def country(self, *codes: str | None) -> None:
        """Add country codes."""
        self.countries.extend(code for code in codes if code)

    def identify(self, label: str, value: str | None) -> None:
        """Add an identifier under the kind that ``label`` says."""
        written = clean(value)
        kind = identifier_kind(label) if written else None
        if kind is None:
            return
        if kind == "imo":
            digits = re.sub(r"\D", "", written)
            kind, written = ("imo", digits) if len(digits) == 7 else ("other", written)
            if kind == "imo" and self.kind in ("company", "person"):
                kind = "registration"  # the number of a company in the same register; no vessel bears it
        self.identifiers.setdefault(kind, []).append(written)

    def note(self, text: str | None) -> None:
        """Add what else the publisher says."""
        if written := clean(text):
            self.notes.append(written)

    def finish(self) -> PartyEntry | None:
        """The entry; None where it has no id or no name."""
        ranked: dict[str, NameKind] = {}
        for wanted in ("name", "alias", "original", "former", "weak"):
            for text, kind in self.names:
                if kind == wanted:
                    ranked.setdefault(text, kind)
        if not ranked or not self.id.strip():
            return None
        main = next(iter(ranked))
        del ranked[main]

        def of(*kinds: NameKind) -> list[str]:
            return [text for text, kind in ranked.items() if kind in kinds]

        note = "; ".join(dict.fromkeys(self.notes))
        return PartyEntry(
            id=self.id,
            name=main,
            kind=self.kind,
            aliases=of("name", "alias"),
            original_names=of("original"),
            former_names=of("former"),
            weak_aliases=of("weak"),
            addresses=_each(self.addresses),
            countries=_each(self.countries),
            identifiers={kind: _each(values) for kind, values in sorted(self.identifiers.items())},
            born=_each(self.born),
            programmes=_each(self.programmes),
            listed_on=self.listed_on,
            delisted_on=self.delisted_on,
            note=note if len(note) <= _NOTE else note[:_NOTE] + "…",
        )


def _each(values: list[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


@dataclass(slots=True)
class Reading:
    """One list as read from its files."""

    format: str
    code: str = ""
    """What the file calls the list, where it holds several."""
    date: dt.date | None = None
    drafts: dict[str, Draft] = field(default_factory=dict)
    files: list[RawFile] = field(default_factory=list)
    expected: int | None = None
    """Entries the file says it has."""
    unused: Counter[str] = field(default_factory=Counter)
    """What could not be used, by reason."""
    told: list[str] = field(default_factory=list)
    """What else a person should know of the files."""

    def draft(self, ident: str, kind: EntryKind = "unknown") -> Draft:
        """The entry with this id, new or met before."""
        found = self.drafts.get(ident)
        if found is None:
            found = self.drafts[ident] = Draft(ident, kind)
        return found
