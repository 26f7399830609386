"""The vocabulary of the project as types: words of a verdict, canonical columns, and what the rooms hand to each other.

Nothing here computes. A word that appears in a report, a rule file or a frame is defined once, in this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

Action = Literal["note", "review", "hold"]
Confidence = Literal["low", "medium", "high"]
Basis = Literal["law", "red_flag", "data"]
Family = Literal["control", "party", "misdeclaration", "value", "route", "pattern", "data"]
Status = Literal["in_force", "suspended", "not_yet", "ended", "unconfirmed"]
Outcome = Literal["hold", "review", "not_judged", "clear"]
Strength = Literal["met", "partial"]
Language = Literal["en", "zh", "both"]

ACTIONS: tuple[Action, ...] = ("note", "review", "hold")
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")
FAMILIES: tuple[Family, ...] = ("control", "party", "misdeclaration", "value", "route", "pattern", "data")
OUTCOMES: tuple[Outcome, ...] = ("hold", "review", "not_judged", "clear")
"""Worst first."""


class Kind(StrEnum):
    """What a canonical column holds, and so the polars type it has in a lines frame."""

    TEXT = "text"
    """pl.String, as given, trimmed"""
    NUMBER = "number"
    """pl.Float64: kilograms, cubic metres, pieces or money; never NaN, infinite or negative"""
    DATE = "date"
    """pl.Date"""
    COUNTRY = "country"
    """pl.String, ISO 3166-1 alpha-2, upper case"""
    COUNTRIES = "countries"
    """pl.List(pl.String) of such codes, in the order given"""
    HS = "hs"
    """pl.String of digits, a leading zero kept"""
    MODE = "mode"
    """pl.String: one of the transport modes of rules/reading"""
    PACKAGE = "package"
    """pl.String: one of the package types of rules/reading where known, else the lower-cased text"""
    CURRENCY = "currency"
    """pl.String, ISO 4217, upper case"""


ROLES = ("shipper", "consignee", "notify", "buyer", "end_user", "forwarder", "manufacturer")
"""Parties of a line, each with the columns ``<role>_name``, ``_address``, ``_country`` and ``_id``."""


def _columns() -> dict[str, Kind]:
    kinds = {
        Kind.TEXT: "line_no document_ref house_bill master_bill booking_no declaration_no invoice_no contract_no description"
        " product_code brand model declaration_elements item_code licence_no quantity_unit incoterm loading_port"
        " discharge_port customs_procedure vessel_name vessel_imo voyage container_no marks un_number end_use remarks",
        Kind.NUMBER: "quantity packages net_kg gross_kg volume_m3 value value_usd",
        Kind.DATE: "declaration_date ship_date",
        Kind.COUNTRY: "origin_country export_country destination_country",
        Kind.COUNTRIES: "transit_countries",
        Kind.HS: "hs_code",
        Kind.MODE: "transport_mode",
        Kind.PACKAGE: "package_type",
        Kind.CURRENCY: "currency",
    }
    of = {name: kind for kind, names in kinds.items() for name in names.split()}
    order = (
        "line_no document_ref house_bill master_bill booking_no declaration_no invoice_no contract_no description"
        " product_code brand model declaration_elements hs_code item_code licence_no quantity quantity_unit packages"
        " package_type net_kg gross_kg volume_m3 value currency value_usd incoterm origin_country export_country"
        " destination_country transit_countries loading_port discharge_port transport_mode customs_procedure"
        " declaration_date ship_date vessel_name vessel_imo voyage container_no marks un_number end_use remarks"
    )
    columns = {name: of[name] for name in order.split()}
    for role in ROLES:
        for part, kind in (("name", Kind.TEXT), ("address", Kind.TEXT), ("country", Kind.COUNTRY), ("id", Kind.TEXT)):
            columns[f"{role}_{part}"] = kind
    return columns


COLUMNS: dict[str, Kind] = _columns()
"""Every canonical column of a line and its kind, in the order in which reports show them.

``value_usd`` stands among them because it is also accepted as given; elsewhere it is derived from ``value``.
"""

SOURCE_COLUMNS = ("line", "file", "sheet", "row")
"""The place of a line: its number in the run (from 1), and where the spreadsheet shows it."""

RAW = "raw."
"""Prefix of a column with the cell text as given, kept for every mapped column that is not plain text."""

EXTRA = "extra."
"""Prefix of a column of the manifest that maps to nothing and is carried through untouched."""

POSITION = "position in the message"
"""What is carried through of every line of a trade message: goods item and line of the file, in place of a row."""


@record
class Text:
    """A text in the languages of the shipped content."""

    en: str
    zh: str = ""

    def get(self, language: str) -> str:
        """The text in ``language`` (one of Language); English where there is no Chinese; both joined by `` / ``."""
        if language == "zh":
            return self.zh or self.en
        if language == "both" and self.zh:
            return f"{self.en} / {self.zh}"
        return self.en


@dataclass(slots=True)
class SheetReading:
    """How one sheet was read: the part of a run's ``inputs`` that a person checks first."""

    name: str
    header_row: int | None
    """Row number of the (last) header row as the spreadsheet shows it; None where the sheet has no header."""
    columns: dict[str, str]
    """Header as written to canonical column."""
    unsure: dict[str, str] = field(default_factory=dict)
    """Header as written to the reason why it stayed unmapped or is uncertain."""
    notes: list[str] = field(default_factory=list)
    """Choices made, such as which of several value columns was taken."""
    lines: int = 0
    rejects: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """Counted rows by kind: ``blank``, ``title``, ``header``, ``totals``."""
    table_of: str = ""
    """Name of the sheet on which this table stands beside another one of goods."""


@dataclass(slots=True)
class InputReading:
    """One manifest as it was read."""

    path: str
    sha256: str
    """Of a file, once all of it has been read; else empty."""
    sheets: list[SheetReading] = field(default_factory=list)


@record
class Chunk:
    """A piece of a manifest, as ``manifest/`` hands it on.

    ``lines``: SOURCE_COLUMNS (``line`` UInt32, ``file`` and ``sheet`` String, ``row`` UInt32), then every column of
    COLUMNS in order with the type of its kind, then ``raw.…`` and ``extra.…`` String columns.
    ``rejects``: ``file, sheet, row, reason, cells`` (``cells`` List(String)).
    """

    lines: pl.DataFrame
    rejects: pl.DataFrame


@record
class ReadingWords:
    """Everything ``manifest/`` knows about how the trade writes: it comes from ``rules/reading``, never from code."""

    headers: Mapping[str, Sequence[str]]
    """Folded header spelling to the fields of the header vocabulary it may mean (usually one)."""
    fields: Mapping[str, str]
    """Field of the header vocabulary to canonical column; fields that map to none are missing here."""
    countries: Mapping[str, str]
    """Folded country name or code (several languages) to alpha-2."""
    ports: Mapping[str, str]
    """Folded port or place name to the alpha-2 code of its country."""
    modes: Mapping[str, str]
    packages: Mapping[str, str]
    currencies: Mapping[str, str]
    mass_units: Mapping[str, float]
    """Folded unit to kilograms."""
    volume_units: Mapping[str, float]
    """Folded unit to cubic metres."""
    totals: Sequence[str]
    """Folded words that begin a totals row."""
    placeholders: frozenset[str]
    """Folded texts that stand for an empty cell ("N/A", "-", "见备注")."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Further tables of rules/reading that a reader needs (value preferences, months …)."""
