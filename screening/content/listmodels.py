"""The shape of lists of parties: their entries and headers, the notices they rest on, and what is known of published lists.

Plain dataclasses like those of ``models.py``; the rest of the content refers to a list only by its id.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import Literal

from screening.content.factmodels import Certainty, Strict
from screening.content.models import Citation, Dates
from screening.plaindata import record
from screening.terms import Text

EntryKind = Literal["company", "person", "vessel", "aircraft", "address", "unknown"]
NameKind = Literal["name", "alias", "original", "former", "weak"]


@record(kw_only=True)
class PartyEntry(Strict):
    """One party of a list under one notice. Every name stands once, in the first of the fields that fits."""

    id: str
    """The publisher's own id where there is one; unique within the list and lasting."""
    name: str
    """The main name, in the publisher's word order."""
    kind: EntryKind = "unknown"
    """``address``: only the place is listed, and ``name`` is its heading."""
    aliases: list[str] = field(default_factory=list)
    """Further names of full weight, in any script."""
    original_names: list[str] = field(default_factory=list)
    """Names that the publisher marks as the original script. Full weight."""
    former_names: list[str] = field(default_factory=list)
    """Names it no longer bears (f.k.a., ex-names of vessels)."""
    weak_aliases: list[str] = field(default_factory=list)
    """Names that the publisher marks as weak or of low quality: nicknames, single common words."""
    addresses: list[str] = field(default_factory=list)
    """Each in one line, without the country's name where the country is known."""
    countries: list[str] = field(default_factory=list)
    """ISO 3166-1 alpha-2 codes of addresses, nationality, registration and flag, in this order, each once."""
    identifiers: dict[str, list[str]] = field(default_factory=dict)
    """By kind: ``imo`` (seven digits), ``mmsi``, ``call_sign``, ``registration``, ``tax``, ``passport``, ``national_id``,
    ``swift``, ``lei``, ``duns``, ``aircraft`` (tail or serial number), ``other``."""
    born: list[str] = field(default_factory=list)
    """Days or years of birth, as precise as known: ``1962-03-01``, ``1962``, ``1960 to 1962``."""
    programmes: list[str] = field(default_factory=list)
    """The programme, regime or article under which the publisher lists it, in its own words."""
    instrument: str = ""
    """Id of the notice of the list; its dates hold where the entry has none of its own."""
    listed_on: dt.date | None = None
    delisted_on: dt.date | None = None
    """First day on which it is no longer listed."""
    dates: Dates | None = None
    certainty: Certainty = "confirmed"
    note: str = ""
    """What else the publisher says: title, reasons, ties."""

    def names(self) -> list[tuple[str, NameKind]]:
        """Every name with what it is, the main name first, no spelling twice."""
        found: dict[str, NameKind] = {self.name: "name"}
        for names, kind in (
            (self.aliases, "alias"),
            (self.original_names, "original"),
            (self.former_names, "former"),
            (self.weak_aliases, "weak"),
        ):
            for name in names:
                found.setdefault(name, kind)  # type: ignore[arg-type]
        return list(found.items())


@record(kw_only=True)
class Notice(Strict):
    """The act that put parties on a list; its dates hold for its entries."""

    number: str
    title: Text
    dates: Dates
    url: str = ""
    certainty: Certainty = "confirmed"
    what_to_check: Text | None = None


@record(kw_only=True)
class SourceFile(Strict):
    """A publisher's file that a list was made from."""

    name: str
    sha256: str
    """Of the file as published, unpacked."""
    bytes: int
    url: str = ""


@record(kw_only=True)
class Ownership(Strict):
    """Firms that listed parties own fall under the list's measures too, from this share on."""

    percent: float
    more_than: bool = False
    """The share must be exceeded, not just reached."""
    together: bool = True
    """The shares of several listed parties are added up."""
    dates: Dates | None = None
    source: str = ""
    """Where the rule stands."""


@record(kw_only=True)
class ListSource(Strict):
    """A list that an authority publishes: what an import has to know and the file does not say."""

    title: Text
    publisher: str
    url: str
    """The page on which people find it."""
    licence: str
    regime: str
    effect: str
    official: bool = True
    formats: list[str]
    codes: list[str] = field(default_factory=list)
    """What a file of several lists calls this one."""
    marks: list[str] = field(default_factory=list)
    """Programmes that only stand on this list, where a file does not say which of two it is."""
    collection: bool = False
    """A file of several lists: each becomes a list of its own; those not known here are kept under this id."""
    downloads: list[str] = field(default_factory=list)
    """Addresses of the files that make it up, for ``screening watchlists update``."""
    stale_after_days: int = 30
    """Age at which a list of this publisher is called old."""
    ownership: Ownership | None = None
    note: str = ""


@record(kw_only=True)
class Watchlist(Strict):
    """A list of parties with its header."""

    id: str
    title: Text
    publisher: str
    url: str
    date: dt.date | None = None
    """Of the list as published; a list of one's own may have none."""
    licence: str
    official: bool
    regime: str
    effect: str
    """Key of ``parties`` in decision.yaml."""
    verified_on: dt.date | None = None
    kind: EntryKind = "unknown"
    """What its entries are where they say nothing themselves."""
    citations: list[Citation] = field(default_factory=list)
    notices: dict[str, Notice] = field(default_factory=dict)
    format: str = ""
    """The published format it was imported from; ``ownership``: made from a table of shares; empty for a list written by hand."""
    retrieved: dt.date | None = None
    files: list[SourceFile] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """What an import counted: entries by kind, names, and what it could not use."""
    problems: list[str] = field(default_factory=list)
    """What the import could not use, and what else a person should know of the files."""
    ownership: Ownership | None = None
    stale_after_days: int = 0
    """Age in days from which on the list counts as old; 0: the limit of decision.yaml."""
    sha256: str = ""
    """Of the list file that was read, where it is one of its own form; worked out when it is read."""
    entries: list[PartyEntry]

    def dates_of(self, entry: PartyEntry) -> Dates | None:
        """When an entry applies: its own dates, those of its notice, or the days of its listing; None where no day is known."""
        notice = self.notices.get(entry.instrument)
        if entry.dates or notice:
            return entry.dates or (notice.dates if notice else None)
        if entry.listed_on or entry.delisted_on:
            return Dates(in_force=entry.listed_on or dt.date.min, ended=entry.delisted_on)
        return None
