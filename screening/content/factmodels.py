"""The shape of facts: materials, labels, words, sets and numbers that rules refer to (``rules/facts``)."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from screening.plaindata import record
from screening.terms import Text

Certainty = Literal["confirmed", "known", "secondary", "uncertain"]


class Strict:
    """What no field names is a mistake."""

    __slots__ = ()
    __pydantic_config__ = {"extra": "forbid", "strict": False}  # noqa: RUF012 - read by pydantic, never changed


@record(kw_only=True)
class Band(Strict):
    """A dated range of a number, with where it comes from."""

    low: float | None = None
    high: float | None = None
    certainty: Certainty = "uncertain"
    source: str = ""
    as_of: str = ""
    note: str = ""


@record(kw_only=True)
class Substance(Strict):
    """One form of a material that trade names: an oxide, the metal, an alloy, a magnet."""

    is_: Literal["metal", "oxide", "compound", "alloy", "magnet", "ore", "scrap", "mixture", "crystal", "product", "other"]
    names: dict[str, list[str]] = field(default_factory=dict)
    """By language. Names formed by facts/naming.yaml from the element's name need not be repeated."""
    formulas: list[str] = field(default_factory=list)
    cas: list[str] = field(default_factory=list)
    hs: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    """Further materials it contains (an alloy of Dy and Fe contains ``fe``)."""
    price_usd_kg: Band | None = None
    density_t_m3: Band | None = None
    """Density as packed."""


@record(kw_only=True)
class Material(Strict):
    """A chemical element or a group of goods, and the substances trade sells it as."""

    symbol: str = ""
    symbol_is_word: bool = False
    """The symbol is also a word in capitals ("IN", "AS"): it counts in exact case only."""
    name: Text
    names: dict[str, list[str]] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    substances: dict[str, Substance] = field(default_factory=dict)
    certainty: Certainty = "known"
    source: str = ""


@record(kw_only=True)
class Label(Strict):
    """A commodity as declared, and what goods of that name are expected to look like."""

    name: Text
    terms: dict[str, list[str]]
    hs4: list[str] = field(default_factory=list)
    price_usd_kg: Band | None = None
    density_t_m3: Band | None = None
    kg_per_package: Band | None = None
    packaging: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    """Ids of documented cases in which other goods travelled under this name."""
    suspects: list[str] = field(default_factory=list)
    """Substances found under it, as ``<material>.<substance>``."""
    certainty: Certainty = "uncertain"
    source: str = ""
    note: str = ""


@record(kw_only=True)
class Words(Strict):
    """A named word list: a form, a product, or a list for the operator ``terms``."""

    name: Text
    terms: dict[str, list[str]]
    source: str = ""
    note: str = ""


@record(kw_only=True)
class MemberSet(Strict):
    """A documented set of countries, or of customs codes."""

    name: Text
    countries: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    certainty: Certainty
    source: str
    as_of: str = ""
    note: str = ""

    @property
    def members(self) -> list[str]:
        """What is in it."""
        return self.countries or self.codes


@record(kw_only=True)
class Param(Strict):
    """A number that rules refer to, with its source."""

    value: float
    name: Text
    certainty: Certainty
    source: str
    unit: str = ""
    note: str = ""


@record(kw_only=True)
class MeasurePattern(Strict):
    """How a measure is written in goods texts: RE2 with the groups ``lo`` and, where written so, ``rel`` and ``hi``."""

    pattern: str
    needs: list[str]
    """Texts (letter case not counting) one of which must stand there: spares other texts the search."""
    scale: float = 1
    """Factor to the unit of the measure."""
    per: float | None = None
    """The measure is this number divided by the one written (mesh to micrometres)."""
    nines: bool = False
    """The number counts nines: ``4N`` is 99.99, ``4N5`` (group ``hi``) 99.995."""
    minimum_is_value: bool = False
    """A stated minimum names the grade and is read as the value."""
    least: float | None = None
    """Smaller numbers are something else and not read."""
    most: float | None = None
