"""Checks what single files cannot show: that every id referred to exists, conditions parse, examples suffice, terms are safe.

Returns problems with file and line; it never raises and never stops at the first.
"""

from __future__ import annotations

import re
import string
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from screening.content.conditions import Ref, atoms_of, parse_detect, parse_selection
from screening.content.fields import FACT_KINDS, FIELDS, FieldType, field_type
from screening.content.spellings import check_spellings
from screening.errors import Problem
from screening.terms import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from screening.content.conditions import Atom, Detect
    from screening.content.document import Document, Place
    from screening.content.factmodels import Label
    from screening.content.listmodels import ListSource, Watchlist
    from screening.content.models import Content, Instrument, Item, Rule
    from screening.terms import Text


GROUP_VALUES = ("lines", "shipments", "total", "ratio", "first", "last", "days", "key")
"""Names a reason may use as ``{group.…}``."""
PARTY_VALUES = ("role", "given", "listed", "list", "entry", "notice", "match", "note")
"""Names the reason of a party rule may use."""
_OTHER_VALUES = ("label", "found", "materials", "value_usd_source", "leaves_from_source", "missing", "shipment")
_REASON_NAMES = {*FIELDS, *COLUMNS, *_OTHER_VALUES}
_BANDS = ("price_low", "price_high", "density_low", "density_high", "kg_low", "kg_high")
_LABEL_VALUES = ("name", *_BANDS, "hs4", "packaging", "modes")
_EFFECTS_KEY = "parties"


def check(content: Content, documents: dict[str, Document], *, own: bool = False) -> tuple[list[Problem], list[Problem]]:
    """All problems of ``content`` that cross files, and advice on what the user's own files might still say.

    Args:
        content: what was read, with what it is added to.
        documents: the files read now, for their lines.
        own: whether these are the user's own; what only shipped content must have is then advice.
    """
    checker = _Checker(content, documents, own=own)
    checker.run()
    return checker.problems, checker.advice


class Tell(Protocol):
    """Records a problem at a place; ``incomplete``: nothing is wrong, but shipped content must say more."""

    def __call__(self, place: Place, message: str, *, incomplete: bool = False) -> None:
        """Record it."""


