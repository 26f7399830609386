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
from screening.series import constant, numbered

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from screening.content.models import Content, Dates
    from screening.judge.binding import Binding
    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared
    from screening.judge.unjudged import Unjudged

_ORDER = {"none": 0, "note": 1, "review": 2, "hold": 3}
_ACTIONS = tuple(_ORDER)
_LEVELS = ("low", "medium", "high")
_GRADED = {strength: confidence for confidence, strength in GRADED.items()}
_DECIDING = ("rule", "strength", "line_date", "licence_stated", "list", "level", "listed_item", "entry_status")
"""The columns of a hit that decide what it asks for."""
_ACTED = {"status": pl.String, "action": pl.String, "confidence": pl.String, "foreign": pl.Boolean}


_NOTHING_ACTED = pl.DataFrame(schema=_ACTED)


@record
class _Asks:
    """What the hits of a rule ask for by themselves."""

    confidence: str
    partial_confidence: str
    cap: int
    """The most they may ask for."""
    foreign: bool
    law: Item | None = None
    action: str = ""
    effect: str = ""
    """Of a rule about parties."""


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
    def _asks(self) -> list[_Asks]:
        """What the hits of every rule ask for by themselves, by the rule's index."""
        return [self._of_rule(rule) for rule in self.plan.rules]

    def _of_rule(self, rule: Prepared) -> _Asks:
        spec, foreign = rule.spec, self.bound.foreign(rule.regime or "")
        if isinstance(spec, Item):
            cited = spec.citations or (rule.instrument.citations if rule.instrument else [])
            cap = self._cap(spec, [c.read_in for c in cited])
            return _Asks(spec.confidence, spec.partial_confidence, cap, foreign=foreign, law=spec)
        cap = self._cap(spec, [c.read_in for c in spec.citations])
        return _Asks(spec.confidence, spec.confidence, cap, foreign=foreign, action=spec.action, effect=spec.parties)

    def _cap(self, spec: Rule | Item, read_in: list[str]) -> int:
        """The most a hit may ask for. The best reading of any citation counts; the weakest fact decides."""
        caps = self.tables["caps"]
        best = max((_ORDER[caps["read_in"].get(kind, "hold")] for kind in read_in), default=_ORDER["hold"])
        certainty = _ORDER[caps["certainty"].get(spec.certainty, "hold")]
        return min(best, certainty, _ORDER[caps["maturity"].get(spec.status, "hold")])

    def act(self, hits: pl.DataFrame) -> pl.DataFrame:
        """Add ``status, action, confidence, foreign`` to hits and drop those that ask for nothing.

        Args:
            hits: ``rule, strength, line_date, licence_stated`` and, for party rules, ``list, level, listed_item, entry_status``
                (null elsewhere).
        """
        if not hits.height:
            return hits.hstack(_NOTHING_ACTED)
        which, different = numbered(hits.select_seq(_DECIDING))
        told = pl.DataFrame([self.of_hit(*each) for each in different], schema=_ACTED, orient="row")
        return hits.hstack(told[which]).filter(pl.col("action") != "none")

    def of_hit(
        self,
        index: int,
        strength: int,
        day: dt.date | None,
        licence_stated: bool | None = None,
        listed_on: str | None = None,
        level: str | None = None,
        listed_item: bool | None = None,
        entry_status: str | None = None,
    ) -> tuple[str | None, str, str, bool]:
        """``status, action, confidence, foreign`` of a hit, given the values of its columns."""
        asks, status = self._asks[index], entry_status
        foreign = asks.foreign or listed_on in self._foreign_lists
        licence = "stated" if licence_stated else "absent"
        wanted = "note"
        if asks.law is not None:
            dates = self.plan.rules[index].dates
            assert dates is not None  # noqa: S101 - an item has those of its instrument
            assert day is not None  # noqa: S101 - every line has a day on which law is read
            status = state(dates, day).status
            usual = strength == NOT_STATED and asks.law.usual_not_listed
            wanted = self._by_table(status, licence, asks.law.consequence)["usual" if usual else STRENGTHS[strength]]
        elif not asks.effect:
            wanted = asks.action
        elif level is not None and listed_item is not None:
            row = self.tables["parties"][self.tables["foreign"]["parties"] if foreign else asks.effect]
            name = f"{level}_{'listed' if listed_item else 'other'}"
            wanted = row.get(f"{name}_licence", row[name]) if licence == "stated" else row[name]
        wanted = self.tables["parties_status"].get(entry_status, {}).get(wanted, wanted)
        most = min(asks.cap, _ORDER[self.tables["foreign"]["most"]]) if foreign else asks.cap
        confidence = asks.confidence if strength == MET else _GRADED.get(strength, asks.partial_confidence)
        return status, _ACTIONS[min(_ORDER[wanted], most)], confidence, foreign

    def _by_table(self, status: str, licence: str, consequence: str) -> dict[str, str]:
        """The first row of ``controls`` that fits."""
        asked = {"status": status, "licence": licence, "consequence": consequence}
        return next(row for row in self.tables["controls"] if all(row[name] in (value, "any") for name, value in asked.items()))

    @cached_property
    def _foreign_lists(self) -> frozenset[str]:
        return frozenset(ident for ident, one in self.content.watchlists.items() if self.bound.foreign(one.regime))

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
