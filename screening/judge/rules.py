"""Rules and items made ready: what each one asks, which lines it can speak of at all, and what it is called.

What comes in is checked content; what comes out are ``Prepared`` rules in the order of their ids, which ``plan`` compiles.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from screening.content.conditions import (
    And,
    AtLeast,
    Atom,
    Detect,
    Node,
    Not,
    Ref,
    Selection,
    atoms_of,
    parse_detect,
    parse_selection,
)
from screening.content.fields import GOODS, NEEDS, FieldType, field_type
from screening.content.models import Item, NextStep, Rule
from screening.plaindata import record
from screening.terms import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from screening.content.factmodels import MemberSet
    from screening.content.models import Content, Dates, Instrument

MET, NOT_STATED, PARTIAL, UNDESCRIBED = 3, 2, 1, 4
GRADED = {"low": 5, "medium": 6, "high": 7}
"""Partial through a selection with a confidence of its own."""
STRENGTHS = {MET: "met", NOT_STATED: "not_stated", **dict.fromkeys((PARTIAL, UNDESCRIBED, *GRADED.values()), "partial")}

HS_MATCH = 8
"""Digits in which a code of the line and a reference code must agree where one of them has no more."""

_RARITY = {"listed": 0, "filled": 1, "material": 2, "term": 3, "grade": 4, "product": 5, "label": 6, "form": 7, "code": 8}
"""Which of the things that a rule may wait for few lines have: the rarest first."""
_COMMON = ("label", "form", "code")
"""Those that many lines have."""
_CODES = ("hs_code", "hs4", "hs6")


def levels(item: Item) -> list[tuple[dict[str, bool | None], int]]:
    """How far an item may be met, the first that holds counts: what its selections are taken for, and the strength it gives.

    A selection is taken for False (it does not count) or None (it counts as true where it is not known).
    """
    without: dict[str, bool | None] = dict.fromkeys(item.weak, False)
    found = [(without, MET)]
    for confidence in reversed(GRADED):
        told = [name for name, given in item.graded.items() if given == confidence]
        if told:
            found.append(({name: value for name, value in without.items() if name not in told}, GRADED[confidence]))
    if item.deciding:
        found.append(({**without, **dict.fromkeys(item.deciding)}, NOT_STATED))
    return [*found, ({}, PARTIAL)] if item.weak else found


@record
class Gate:
    """What chooses the lines on which a rule is evaluated: those with one of these."""

    facts: frozenset[str] = frozenset()
    """Facts of the goods text; a kind stands for every fact of it."""
    codes: tuple[str, ...] = ()
    """Beginnings of customs codes. A line without a code of six digits may have any."""
    listed: bool = False
    """A listed item."""
    filled: tuple[str, ...] = ()
    """Columns that most lines leave empty: a declared code, a share that the text states."""
    common: str = ""
    """The commonest kind of thing that it lets through, if many lines have such."""


class Prepared:
    """A rule or item ready for evaluation. What costs time is worked out when it is first needed."""

    index = 0
    """The place among all rules."""
    sets: Mapping[str, MemberSet] = {}
    """The sets of countries and codes that its conditions may name."""

    def __init__(
        self,
        ident: str,
        spec: Rule | Item,
        instrument: Instrument | None,
        detect: Detect | None,
        applies: tuple[Node, ...] = (),
    ) -> None:
        """Keep the parts; ``detect`` is None for an item that only codes speak for."""
        self.id = ident
        self.spec = spec
        self.instrument = instrument
        self.detect = detect
        self.applies = applies
        self.group = spec.group if isinstance(spec, Rule) else None

    @cached_property
    def late(self) -> bool:
        """Asks which listed items a line carries, so it is evaluated after them."""
        return any(item.field == "listed_item" for item in self.atoms)

    @cached_property
    def listed_facts(self) -> tuple[str, ...]:
        """What ``listed_item`` may ask for that a line meeting the item carries; none for a duty, which lists no goods."""
        if self.instrument is None or not isinstance(self.spec, Item) or self.spec.consequence == "duty":
            return ()
        return tuple(f"item:{name}" for name in (self.id, self.instrument.id, self.instrument.regime))

    @cached_property
    def gate(self) -> Gate | None:
        """What a line must have for the rule not to be false of it, unless a code of the item speaks; None for nothing."""
        if self.detect is None:
            return Gate()
        counted = self.spec.deciding if isinstance(self.spec, Item) else ()
        found = _needed(self.detect.condition, self.sets, counted)
        if found is None:
            return None
        return Gate(
            facts=frozenset(name for kind, name in found if kind not in ("code", "listed", "filled")),
            codes=tuple(sorted(name for kind, name in found if kind == "code")),
            listed=("listed", "") in found,
            filled=tuple(sorted(name for kind, name in found if kind == "filled")),
            common=next((kind for kind in reversed(_COMMON) if any(kind == each for each, _ in found)), ""),
        )

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Canonical columns, and measures of the text, that decide the rule."""
        return _inputs([*self.applies, *([self.detect.condition] if self.detect else [])])

    @cached_property
    def hs_codes(self) -> tuple[str, ...]:
        """Reference codes that may speak alone."""
        return tuple(ref.code for ref in self.spec.reference_hs if not ref.basket) if isinstance(self.spec, Item) else ()

    @cached_property
    def code_parts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Reference codes as they are compared: those that a code must equal, and those that it may begin with.

        Two codes of ten digits must agree in full. One of eight says the same as one of ten that ends in 00; any other of ten is
        only a part of it.
        """
        whole = {code for code in self.hs_codes if len(code) > HS_MATCH}
        starts = {code for code in self.hs_codes if len(code) <= HS_MATCH}
        undivided = {code[:HS_MATCH] for code in whole if code.endswith("00")}
        return tuple(sorted(whole | undivided)), tuple(sorted(starts))

    @cached_property
    def materials(self) -> tuple[str, ...]:
        """Material facts of the item's own text, which never contradict its reference codes."""
        own = self.spec.materials if isinstance(self.spec, Item) else ()
        return tuple(f"material:{name}" for name in own) or _materials(self.detect)

    @property
    def family(self) -> str:
        """What is compared; every item of a law is a control."""
        return "control" if isinstance(self.spec, Item) else self.spec.family

    @property
    def basis(self) -> str:
        """Why a hit stands."""
        return "law" if isinstance(self.spec, Item) else self.spec.basis

    @property
    def regime(self) -> str | None:
        """Whose law it is, where it is somebody's."""
        if self.instrument is not None:
            return self.instrument.regime
        return (self.spec.regime or None) if isinstance(self.spec, Rule) else None

    @property
    def dates(self) -> Dates | None:
        """When the legal text behind it applies; the innermost dates win."""
        own = self.spec.dates if isinstance(self.spec, Item) else None
        return own or (self.instrument.dates if self.instrument else None)

    @property
    def shared_facts(self) -> frozenset[str]:
        """Facts that make two findings one: the label of the text, or a material named in it."""
        found: set[str] = set()
        for item in self.atoms:
            refs = [value.space for value in _values(item) if isinstance(value, Ref)]
            found.update(name for name in (item.field, *refs) if name in ("label", "material"))
        return frozenset(found)

    def work_out(self) -> None:
        """Work out now what else is worked out when it is first needed."""
        for name, value in vars(Prepared).items():
            if isinstance(value, cached_property):
                getattr(self, name)

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """Every comparison of the rule."""
        own = self.detect.atoms() if self.detect is not None else ()
        return (*(item for node in self.applies for item in atoms_of(node)), *own)


