"""Prepares every rule once and evaluates them on a chunk of lines.

The outcome of a rule on a line is a strength (``rules.STRENGTHS``): met, a deciding property is not stated, partial; 0 none, null
not judged.
Before a chunk is evaluated, every rule that cannot be true of any of its lines is left out (``certainly_false``), and rules that
need something named in the goods text, or a listed code, are evaluated on the lines that have it: that is exact, and it is what
makes a single line quick and a million cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.conditions import And, Node, asserted, denied
from screening.content.fields import GOODS, FieldType, field_type
from screening.content.models import Item
from screening.goods import Goods
from screening.goods.bits import Bits
from screening.judge import status, unjudged
from screening.judge.compile import FALSE, Scope, certainly_false, expression
from screening.judge.rows import Index, note_listed, rows_of
from screening.judge.rules import (
    HS_MATCH,
    MET,
    PARTIAL,
    UNDESCRIBED,
    Prepared,
    levels,
    parse_rules,
    plain_code,
    undescribed,
    wanted,
)
from screening.judge.settle import Settler
from screening.judge.survey import Survey
from screening.series import constant
from screening.terms import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.content.models import Content
    from screening.judge.unjudged import Unjudged

_LOCK = Lock()
"""Several threads may share a plan."""
_FEW_ANSWERS = 100_000
"""Answers (lines times rules) up to which they are turned into rows in one go."""
_FEW_LINES = 100
"""Lines up to which looking at their values is quicker than building expressions."""
_FEW = 64
"""Distinct values of a code or country column up to which it pays to look at them before evaluating."""


@dataclass(slots=True)
class Evaluated:
    """What a chunk came to."""

    hits: pl.DataFrame
    """``position`` (row in the chunk, UInt32), ``rule`` (index, UInt16), ``strength`` (Int8), sorted."""
    unjudged: Unjudged
    listed: pl.DataFrame
    """Whether a listed item is met on each line, in force on its date: ``any``, and a column for every regime."""


class Plan:
    """All rules of a content, compiled."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.rules = parse_rules(content)
        self.undescribed = undescribed(content)
        lists, compositions = wanted(self.rules, self.undescribed)
        self.goods = Goods(content, lists, compositions)
        items = [f"item:{rule.id}" for rule in self.rules if isinstance(rule.spec, Item)]
        self.regimes = sorted({law.regime for law in content.instruments.values()})
        instruments = [f"item:{name}" for name in (*content.instruments, *self.regimes)]
        list_facts = [f"list:{name}" for name in content.watchlists]
        self.scope = Scope(
            content=content,
            goods=self.goods.lexicon.bits,
            terms={column: lexicon.bits for column, lexicon in self.goods.columns.items()},
            parties={role: Bits(list_facts, f"{role}.l") for role in ("any_party", *ROLES)},
            met=Bits([*items, *instruments], "met."),
            partial=Bits([*items, *instruments], "partial."),
        )
        self._settler = Settler(self.scope, self.undescribed)
        self._strengths: dict[int, pl.Expr] = {}
        self._bounds: dict[int, pl.Expr | None] = {}
        self._parts: dict[str, pl.Expr] = {}
        self._part_names: dict[str, str] = {}
        self._of_rule: dict[int, list[str]] = {}
        self.placeholders: list[str] = []
        self.groups = [rule for rule in self.rules if rule.group is not None]
        self._early = [rule for rule in self.rules if rule.group is None and not rule.late]
        self._late = [rule for rule in self.rules if rule.group is None and rule.late]

    @cached_property
    def _seldom_filled(self) -> frozenset[str]:
        return frozenset(column for rule in self.rules if rule.gate for column in rule.gate.filled)

    @cached_property
    def _early_index(self) -> Index:
        return Index(self._early)

    @cached_property
    def _late_index(self) -> Index:
        return Index(self._late)

    @cached_property
    def _group_index(self) -> Index:
        return Index(self.groups)

    def strength(self, rule: Prepared) -> pl.Expr:
        """The strength of a rule on a line, told by the columns of :meth:`parts`."""
        with _LOCK:
            if rule.index not in self._strengths:
                if isinstance(rule.spec, Item):
                    compiled = self._item(rule, rule.spec)
                else:
                    assert rule.detect is not None  # noqa: S101 - a rule always has one
                    compiled = self._part(rule, rule.detect.condition).cast(pl.Int8) * MET
                self._strengths[rule.index] = compiled.cast(pl.Int8).alias(str(rule.index))
            return self._strengths[rule.index]

    def parts(self, rules: Iterable[Prepared]) -> list[pl.Expr]:
        """The conditions that the strengths of ``rules`` are made of, as columns, each once."""
        names: dict[str, None] = {}
        for rule in rules:
            self.strength(rule)
            names.update(dict.fromkeys(self._of_rule[rule.index]))
        return [self._parts[name] for name in names]

    def _part(self, rule: Prepared, node: Node, assume: Mapping[str, bool | None] | None = None) -> pl.Expr:
        """A column of its own for a condition, so that an expression that needs it several times stays small."""
        key = f"{node!r} {assume!r}"
        if key not in self._part_names:
            name = self._part_names[key] = f"part{len(self._part_names)}"
            self._parts[name] = expression(node, self.scope, assume).alias(name)
        self._of_rule.setdefault(rule.index, []).append(self._part_names[key])
        return pl.col(self._part_names[key])

    def _item(self, rule: Prepared, item: Item) -> pl.Expr:
        """The strength of an item: see docs/rule-language.md, "A law and its items"."""
        whole = FALSE
        speaks: Any = pl.when((pl.col("item_code_plain") == plain_code(item.code)).fill_null(False)).then(pl.lit(MET, pl.Int8))
        if rule.detect is not None:
            condition = rule.detect.condition
            whole = self._part(rule, condition)
            for assume, strength in levels(item):
                holds = self._part(rule, condition, assume) if assume else whole
                if strength == MET and self.undescribed is not None:
                    vague = self._part(rule, self.undescribed)
                    speaks = speaks.when(holds & vague.fill_null(False)).then(pl.lit(UNDESCRIBED, pl.Int8))
                speaks = speaks.when(holds).then(pl.lit(strength, pl.Int8))
        if rule.hs_codes:
            speaks = speaks.when(self._code_alone(rule)).then(pl.lit(PARTIAL, pl.Int8))
        result: pl.Expr = speaks.when(whole.is_null()).then(pl.lit(None, pl.Int8)).otherwise(pl.lit(0, pl.Int8))
        if not rule.applies:
            return result
        does = self._part(rule, And(rule.applies))
        # false where either says no, unknown where one cannot say
        return pl.when(~does | (result == 0)).then(pl.lit(0, pl.Int8)).otherwise(result * does.cast(pl.Int8))

    def _code_alone(self, rule: Prepared) -> pl.Expr:
        """A reference code stands on the line, and the text names no known goods other than the item's own."""
        goods = self.scope.goods
        code = pl.col("hs_code")
        whole, starts = rule.code_parts
        matches = code.is_in(whole)
        for start in starts:
            matches = matches | code.str.starts_with(start)
        return (matches & (~pl.col("names_goods") | goods.any_of(rule.materials)).fill_null(True)).fill_null(False)

    def column_of(self, name: str) -> str | None:
        """The column of a prepared frame that is null where the field ``name`` is not known; None for listed items."""
        kind = field_type(name)
        if kind is FieldType.ITEM:
            return None
        if kind is FieldType.FACTS or name == GOODS:
            return self.scope.goods.columns[0]
        if kind is FieldType.PARTY:
            return self.scope.parties[name].columns[0]
        return f"{name}.lo" if kind is FieldType.INTERVAL else name

    def evaluate(self, frame: pl.DataFrame) -> Evaluated:
        """Strengths of all rules for single lines on ``frame`` (as ``judge.frame.prepare`` makes it)."""
        if frame.height <= _FEW_LINES:
            return self._settled(frame)
        survey = self.survey(frame)
        found, open_ = self._run([rule for rule in self._early if survey.may_speak(rule)], frame)
        frame = survey.frame = self._with_listed(frame, found)
        more, also_open = self._run([rule for rule in self._late if survey.may_speak(rule)], frame)
        hits = pl.concat([found, more]).sort("position", "rule")
        met = self.scope.met
        listed = frame.select(any=met.any_of(met.facts), **{name: met.any_of([f"item:{name}"]) for name in self.regimes})
        return Evaluated(hits, unjudged.together([open_, also_open]), listed)

    def survey(self, frame: pl.DataFrame) -> Survey:
        """A look at what occurs in ``frame``."""
        return Survey(frame, self.scope, self._seldom_filled)

    def _settled(self, frame: pl.DataFrame) -> Evaluated:
        """The same for few lines, by their values."""
        found: list[tuple[int, int, int]] = []
        listed, open_ = [], []
        for position, row in enumerate(rows_of(frame, self.scope)):
            answers = self._settler.settle(self._early_index, row)
            note_listed(row, [(self.rules[index], answer) for index, answer in answers.items()])
            answers |= self._settler.settle(self._late_index, row)
            met = row.facts["met"] or frozenset()
            listed.append((bool(met), *(f"item:{name}" in met for name in self.regimes)))
            found += [(position, index, answer) for index, answer in sorted(answers.items()) if answer is not None]
            open_.append(tuple(sorted(index for index, answer in answers.items() if answer is None)))
        return Evaluated(
            pl.DataFrame(found, schema=_STRENGTHS_FRAME, orient="row"),
            unjudged.listed(open_),
            pl.DataFrame(listed, schema=dict.fromkeys(("any", *self.regimes), pl.Boolean), orient="row"),
        )

    def membership(self, frame: pl.DataFrame) -> dict[int, pl.Series]:
        """For every group rule that may matter: whether each line takes part (null: not known)."""
        if frame.height <= _FEW_LINES:
            return self._settled_membership(frame)
        survey = self.survey(frame)
        rules = [r for r in self.groups if r.detect and not certainly_false(r.detect.condition, survey.possible)]
        if not rules:
            return {}
        truth = frame.with_columns(self.parts(rules)).select(self.strength(r) > 0 for r in rules)
        return {int(name): truth[name] for name in truth.columns}

    def _settled_membership(self, frame: pl.DataFrame) -> dict[int, pl.Series]:
        """The same for few lines, by their values."""
        answers = [self._settler.settle(self._group_index, row) for row in rows_of(frame, self.scope)]
        part = {index: [found.get(index, 0) for found in answers] for index in sorted({i for found in answers for i in found})}
        return {index: pl.Series(strengths, dtype=pl.Int8) > 0 for index, strengths in part.items()}

    def _run(self, rules: list[Prepared], frame: pl.DataFrame) -> tuple[pl.DataFrame, Unjudged]:
        """Evaluate rules, each on the lines that its gate lets through: the hits, and what was not judged."""
        # what few lines come through is looked at together: conditions that rules share are worked out once
        apart: dict[str | None, list[Prepared]] = {}
        for rule in rules:
            apart.setdefault(rule.gate.common if rule.gate else None, []).append(rule)
        hits, open_ = [pl.DataFrame(schema=_STRENGTHS_FRAME)], [unjudged.nothing(frame.height)]
        for common, together in apart.items():
            part = frame.lazy() if common is None else frame.lazy().filter(self._through(together))
            bounds = {rule.index: bound for rule in together if (bound := self._bound(rule)) is not None}
            plain = [rule for rule in together if rule.index not in bounds]
            pieces = [(part, plain)] if plain else []
            if bounds:  # what they deny is looked for only on the few lines that have what they assert
                near = part.select("position", may=pl.any_horizontal(bounds.values())).filter("may").collect()["position"]
                bounded = [rule for rule in together if rule.index in bounds]
                if len(near) <= _FEW_LINES and not any(rule.late for rule in bounded):
                    spoken, blind = self._one_by_one(bounded, frame[near])
                    hits.append(spoken)
                    open_.append(unjudged.of_positions(blind, frame.height))
                else:
                    pieces.append((frame[near].lazy(), bounded))
            for lines, some in pieces:
                strengths = [self.strength(rule) for rule in some]
                answers = lines.with_columns(self.parts(some)).select("position", *strengths).collect()
                hits.append(_spoken(answers))
                open_.append(unjudged.of_strengths(answers, frame.height))
        return pl.concat(hits), unjudged.together(open_)

    def _one_by_one(self, rules: list[Prepared], lines: pl.DataFrame) -> tuple[pl.DataFrame, dict[int, pl.Series]]:
        """The hits of rules that ask for no listed item on few lines, and the positions at which each is not judged."""
        asked = [(rule.index, self._settler.strength(rule)) for rule in rules]
        answers = [
            (position, index, strength(row))
            for position, row in zip(lines["position"].to_list(), rows_of(lines, self.scope), strict=True)
            for index, strength in asked
        ]
        blind: dict[int, list[int]] = {}
        for position, index, answer in answers:
            if answer is None:
                blind.setdefault(index, []).append(position)
        spoken = pl.DataFrame([each for each in answers if each[2]], schema=_STRENGTHS_FRAME, orient="row")
        return spoken, {index: pl.Series(places, dtype=pl.UInt32) for index, places in blind.items()}

    def _bound(self, rule: Prepared) -> pl.Expr | None:
        """Where a rule may be anything but false, for one that denies what is dear to look for; None for others."""
        with _LOCK:
            if rule.index not in self._bounds:
                bound = None
                if rule.detect is not None and any(item.op == "matches" for item in denied(rule.detect.condition)):
                    counted = rule.spec.deciding if isinstance(rule.spec, Item) else ()
                    bound = expression(asserted(rule.detect.condition, counted), self.scope).fill_null(True)
                    if isinstance(rule.spec, Item):
                        bound |= pl.col("item_code").is_not_null()
                    if rule.hs_codes:
                        bound |= self._code_alone(rule)
                self._bounds[rule.index] = bound
            return self._bounds[rule.index]

    def _through(self, rules: list[Prepared]) -> pl.Expr:
        """Lines on which one of some rules with a gate may be anything but false."""
        gates, bits = [rule.gate for rule in rules if rule.gate], self.scope.goods
        through = pl.col("item_code").is_not_null()
        if facts := frozenset().union(*(gate.facts for gate in gates)):
            whole = [fact for kind in facts if ":" not in kind for fact in bits.of_kind(kind)]
            through |= bits.any_of([*whole, *(fact for fact in facts if ":" in fact)]).fill_null(True)
        for column in sorted({column for gate in gates for column in gate.filled}):
            through |= pl.col(column).is_not_null()
        if any(gate.listed for gate in gates):
            through |= self.scope.partial.any_of(self.scope.partial.facts)
        if any(gate.codes for gate in gates):
            through |= pl.col("hs6").is_null()
        codes = [code for own in (*(gate.codes for gate in gates), *(rule.hs_codes for rule in rules)) for code in own]
        if starts := sorted({code[:HS_MATCH] for code in codes}):
            through |= pl.col("hs_code").str.contains(f"^(?:{'|'.join(starts)})").fill_null(False)
        return through

    def _with_listed(self, frame: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
        """Add the bits of listed items, where the law behind them is in force or unconfirmed on the line's date."""
        columns = {
            name: constant(0, pl.UInt64(), frame.height) for bits in (self.scope.met, self.scope.partial) for name in bits.columns
        }
        for (index,), mine in results.group_by("rule"):
            rule = self.rules[int(index)]
            facts = rule.listed_facts
            if not facts or rule.dates is None:
                continue
            places = mine["position"]
            force, counted = status.in_force(rule.dates), status.counts(rule.dates)
            known = mine.with_columns_seq(line_date=frame["line_date"].gather(places)).select_seq(
                met=((pl.col("strength") == MET) & force).fill_null(False),
                partial=((pl.col("strength") > 0) & counted).fill_null(False),
            )
            for bits, holds in ((self.scope.met, known["met"]), (self.scope.partial, known["partial"])):
                marked = places.filter(holds)
                for name, value in zip(bits.columns, bits.values(facts), strict=True):
                    if value and len(marked):
                        columns[name] = columns[name].scatter(marked, columns[name].gather(marked) | value)
        return frame.with_columns_seq(column.alias(name) for name, column in columns.items())


_STRENGTHS_FRAME = {"position": pl.UInt32, "rule": pl.UInt16, "strength": pl.Int8}


def _spoken(answers: pl.DataFrame) -> pl.DataFrame:
    """The hits among strengths that stand in columns, named by the index of their rule."""
    speaks = pl.col("strength") > 0
    names = answers.columns[1:]
    if answers.height * len(names) <= _FEW_ANSWERS:
        long = answers.lazy().unpivot(index="position", variable_name="rule", value_name="strength").filter(speaks)
        return long.with_columns(pl.col("rule").cast(pl.UInt16)).select(list(_STRENGTHS_FRAME)).collect()
    spoken = answers.select((pl.col(names) > 0).any()).row(0)
    pieces = [
        answers.lazy().select("position", rule=pl.lit(int(name), dtype=pl.UInt16), strength=pl.col(name)).filter(speaks)
        for name, any_spoken in zip(names, spoken, strict=True)
        if any_spoken
    ]
    return pl.concat(pl.collect_all(pieces)) if pieces else pl.DataFrame(schema=_STRENGTHS_FRAME)
