"""Gives hits their action and lines their score and outcome, all by the tables of decision.yaml.

A hit's action depends on the state of the law on the line's date, on whether a licence is stated, and on how far the item is met;
a line's score and outcome depend only on which rules hit it with which action and confidence, so both are worked out once per
distinct combination.
"""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.models import Item, Rule
from screening.judge.rules import GRADED, MET, NOT_STATED, STRENGTHS
from screening.judge.status import state
from screening.plaindata import record
from screening.series import constant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.content.models import Content, Dates
    from screening.judge.binding import Binding
    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared
    from screening.judge.unjudged import Unjudged

_ORDER = {"none": 0, "note": 1, "review": 2, "hold": 3}
_STATUSES = ("in_force", "suspended", "not_yet", "ended", "unconfirmed")
_LEVELS = ("low", "medium", "high")
_GRADED = {strength: confidence for confidence, strength in GRADED.items()}


@record
class Weight:
    """What one hit contributes to its line."""

    rule: int
    family: str
    action: str
    confidence: str
    foreign: bool = False


@record
class Verdict:
    """What a combination of hits comes to."""

    outcome: str
    score: float
    stands_on: str | None


class Decision:
    """The tables of decision.yaml, applied."""

    def __init__(self, content: Content, plan: Plan, bound: Binding) -> None:
        self.tables = content.decision
        self.bound = bound
        self.content = content
        self.plan = plan
        self._verdicts: dict[str, Verdict] = {}

    # actions

    @cached_property
    def rules(self) -> pl.DataFrame:
        """One row per rule: what its hits ask for by themselves."""
        rows = [self._row(rule) for rule in self.plan.rules]
        schema = {
            "rule": pl.UInt16,
            "law": pl.Boolean,
            "base": pl.String,
            "consequence": pl.String,
            "usual": pl.Boolean,
            "cap": pl.Int8,
            "confidence": pl.String,
            "partial_confidence": pl.String,
            "effect": pl.String,
            "foreign": pl.Boolean,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _row(self, rule: Prepared) -> tuple[Any, ...]:
        spec = rule.spec
        if isinstance(spec, Item):
            cap = self._cap(spec, [c.read_in for c in spec.citations or (rule.instrument.citations if rule.instrument else [])])
            values: tuple[Any, ...] = (
                True,
                "",
                spec.consequence,
                bool(spec.usual_not_listed),
                cap,
                spec.confidence,
                spec.partial_confidence,
                "",
            )
        else:
            cap = self._cap(spec, [c.read_in for c in spec.citations])
            values = (False, spec.action, "", False, cap, spec.confidence, spec.confidence, spec.parties)
        return (rule.index, *values, self.bound.foreign(rule.regime or ""))

    def _cap(self, spec: Rule | Item, read_in: list[str]) -> int:
        """The most a hit may ask for. The best reading of any citation counts; the weakest fact decides."""
        caps = self.tables["caps"]
        best = max((_ORDER[caps["read_in"].get(kind, "hold")] for kind in read_in), default=_ORDER["hold"])
        certainty = _ORDER[caps["certainty"].get(spec.certainty, "hold")]
        return min(best, certainty, _ORDER[caps["maturity"].get(spec.status, "hold")])

    @cached_property
    def _controls(self) -> pl.DataFrame:
        """The action table written out for every combination."""
        rows: list[tuple[str, ...]] = []
        for status in _STATUSES:
            for licence in ("absent", "stated"):
                for consequence in ("licence", "prohibited", "technology", "duty"):
                    row = next(
                        r
                        for r in self.tables["controls"]
                        if r["status"] == status and r["licence"] in (licence, "any") and r["consequence"] in (consequence, "any")
                    )
                    kinds = ("met", "partial", "not_stated", "usual")
                    rows.extend((status, licence, consequence, kind, row[kind]) for kind in kinds)
        names = ("status", "licence", "consequence", "kind", "by_table")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def act(self, hits: pl.DataFrame) -> pl.DataFrame:
        """Add ``status, action, confidence, foreign`` to hits and drop those that ask for nothing.

        Args:
            hits: ``rule, strength, line_date, licence_stated`` and, for party rules, ``list, level, listed_item, entry_status``
                (null elsewhere).
        """
        if not hits.height:
            nothing = {"status": pl.lit(None, pl.String), "action": pl.lit("note"), "confidence": pl.lit("low")}
            return hits.with_columns_seq(**nothing, foreign=pl.lit(value=False))
        hits = hits.join(self.rules, on="rule", how="left", maintain_order="left")
        if self._foreign_lists:
            hits = hits.with_columns_seq(foreign=pl.col("foreign") | pl.col("list").is_in(self._foreign_lists).fill_null(False))
        party = pl.col("foreign") & (pl.col("effect") != "")
        hits = hits.with_columns_seq(
            effect=pl.when(party).then(pl.lit(self.tables["foreign"]["parties"])).otherwise("effect"),
            cap=pl.when("foreign").then(pl.min_horizontal("cap", self._foreign_cap)).otherwise("cap"),
        )
        hits = hits.join(self._states(hits), on=["rule", "line_date"], how="left", maintain_order="left", nulls_equal=True)
        kind = (
            pl.when((pl.col("strength") == NOT_STATED) & pl.col("usual"))
            .then(pl.lit("usual"))
            .otherwise(pl.col("strength").cast(pl.Int32).replace_strict(STRENGTHS, return_dtype=pl.String))
        )
        licence = pl.when("licence_stated").then(pl.lit("stated")).otherwise(pl.lit("absent"))
        hits = hits.with_columns_seq(kind=kind, licence=licence).join(
            self._controls, on=["status", "licence", "consequence", "kind"], how="left", maintain_order="left"
        )
        hits = hits.join(
            self._parties, on=["effect", "level", "listed_item", "licence"], how="left", maintain_order="left", nulls_equal=False
        )
        wanted = pl.coalesce(
            pl.when("law").then("by_table"), "by_effect", pl.when(pl.col("effect") == "").then("base"), pl.lit("note")
        )
        lowered = pl.concat_str("entry_status", wanted, separator=":").replace_strict(self._lowered, default=None)
        wanted = pl.coalesce(lowered, wanted)
        rank = pl.min_horizontal(wanted.replace_strict(_ORDER, return_dtype=pl.Int8), "cap")
        return (
            hits.with_columns_seq(
                action=rank.cast(pl.Int32).replace_strict({v: k for k, v in _ORDER.items()}, return_dtype=pl.String)
            )
            .with_columns_seq(
                confidence=pl.when(pl.col("strength") == MET)
                .then("confidence")
                .otherwise(pl.coalesce(pl.col("strength").replace_strict(_GRADED, default=None), "partial_confidence")),
                status=pl.coalesce("status", "entry_status"),
            )
            .filter(pl.col("action") != "none")
            .drop(
                "law", "base", "consequence", "usual", "cap", "partial_confidence", "effect", "licence", "by_table", "by_effect"
            )
        )

    @cached_property
    def _foreign_lists(self) -> list[str]:
        return [ident for ident, watchlist in self.content.watchlists.items() if self.bound.foreign(watchlist.regime)]

    @cached_property
    def _foreign_cap(self) -> pl.Expr:
        return pl.lit(_ORDER[self.tables["foreign"]["most"]], pl.Int8)

    def _states(self, hits: pl.DataFrame) -> pl.DataFrame:
        pairs = hits.filter("law").select_seq("rule", "line_date").unique().sort("rule", "line_date", nulls_last=True)
        rows = []
        for index, day in pairs.iter_rows():
            dates = self.plan.rules[index].dates
            rows.append((index, day, state(dates, day).status if dates and day else None))
        return pl.DataFrame(rows, schema={"rule": pl.UInt16, "line_date": pl.Date, "status": pl.String}, orient="row")

    @cached_property
    def _parties(self) -> pl.DataFrame:
        rows = []
        for effect, row in self.tables["parties"].items():
            for level, listed, licence in (
                (level, listed, licence)
                for level in ("hit", "review")
                for listed in (True, False)
                for licence in ("absent", "stated")
            ):
                name = f"{level}_{'listed' if listed else 'other'}"
                action = row.get(f"{name}_licence", row[name]) if licence == "stated" else row[name]
                rows.append((effect, level, listed, licence, action))
        schema = {
            "effect": pl.String,
            "level": pl.String,
            "listed_item": pl.Boolean,
            "licence": pl.String,
            "by_effect": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    @cached_property
    def _lowered(self) -> dict[str, str]:
        return {f"{s}:{was}": becomes for s, row in self.tables["parties_status"].items() for was, becomes in row.items()}

    # outcomes

    def points(self, action: str, confidence: str) -> float:
        """Points of one hit."""
        return round(float(self.tables["points"][action]) * float(self.tables["confidence"][confidence]), 4)

    def judge(self, hits: pl.DataFrame, unjudged: Unjudged, positions: pl.Series) -> pl.DataFrame:
        """Outcome, score and ``stands_on`` of every line of a chunk.

        Args:
            hits: ``position, rule, action, confidence, foreign``.
            unjudged: the rules not judged on its lines.
            positions: all positions of the chunk, in order.
        """
        outcome = constant("clear", pl.String(), len(positions))
        score = constant(0.0, pl.Float64(), len(positions))
        stands_on = constant(None, pl.String(), len(positions))
        blocking = [place for place, rules in enumerate(unjudged.sets) if not self._required.isdisjoint(rules)]
        if blocking:
            outcome = outcome.scatter(unjudged.which.is_in(blocking).arg_true(), "not_judged")
        if hits.height:
            combos = (
                hits.select_seq("position", key=pl.concat_str("rule", "action", "confidence", "foreign", separator=":"))
                .sort("position", "key")
                .group_by("position", maintain_order=True)
                .agg(pl.col("key").str.join(","))
            )
            keys = combos["key"].unique().sort()
            verdicts = [self._verdict(key) for key in keys.to_list()]
            which, places = keys.search_sorted(combos["key"]), combos["position"]
            found = pl.Series([verdict[0] for verdict in verdicts], dtype=pl.String).gather(which)
            speaks = found != "clear"  # a line with notes only stays unjudged where a required rule is
            outcome = outcome.scatter(places.filter(speaks), found.filter(speaks))
            score = score.scatter(places, pl.Series([verdict[1] for verdict in verdicts], dtype=pl.Float64).gather(which))
            stands_on = stands_on.scatter(places, pl.Series([verdict[2] for verdict in verdicts], dtype=pl.String).gather(which))
        return pl.DataFrame({"position": positions, "outcome": outcome, "score": score, "stands_on": stands_on})

    @cached_property
    def _required(self) -> frozenset[int]:
        """The rules without which a line is not judged, by index."""
        return frozenset(rule.index for rule in self.plan.rules if self._needed(rule))

    def _needed(self, rule: Prepared) -> bool:
        """Whether a line stays unjudged without the rule: listed items and required rules, no foreign measure."""
        asked = bool(rule.listed_facts) if isinstance(rule.spec, Item) else rule.spec.required
        return asked and not self.bound.foreign(rule.regime or "")

    def _verdict(self, key: str) -> tuple[str, float, str | None]:
        if key not in self._verdicts:
            weights = []
            for part in key.split(","):
                index, action, confidence, foreign = part.split(":")
                rule = self.plan.rules[int(index)]
                weights.append(Weight(int(index), rule.family, action, confidence, foreign == "true"))
            self._verdicts[key] = self.verdict(weights)
        found = self._verdicts[key]
        return found.outcome, found.score, found.stands_on

    def verdict(self, weights: list[Weight]) -> Verdict:
        """The outcome and score of a line with these hits."""
        score = self._score(weights)
        holds = [w for w in weights if w.action == "hold" and w.confidence == "high"]
        if holds:
            law = any(self._is_law(w.rule) for w in holds)
            return Verdict("hold", score, "law" if law else "red_flag")
        rules = self.tables["raise"]
        if self._raises(weights, rules["review_to_hold"], score):
            return Verdict("hold", score, "red_flag")
        if any(w.action in ("hold", "review") for w in weights):
            return Verdict("review", score, None)
        return Verdict("review" if self._raises(weights, rules["clear_to_review"], score) else "clear", score, None)

    def _score(self, weights: list[Weight]) -> float:
        total = 0.0
        for family in sorted({w.family for w in weights}):
            points = sorted((self.points(w.action, w.confidence) for w in weights if w.family == family), reverse=True)
            total += min(self.tables["family_cap"], points[0] + self.tables["others_share"] * sum(points[1:]))
        return round(total, 1)

    def _raises(self, weights: list[Weight], rule: dict[str, Any], score: float) -> bool:
        """Whether hits of enough families that share neither a fact nor an input column come together."""
        if score < rule.get("min_score", 0):
            return False
        fitting = [w for w in weights if self._fits(w, rule)]
        if len({w.family for w in fitting}) < rule["families"]:
            return False
        distinct = {(w.family, self._inputs(w.rule)) for w in fitting}
        return any(_independent(group) for group in combinations(sorted(distinct, key=repr), rule["families"]))

    def _fits(self, weight: Weight, rule: dict[str, Any]) -> bool:
        spec = self.plan.rules[weight.rule].spec
        action_fits = weight.action in rule.get("actions", _ORDER) or weight.confidence in rule.get("or_confidence", ())
        return (
            action_fits
            and weight.confidence in rule.get("confidence", _LEVELS)
            and weight.family not in rule.get("not_families", ())
            and spec.certainty not in rule.get("not_certainty", ())
            and (rule.get("foreign", True) or not weight.foreign)
            and (rule.get("country_alone", True) or not getattr(spec, "country_alone", False))
        )

    def _inputs(self, index: int) -> frozenset[str]:
        """Columns and facts that decide a rule. Of the facts of a text only its label and its materials can be shared."""
        rule = self.plan.rules[index]
        return frozenset(rule.inputs) - {"description"} | rule.shared_facts

    def _is_law(self, index: int) -> bool:
        return self.plan.rules[index].basis == "law"


def _independent(group: Iterable[tuple[str, frozenset[str]]]) -> bool:
    families: set[str] = set()
    used: set[str] = set()
    for family, inputs in group:
        if family in families or used & inputs:
            return False
        families.add(family)
        used |= inputs
    return True


def status_on(dates: Dates | None, day: Any) -> str | None:
    """The status word on a day; None without dates or day."""
    return state(dates, day).status if dates is not None and day is not None else None
