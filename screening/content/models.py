"""The shape of rules and law, and of the whole content: what may stand in a file and of which type. Facts: ``factmodels.py``.

Plain dataclasses, so that a run starts without a validator; ``check.py`` validates files against them with pydantic,
``snapshot.py`` stores and restores them as JSON. Conditions are kept as written and parsed by ``conditions.py``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from screening.content.factmodels import Certainty, Label, Material, MeasurePattern, MemberSet, Param, Strict, Words
from screening.errors import Problem
from screening.plaindata import record
from screening.terms import Action, Basis, Confidence, Family, Text

if TYPE_CHECKING:
    from screening.content.listmodels import ListSource, Watchlist

ReadIn = Literal["original", "official_copy", "copy", "summary", "memory"]
Maturity = Literal["draft", "test", "stable", "retired"]
Expect = Literal["hit", "clear", "not_judged"]


@record(kw_only=True)
class Source(Strict):
    """A document that a fact or a rule rests on."""

    title: str
    publisher: str = ""
    url: str = ""
    date: str = ""
    """As precise as known: ``2025-07-18``, ``2025``."""
    certainty: Certainty = "confirmed"
    note: str = ""


@record(kw_only=True)
class Citation(Strict):
    """Where a rule stands: a source, the place in it, what it is cited for, and what was read."""

    source: str
    section: str = ""
    claim: str = ""
    read_in: ReadIn = "copy"


@record(kw_only=True)
class NextStep(Strict):
    """What a person does about a hit, and the documents that settle it."""

    en: str
    zh: str = ""
    documents: list[str] = field(default_factory=list)
    """Ids of facts/documents.yaml."""


@record(kw_only=True)
class Example(Strict):
    """A line (or lines, for a rule over lines) and what the rule must say of it."""

    name: str
    expect: Expect
    line: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    """For rules over lines: ``expect`` is then meant of the lines in ``on`` (numbers from 1; all where empty)."""
    on: list[int] = field(default_factory=list)
    as_of: dt.date | None = None
    action: Action | None = None
    """The action of the hit, where the example is about that."""
    status: str = ""
    group: str = ""
    """Name of a distinction this example belongs to (for counting and for the docs)."""


@record(kw_only=True)
class Group(Strict):
    """The part of a rule that looks at several lines; ``detect`` says which lines take part."""

    kind: Literal["window", "surge", "pass_through", "outlier", "first"]
    by: list[str] = field(default_factory=list)
    """Columns whose (folded) values make a group. For ``pass_through``: what must be equal on both legs."""
    days: int | None = None
    """window, surge: length of the sliding window in days; None means the whole run."""
    having: dict[str, dict[str, Any]] = field(default_factory=dict)
    """window: totals to reach: ``lines``, ``shipments``, a number column (its sum), ``distinct.<column>``."""
    back_days: int = 365
    """surge: how far back the window that is compared lies. first: days without a line of the same key."""
    of: str = "net_kg"
    """surge, pass_through, outlier, first: the number compared."""
    ratio: dict[str, Any] = field(default_factory=dict)
    """surge: total now over total then."""
    at_least: float = 0
    """surge: the total now that makes it worth a look. first: the share of the run's lines of these goods (the last column of
    ``by``) below it, such as 0.75."""
    between_days: list[int] = field(default_factory=list)
    """pass_through: least and most days between arrival leg and onward leg."""
    within: float = 0.03
    """pass_through: relative difference of ``of`` between the legs."""
    price_ratio: list[float] = field(default_factory=list)
    """pass_through: least and most unit price onward over unit price inward. outlier: only what lies below the first or above the
    second of these multiples of the middle value. Empty: not looked at."""
    min_lines: int = 8
    """outlier: lines a group needs before its price says anything. first: lines of the goods."""
    z: float = 3.5
    """outlier: modified z-score of the logarithm beyond which a value is far off (Iglewicz and Hoaglin)."""
    fence: float | None = None
    """outlier: interquartile ranges beyond the quartiles from which a value is far off (Tukey), in the place of ``z``."""

    @property
    def total(self) -> str:
        """The number column whose total a reason may tell, as ``{group.total}`` or by its own name."""
        counted = ("lines", "shipments")
        return next((n for n in self.having if n not in counted and not n.startswith("distinct.")), self.of)


@record(kw_only=True)
class Rule(Strict):
    """A red flag, a data finding or a party rule."""

    id: str
    revision: int = 1
    title: Text
    family: Family
    basis: Basis
    regime: str = ""
    """Whose law it carries out (``CN``, ``EU``), as ``Instrument.regime``; empty where it is no country's law.
    Foreign to users whom that law does not bind."""
    action: Action
    confidence: Confidence = "medium"
    status: Maturity = "stable"
    detect: dict[str, Any]
    group: Group | None = None
    required: bool = False
    reason: Text
    next_step: NextStep
    known_false_hits: str = ""
    citations: list[Citation]
    certainty: Certainty = "confirmed"
    """The weakest fact that decides the rule; ``uncertain`` never takes part in a hold."""
    cases: list[str] = field(default_factory=list)
    """Ids of documented cases the rule was written for."""
    indicator: str = ""
    """Id of the indicator of the research notes it implements."""
    parties: str = ""
    """For party rules: the effect whose action table (decision.yaml) replaces ``action``."""
    country_alone: bool = False
    """The hit rests on a country (and what the goods are) only; it never helps to raise an outcome to hold."""
    examples: list[Example] = field(default_factory=list)


@record(kw_only=True)
class Suspension(Strict):
    """A period, both days included, during which an instrument does not apply."""

    from_: dt.date
    until: dt.date | None = None
    by: str = ""
    """Id of the instrument that suspends."""


@record(kw_only=True)
class Dates(Strict):
    """When a legal text applies. All days inclusive."""

    issued: dt.date | None = None
    in_force: dt.date
    ended: dt.date | None = None
    """First day on which it no longer applies."""
    suspensions: list[Suspension] = field(default_factory=list)


@record(kw_only=True)
class ReferenceHs(Strict):
    """A customs code printed with an item. It is evidence; the item text decides."""

    code: str
    basket: bool = False
    """The code also takes in goods that are not listed, so it never speaks alone."""


@record(kw_only=True)
class Item(Strict):
    """One listed item, or one article, of an instrument. It is a rule with the id ``<instrument>/<code>``."""

    code: str
    revision: int = 1
    title: Text
    detect: dict[str, Any] = field(default_factory=dict)
    """Selections and ``condition``. Without it only the reference codes and the declared item code speak."""
    deciding: list[str] = field(default_factory=list)
    """Selections whose not being stated still makes a hit (of strength ``not_stated``)."""
    weak: list[str] = field(default_factory=list)
    """Selections that by themselves only make a partial hit (a grade, a vague name)."""
    graded: dict[str, Confidence] = field(default_factory=dict)
    """Of the weak selections those whose hits have a confidence of their own, and ask before ``deciding`` does."""
    usual_not_listed: str = ""
    """Why the usual grade is not listed (with source id): a ``not_stated`` hit is then a note."""
    reference_hs: list[ReferenceHs] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    """Materials a text may name without contradicting the reference code; default: those of ``detect``."""
    confidence: Confidence = "high"
    partial_confidence: Confidence = "medium"
    status: Maturity = "stable"
    consequence: Literal["licence", "prohibited", "technology", "duty"] = "licence"
    """What the item carries: a licence, a prohibition that no licence heals, a licence for technology, or a duty of another kind
    (a clause, a check), which lists no goods."""
    dates: Dates | None = None
    verified_on: dt.date | None = None
    applies: dict[str, Any] | None = None
    """Selection in the place of the instrument's own; ``{}`` for none."""
    settles: list[str] = field(default_factory=list)
    """Documents (facts/documents.yaml) that decide whether the item is met."""
    reason: Text | None = None
    next_step: NextStep | None = None
    note: Text | None = None
    """What a reader must know of the item's limits; printed with every hit."""
    known_false_hits: str = ""
    citations: list[Citation] = field(default_factory=list)
    certainty: Certainty = "confirmed"
    cases: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