def plain_code(code: str) -> str:
    """A control code without case, spaces and dots at its end: how declared codes are compared."""
    return code.upper().replace(" ", "").rstrip(".")


def parse_rules(content: Content) -> list[Prepared]:
    """All rules and items that can run, by id, so that the order of files changes nothing."""
    rules = [
        Prepared(rule.id, rule, None, parse_detect(rule.detect)) for rule in content.rules.values() if rule.status != "retired"
    ]
    asked = {name for rule in rules for item in rule.atoms if item.op == "party" for name in item.value}
    rules += [Prepared(rule.id, rule, None, parse_detect(rule.detect)) for rule in _list_rules(content, asked)]
    for instrument in content.instruments.values():
        shared = _applies(instrument.applies)
        for item in instrument.items:
            if item.status != "retired":
                detect = parse_detect(item.detect) if item.detect else None
                applies = shared if item.applies is None else _applies(item.applies)
                rules.append(Prepared(f"{instrument.id}/{item.code}", item, instrument, detect, applies))
    rules.sort(key=lambda rule: rule.id)
    for index, rule in enumerate(rules):
        rule.index, rule.sets = index, content.sets
    return rules


def _list_rules(content: Content, asked: set[str]) -> list[Rule]:
    """A rule for every list that no rule of the content asks for: a list of one's own is never carried for nothing."""
    texts = content.texts
    documents: list[str] = [name for name in ("list_entry", "company_extract") if name in content.documents]
    return [
        Rule(
            id=f"party.list-{ident}",
            title=watchlist.title,
            family="party",
            basis="law" if watchlist.official else "red_flag",
            regime=watchlist.regime,
            action="review",
            confidence="high",
            detect={"named": {"any_party": {"party": [ident]}}},
            reason=texts["party_owned_reason" if watchlist.format == "ownership" else "party_hit_reason"],
            next_step=NextStep(en=texts["next_step_party"].en, zh=texts["next_step_party"].zh, documents=documents),
            citations=[],
            parties=watchlist.effect,
        )
        for ident, watchlist in content.watchlists.items()
        if ident not in asked
    ]


def _applies(selection: Any) -> tuple[Node, ...]:
    return (parse_selection("applies", selection),) if selection else ()


def _materials(detect: Detect | None) -> tuple[str, ...]:
    found = [a for a in (detect.atoms() if detect else ()) if a.field == "material" and a.op in ("any_of", "all_of")]
    return tuple(sorted({f"material:{name}" for a in found for name in a.value}))