class _Checker:
    def __init__(self, content: Content, documents: dict[str, Document], *, own: bool) -> None:
        self.content = content
        self.documents = documents
        self.problems: list[Problem] = []
        self.advice: list[Problem] = []
        self.incomplete = self.advice if own else self.problems

    def run(self) -> None:
        for rule in self.content.rules.values():
            if tell := self.teller("rules", rule.id):
                self.rule(rule, tell)
        for instrument in self.content.instruments.values():
            if tell := self.teller("instruments", instrument.id):
                self.instrument(instrument, tell)
        for watchlist in self.content.watchlists.values():
            if tell := self.teller("watchlists", watchlist.id):
                self.watchlist(watchlist, tell)
        for ident, source in self.content.list_sources.items():
            if tell := self.teller("list_sources", ident):
                self.texts({"title": source.title}, tell)
                self.effect(source, tell)
                self.known(
                    [source.regime],
                    [*self.content.regimes, *self.content.decision["binds_everyone"]],
                    "regime",
                    ("regime",),
                    tell,
                )
        for document in self.documents.values():
            self.decision(document)
            self.problems += check_spellings(document)
        self.facts()

    def decision(self, document: Document) -> None:
        """What a file says of ``undescribed`` goods texts."""
        told = document.data.get("decision")
        if not isinstance(told, dict) or "undescribed" not in told:
            return

        def tell(place: Place, message: str, *, incomplete: bool = False) -> None:
            del place, incomplete
            document.problem(("decision", "undescribed"), f"undescribed: {message}")
            self.problems.append(document.problems[-1])

        self.atoms(parse_selection("undescribed", told["undescribed"], tell).node, tell)

    def teller(self, kind: str, name: str) -> Tell | None:
        """What records a problem at a place within an entry; None for entries that were not read now."""
        path, line = self.content.places.get(f"{kind}:{name}", ("", 0))
        document = self.documents.get(path)
        if document is None:
            return None
        base = _place_of(document, line, kind, name)

        def tell(place: Place, message: str, *, incomplete: bool = False) -> None:
            found = self.incomplete if incomplete else self.problems
            found.append(Problem(path, document.line((*base, *place)), f"{name}: {message}"))

        return tell

    # rules

    def rule(self, rule: Rule, tell: Tell) -> None:
        detect = self.detect(rule.detect, tell)
        self.texts({"title": rule.title, "reason": rule.reason}, tell)
        totals = (f"group.{rule.group.total}",) if rule.group else ()
        self.reason(rule.reason, tell, ("reason",), extra=(*totals, *(PARTY_VALUES if rule.parties else ())))
        self.citations([c.source for c in rule.citations], tell)
        if not rule.citations:
            tell(("citations",), "names no source", incomplete=True)
        self.known(rule.next_step.documents, self.content.documents, "document", ("next_step", "documents"), tell)
        if rule.regime:
            known = {*self.content.regimes, *self.content.decision.get("binds_everyone", ())}
            self.known([rule.regime], known, "regime", ("regime",), tell)
        if rule.parties and rule.parties not in self.content.decision.get(_EFFECTS_KEY, {}):
            tell(("parties",), f"decision.yaml has no effect {rule.parties!r} under {_EFFECTS_KEY}")
        if rule.group is not None:
            for column in [*rule.group.by, rule.group.of]:
                if field_type(column) is None:
                    tell(("group",), f"there is no column {column!r}")
            for name in rule.group.having:
                column = name.removeprefix("distinct.")
                if name not in ("lines", "shipments") and field_type(column) is None:
                    tell(("group", "having"), f"there is no total {name!r}")
        if rule.status == "stable" and detect is not None:
            self.examples(rule, detect, tell)
        self.example_lines(rule.examples, tell)

    def instrument(self, instrument: Instrument, tell: Tell) -> None:
        self.texts({"title": instrument.title}, tell)
        self.citations([c.source for c in instrument.citations], tell)
        if not instrument.citations:
            tell(("citations",), "names no source", incomplete=True)
        if instrument.duty:
            self.citations([c.source for c in instrument.duty.citations], tell)
        self.known(instrument.legal_basis, self.content.instruments, "instrument", ("legal_basis",), tell)
        if instrument.applies:
            self.atoms(parse_selection("applies", instrument.applies, tell).node, tell)
        self.suspensions(instrument.dates, tell, ())
        seen: set[str] = set()
        for index, item in enumerate(instrument.items):
            if item.code in seen:
                tell(("items", index), f"the code {item.code!r} stands twice")
            seen.add(item.code)
            self.item(item, _of_item(tell, index, item.code))

    def item(self, item: Item, tell: Tell) -> None:
        self.texts({"title": item.title}, tell)
        detect = self.detect(item.detect, tell) if item.detect else None
        if item.applies:
            self.atoms(parse_selection("applies", item.applies, tell).node, tell)
        names = detect.selections if detect else {}
        for key in ("deciding", "weak"):
            self.known(getattr(item, key), names, "selection", (key,), tell)
        self.known(list(item.graded), item.weak, "weak selection", ("graded",), tell)
        self.known(item.settles, self.content.documents, "document", ("settles",), tell)
        self.known(item.materials, self.material_names(), "material", ("materials",), tell)
        self.citations([c.source for c in item.citations], tell)
        if item.next_step:
            self.known(item.next_step.documents, self.content.documents, "document", ("next_step", "documents"), tell)
        for index, ref in enumerate(item.reference_hs):
            if not re.fullmatch(r"\d{4,10}", ref.code):
                tell(("reference_hs", index), f"{ref.code!r} is no customs code of 4 to 10 digits")
        if item.dates:
            self.suspensions(item.dates, tell, ("dates",))
        if item.reason:
            self.reason(item.reason, tell, ("reason",))
        self.example_lines(item.examples, tell)
        if item.status == "stable" and item.detect:
            for expect, least in (("hit", 2), ("clear", 2)):
                if sum(e.expect == expect for e in item.examples) < least:
                    tell(("examples",), f"a stable item needs {least} examples that are expected {expect!r}", incomplete=True)

    def detect(self, detect: dict[str, Any], tell: Tell) -> Detect | None:
        found: list[str] = []

        def report(place: Place, message: str) -> None:
            found.append(message)
            tell(("detect", *place), message)

        parsed = parse_detect(detect, report)
        for item in parsed.atoms():
            self.atom(item, partial(report, (item.selection, item.field)))
        return None if found else parsed

    def atoms(self, node: Any, tell: Tell) -> None:
        for item in atoms_of(node):
            self.atom(item, partial(tell, ("applies",)))

    def atom(self, item: Atom, report: Callable[[str], None]) -> None:
        values = item.value if isinstance(item.value, tuple) else (item.value,)
        for value in values:
            if isinstance(value, Ref):
                self.reference(value, report)
                holds = self.content.sets.get(value.name) if value.space == "set" else None
                if holds and bool(holds.codes) is not (field_type(item.field) is FieldType.CODE):
                    kind = "customs codes" if holds.codes else "countries"
                    report(f"set.{value.name} holds {kind}, which {item.field} is not compared with")
        names = [value for value in values if isinstance(value, str)]
        if item.field == "material":
            missing = [n for n in names if n not in self.material_names()]
        elif item.field in FACT_KINDS:
            missing = [n for n in names if n not in self.named().get(item.field, self.content.grades)]
        elif item.op == "terms":
            missing = [n for n in names if n not in self.content.terms]
        elif item.op == "party":
            missing = [n for n in names if n not in self.content.watchlists]
        elif item.field == "listed_item":
            items = {f"{i.id}/{item.code}" for i in self.content.instruments.values() for item in i.items}
            regimes = {law.regime for law in self.content.instruments.values()}
            missing = [n for n in names if n not in self.content.instruments and n not in items and n not in regimes]
        elif item.field.startswith("composition."):
            missing = [p for p in item.field.removeprefix("composition.").lower().split("+") if p not in self.content.materials]
        else:
            missing = []
        for name in missing:
            report(f"there is no {item.field if item.op != 'terms' else 'word list'} {name!r}{_nearest(name, self.pool(item))}")

    def pool(self, item: Atom) -> Iterable[str]:
        if item.field == "material":
            return self.material_names()
        return self.named().get(item.field, self.content.terms if item.op == "terms" else ())

    def named(self) -> dict[str, Collection[str]]:
        return {"form": self.content.forms, "product": self.content.products, "label": self.content.labels}

    def reference(self, ref: Ref, report: Callable[[str], None]) -> None:
        if ref.space == "param" and ref.name not in self.content.params:
            report(f"there is no param.{ref.name}{_nearest(ref.name, self.content.params)}")
        if ref.space == "set" and ref.name not in self.content.sets:
            report(f"there is no set.{ref.name}{_nearest(ref.name, self.content.sets)}")
        if isinstance(ref.times, Ref):
            self.reference(ref.times, report)

    def material_names(self) -> set[str]:
        names: set[str] = set()
        for ident, material in self.content.materials.items():
            names.update({ident, f"{ident}.unspecified", *(f"group.{g}" for g in material.groups)})
            for name, substance in material.substances.items():
                names.update({f"{ident}.{name}", f"{ident}.{substance.is_}"})
        return names

    def examples(self, rule: Rule, detect: Detect, tell: Tell) -> None:
        for expect, least in (("hit", 2), ("clear", 2)):
            if sum(e.expect == expect for e in rule.examples) < least:
                tell(("examples",), f"a stable rule needs {least} examples that are expected {expect!r}", incomplete=True)
        may_miss = any(field_type(a.field) is not None and a.op != "exists" for a in detect.atoms())
        if may_miss and not rule.group and not rule.parties and not any(e.expect == "not_judged" for e in rule.examples):
            tell(("examples",), "a stable rule needs an example that is expected 'not_judged'", incomplete=True)

    def example_lines(self, examples: list[Any], tell: Tell) -> None:
        for index, example in enumerate(examples):
            if example.group and example.group not in self.content.distinctions:
                known = _nearest(example.group, self.content.distinctions)
                tell(("examples", index), f"there is no distinction {example.group!r}{known}")
            for line in [example.line, *example.lines]:
                for column in line:
                    if column not in COLUMNS:
                        tell(("examples", index), f"there is no column {column!r}{_nearest(column, COLUMNS)}")

    # texts, sources, dates

    def texts(self, texts: dict[str, Text], tell: Tell) -> None:
        for name, text in texts.items():
            if not text.en:
                tell((name,), "has no English text")
            elif not text.zh:
                tell((name,), "has no Chinese text", incomplete=True)

    def reason(self, text: Text, tell: Tell, place: Place, extra: tuple[str, ...] = ()) -> None:
        for sentence in (text.en, text.zh):
            try:
                names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
            except ValueError as error:
                tell(place, f"a placeholder is not well formed: {error}")
                continue
            for name in names:
                space, _, rest = name.partition(".")
                known = (
                    name in _REASON_NAMES
                    or name in extra
                    or (space == "label" and rest in _LABEL_VALUES)
                    or (space == "material" and rest in _LABEL_VALUES)
                    or (space == "param" and rest in self.content.params)
                    or (space == "set" and rest in self.content.sets)
                    or (space == "group" and rest in GROUP_VALUES)
                    or (name.startswith("composition.") or field_type(name) is not None)
                )
                if not known:
                    tell(place, f"the placeholder {{{name}}} is not known")

    def citations(self, sources: list[str], tell: Tell) -> None:
        self.known(sources, self.content.sources, "source", ("citations",), tell)

    def known(self, names: Iterable[str], table: Iterable[str], what: str, place: Place, tell: Tell) -> None:
        table = set(table)
        for name in names:
            if name not in table:
                tell(place, f"there is no {what} {name!r}{_nearest(name, table)}")

    def suspensions(self, dates: Any, tell: Tell, place: Place) -> None:
        for suspension in dates.suspensions:
            if suspension.until is not None and suspension.until < suspension.from_:
                tell((*place, "suspensions"), "a suspension ends before it begins")
            if suspension.by and suspension.by not in self.content.instruments:
                tell((*place, "suspensions"), f"there is no instrument {suspension.by!r}")

    def watchlist(self, watchlist: Watchlist, tell: Tell) -> None:
        self.texts({"title": watchlist.title}, tell)
        for name in ("date", "verified_on"):
            if getattr(watchlist, name) is None:
                tell((), f"has no {name}: say of which day it is, and when somebody last looked", incomplete=True)
        seen: set[str] = set()
        for index, entry in enumerate(watchlist.entries):
            if entry.id in seen:
                tell(("entries", index), f"the entry id {entry.id!r} stands twice")
            seen.add(entry.id)
            if entry.instrument and entry.instrument not in watchlist.notices:
                tell(("entries", index), f"{entry.name}: there is no notice {entry.instrument!r} in this list")
        for name, notice in watchlist.notices.items():
            self.suspensions(notice.dates, tell, ("notices", name, "dates"))
            if name in self.content.instruments:
                tell(("notices", name), f"the id {name!r} is that of an instrument")
        self.effect(watchlist, tell)

    def effect(self, entry: Watchlist | ListSource, tell: Callable[[Place, str], None]) -> None:
        if entry.effect not in self.content.decision.get(_EFFECTS_KEY, {}):
            tell(("effect",), f"decision.yaml has no effect {entry.effect!r} under {_EFFECTS_KEY}")

    def facts(self) -> None:
        sources = self.content.sources
        for kind in ("labels", "materials", "sets", "params"):
            for name, entry in getattr(self.content, kind).items():
                tell = self.teller(kind, name)
                if tell is None:
                    continue
                if entry.source and entry.source not in sources:
                    tell((), f"there is no source {entry.source!r}{_nearest(entry.source, sources)}")
                if kind == "sets" and bool(entry.countries) is bool(entry.codes):
                    tell((), "a set has either countries or codes")
                if kind == "labels":
                    self.label(entry, tell)
                    self.known(entry.suspects, self.material_names(), "material", ("suspects",), tell)
                    self.bare_terms(entry.terms, tell)
        for kind in ("forms", "products", "terms"):
            for name, entry in getattr(self.content, kind).items():
                if tell := self.teller(kind, name):
                    self.bare_terms(entry.terms, tell)

    def label(self, label: Label, tell: Tell) -> None:
        if not label.name.zh:
            tell(("name",), "has no Chinese text", incomplete=True)
        for code in label.hs4:
            if not re.fullmatch(r"\d{4}", code):
                tell(("hs4",), f"{code!r} is no heading of four digits")
        for name in ("price_usd_kg", "density_t_m3", "kg_per_package"):
            band = getattr(label, name)
            if band and band.low is not None and band.high is not None and band.low > band.high:
                tell((name,), f"{band.low:g} to {band.high:g} is no range: the low end is above the high one")
        reading = self.content.reading
        for name, words in (("packaging", reading.get("packages", {})), ("modes", reading.get("modes", {}))):
            self.known(getattr(label, name), [*words, *words.values()], name.rstrip("s"), (name,), tell)

    def bare_terms(self, terms: dict[str, list[str]], tell: Tell) -> None:
        for language, group in terms.items():
            for term in group:
                letters = re.sub(r"[^A-Za-z]", "", term)
                if term.isascii() and len(term.strip()) < 3 and len(letters) == len(term.strip()):
                    tell(("terms", language), f"the term {term!r} is too short to mean anything by itself")


def _of_item(tell: Tell, index: int, code: str) -> Tell:
    """What tells a problem of an item at its place in the instrument, with its code."""

    def tell_item(place: Place, message: str, *, incomplete: bool = False) -> None:
        tell(("items", index, *place), f"{code}: {message}", incomplete=incomplete)

    return tell_item


def _place_of(document: Document, line: int, kind: str, name: str) -> Place:
    if kind in ("instruments", "watchlists"):
        return ()
    if kind == "rules":
        rules = document.data.get("rules")
        for index, rule in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(rule, dict) and rule.get("id") == name:
                return ("rules", index)
    del line
    return (kind, name)


def _nearest(name: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    close = get_close_matches(name, list(names), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