@record(kw_only=True)
class Duty(Strict):
    """What a law asks of those who serve an export: carriers, forwarders, customs brokers, banks."""

    en: str
    zh: str
    citations: list[Citation]


@record(kw_only=True)
class Provision(Strict):
    """What an article says that no line can be compared with: it is explained, not applied."""

    section: str
    en: str
    zh: str
    read_in: ReadIn = "copy"
    certainty: Certainty = "confirmed"


@record(kw_only=True)
class Instrument(Strict):
    """A law, notice or decree: one file that reads like the text it stands for."""

    id: str
    number: str
    title: Text
    regime: str
    issuer: list[str]
    dates: Dates
    verified_on: dt.date
    applies: dict[str, Any] = field(default_factory=dict)
    """Selection a line must meet for any item to apply, such as ``{leaves_from: CN}``."""
    legal_basis: list[str] = field(default_factory=list)
    note: Text | None = None
    provisions: list[Provision] = field(default_factory=list)
    what_to_check: Text | None = None
    """Said when the state is unconfirmed: what to look up, and where."""
    next_step: NextStep | None = None
    duty: Duty | None = None
    """Said, and cited, with every hold under the regime while this instrument is in force."""
    citations: list[Citation]
    certainty: Certainty = "confirmed"
    example_line: dict[str, Any] = field(default_factory=dict)
    """Columns that every example of this file has unless it says otherwise (null takes one away)."""
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Content:
    """Everything rules/ and watchlists/ say, checked and ready to be compiled."""

    version: str
    sources: dict[str, Source] = field(default_factory=dict)
    documents: dict[str, Text] = field(default_factory=dict)
    distinctions: dict[str, Text] = field(default_factory=dict)
    """What naive screening gets wrong; examples name theirs as ``group``."""
    materials: dict[str, Material] = field(default_factory=dict)
    naming: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Substance id to language to name templates with ``{n}``; ``free_of`` and ``free_of_element`` for denials,
    ``elsewhere`` for streets and brands."""
    forms: dict[str, Words] = field(default_factory=dict)
    products: dict[str, Words] = field(default_factory=dict)
    terms: dict[str, Words] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    masks: list[str] = field(default_factory=list)
    """Phrases in which an inner word does not mean what it says alone ("terbium street")."""
    characters: dict[str, str] = field(default_factory=dict)
    """Single characters to their plain form: traditional to simplified Chinese, look-alike letters to Latin."""
    grades: dict[str, list[str]] = field(default_factory=dict)
    """Magnet grade class to the spellings that name it."""
    measures: dict[str, list[MeasurePattern]] = field(default_factory=dict)
    """Measure (a field such as ``purity``) to its spellings."""
    relations: dict[str, list[str]] = field(default_factory=dict)
    """``less`` and ``more``: signs and words before a number."""
    coordinates: dict[str, list[float]] = field(default_factory=dict)
    """Country to latitude and longitude of its main trading centre, in degrees."""
    sets: dict[str, MemberSet] = field(default_factory=dict)
    params: dict[str, Param] = field(default_factory=dict)
    placeholders: list[str] = field(default_factory=list)
    """Texts in ``licence_no`` that state no licence."""
    party_words: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Words of names by what they are (``legal_form``, ``activity`` …) and meaning: the spellings."""
    party_matching: dict[str, float] = field(default_factory=dict)
    """What words weigh when names are compared, and from which likeness a match counts."""
    decision: dict[str, Any] = field(default_factory=dict)
    regimes: dict[str, Text] = field(default_factory=dict)
    """Names of the regimes that ``--bound-by`` may name."""
    texts: dict[str, Text] = field(default_factory=dict)
    """Sentences used when an item or a status has none of its own."""
    instruments: dict[str, Instrument] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    watchlists: dict[str, Watchlist] = field(default_factory=dict)
    list_sources: dict[str, ListSource] = field(default_factory=dict)
    """Published lists that can be imported, by the id they get."""
    list_columns: dict[str, list[str]] = field(default_factory=dict)
    """Headers of lists of one's own: field of an entry to the words that head it."""
    list_kinds: dict[str, list[str]] = field(default_factory=dict)
    """Kind of an entry to the words that say so in lists of one's own."""
    ownership_columns: dict[str, list[str]] = field(default_factory=dict)
    """Headers of a table of owner, owned and percent."""
    list_countries: dict[str, str] = field(default_factory=dict)
    """Names of countries and nationalities as lists write them, besides those of ``reading``."""
    reading: dict[str, Any] = field(default_factory=dict)
    """The words of manifest/, as ``reading.to_data`` gives them."""
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Rule id to the file and line it stands in."""
    advice: list[Problem] = field(default_factory=list)
    """What would make the user's own files better, where nothing is wrong with them."""
    hashes: dict[str, str] = field(default_factory=dict)
    """File (relative) to SHA-256, for provenance and for the snapshot's key."""