def undescribed(content: Content) -> Node | None:
    """What makes a goods text no description of goods (``undescribed`` of decision.yaml)."""
    told = content.decision.get("undescribed")
    return parse_selection("undescribed", told) if told else None


def wanted(rules: list[Prepared], more: Node | None = None) -> tuple[dict[str, set[str]], set[tuple[str, ...]]]:
    """The word lists and compositions that any rule, or ``more``, asks for."""
    lists: dict[str, set[str]] = {}
    compositions: set[tuple[str, ...]] = set()
    for item in [item for rule in rules for item in rule.atoms] + (list(atoms_of(more)) if more else []):
        if item.op == "terms":
            lists.setdefault(item.field, set()).update(item.value)
        elif item.field.startswith("composition."):
            compositions.add(composition(item.field))
    return lists, compositions


def composition(name: str) -> tuple[str, ...]:
    """The element ids of a field such as ``composition.Dy+Tb``, sorted."""
    return tuple(sorted(part.lower() for part in name.removeprefix("composition.").split("+")))


_Needs = frozenset[tuple[str, str]]
"""Things of which a line must have one: their kind, and a fact (or a kind of facts), the beginning of a code, or nothing."""


def _needed(node: Node, sets: Mapping[str, MemberSet], counted: Collection[str] = ()) -> _Needs | None:
    """What a line must have one of for ``node`` to be anything but false of it, such that few lines do; None if nothing.

    What a condition denies asks for nothing.

    Args:
        node: the condition.
        sets: the sets of codes that it may name.
        counted: selections that may count as true where they are not known.
    """
    if isinstance(node, Atom):
        return _needed_of(node, sets)
    if isinstance(node, Selection):
        found = [_needed(node.node, sets, counted)]
        if node.exempts and node.name not in counted:  # false where it is not known
            found.append(_filled(node.node))
        return min((needs for needs in found if needs is not None), key=_cost, default=None)
    if isinstance(node, Not):
        return None
    parts = sorted((needs for part in node.parts if (needs := _needed(part, sets, counted)) is not None), key=_cost)
    # any one of all that must hold; of those of which some may, so many that one of them must
    some = 1 if isinstance(node, And) else len(node.parts) - (node.count if isinstance(node, AtLeast) else 1) + 1
    return frozenset().union(*parts[:some]) if 0 < some <= len(parts) else None


def _filled(node: Node) -> _Needs | None:
    """A column that most lines leave empty, without which ``node`` is not known; None if there is none."""
    if isinstance(node, And):
        return next(filter(None, map(_filled, node.parts)), None)
    if not isinstance(node, Atom):
        return None
    measured = field_type(node.field) is FieldType.INTERVAL
    if (measured or node.field == "item_code") and not (node.op == "exists" and node.value is False):
        return frozenset({("filled", f"{node.field}.lo" if measured else node.field)})
    return None


def _needed_of(item: Atom, sets: Mapping[str, MemberSet]) -> _Needs | None:
    if field_type(item.field) is FieldType.ITEM:
        return frozenset({("listed", "")}) if item.op in ("any_of", "exists") and item.value is not False else None
    if item.op == "terms":
        return frozenset(("term", f"term:{name}") for name in item.value) if item.field == GOODS else None
    if item.field in _RARITY and item.op in ("any_of", "all_of"):
        return frozenset((item.field, f"{item.field}:{name}") for name in item.value[: 1 if item.op == "all_of" else None])
    if item.field in _RARITY and item.op == "exists" and item.value is not False:
        return frozenset({(item.field, item.field)})
    fixed = not isinstance(item.value, Ref) or item.value.space == "set"
    if item.field in _CODES and item.op in ("is", "in", "prefix") and fixed:
        named = sets[item.value.name].members if isinstance(item.value, Ref) else _values(item)
        return frozenset(("code", str(code)) for code in named)
    return None


def _cost(needs: _Needs) -> tuple[int, int]:
    """How many lines have one of ``needs``, roughly: by the commonest kind, then by their number."""
    return max((_RARITY[kind] for kind, _ in needs), default=0), len(needs)


def fields_of(node: Node) -> list[str]:
    """The fields a condition asks for, and the columns it compares them with, each once."""
    found: dict[str, None] = {}
    for item in atoms_of(node):
        found[item.field] = None
        found.update((value.name, None) for value in _values(item) if isinstance(value, Ref) and value.space == "line")
    return list(found)


def _inputs(nodes: list[Node]) -> tuple[str, ...]:
    """Canonical columns, and measures of the text, that decide the nodes: what is missing where a rule is not judged."""
    found: dict[str, None] = {}
    for node in nodes:
        for name in fields_of(node):
            for column in NEEDS.get(name, (name,)):
                if column in COLUMNS or field_type(column) is FieldType.INTERVAL:
                    found[column] = None
    return tuple(found)


def _values(item: Atom) -> tuple[object, ...]:
    return item.value if isinstance(item.value, tuple) else (item.value,)
