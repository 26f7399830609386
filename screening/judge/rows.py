"""Few lines as values, the rules that may concern one, and the listed items that it meets: what ``settle`` looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from screening.content.fields import GOODS
from screening.judge import status
from screening.judge.rules import MET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import polars as pl

    from screening.goods.bits import Bits
    from screening.judge.compile import Scope
    from screening.judge.rules import Prepared


@dataclass(slots=True)
class Row:
    """One prepared line as values."""

    values: Mapping[str | tuple[str, str], Any]
    """Columns, and under a column and a pattern whether it is found there (None where the column is empty)."""
    facts: dict[str, frozenset[str] | None]
    """``goods``, text columns, roles and ``any_party`` to the facts set there (None: not known); ``met`` and ``partial``."""
    kinds: frozenset[str]
    """Kinds of the facts of ``goods``."""


def rows_of(frame: pl.DataFrame, scope: Scope) -> list[Row]:
    """The lines of a prepared frame."""
    known = {GOODS: scope.goods, **scope.terms, **scope.parties}

    def value(asked: str | tuple[str, str]) -> list[Any]:
        if isinstance(asked, str):
            return frame[asked].to_list()
        column, pattern = asked
        return frame[column].str.contains(pattern).to_list()

    values = _together(frame.height, value)
    facts = _together(frame.height, lambda name: _facts_of(frame, known[name]))
    kinds: dict[frozenset[str] | None, frozenset[str]] = {}
    rows = []
    for own, held in zip(values, facts, strict=True):
        named = held[GOODS]
        if named not in kinds:
            kinds[named] = frozenset(fact.partition(":")[0] for fact in named or ())
        held.update(met=frozenset(), partial=frozenset())
        rows.append(Row(own, held, kinds[named]))
    return rows


class _Lazy(dict[Any, Any]):
    """Has a value worked out, for all lines at once, when it is first asked for: rules look at a few of two hundred columns."""

    def __init__(self, work_out: Callable[[Any], None]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, name: Any) -> Any:
        self._work_out(name)
        return self[name]


def _together(lines: int, make: Callable[[Any], list[Any]]) -> list[_Lazy]:
    """Values of so many lines, of which ``make`` gives a list of each."""

    def work_out(name: Any) -> None:
        for line, value in zip(rows, make(name), strict=True):
            line[name] = value

    rows = [_Lazy(work_out) for _ in range(lines)]
    return rows


def _facts_of(frame: pl.DataFrame, bits: Bits) -> list[frozenset[str] | None]:
    """The facts of every line, decoded once for lines that have the same."""
    if bits.columns[0] not in frame.columns:  # before a line is prepared, its parties are not known
        return [None] * frame.height
    lines = list(zip(*(frame[column].to_list() for column in bits.columns), strict=True))
    known = {values: None if values[0] is None else bits.decoded(values) for values in set(lines)}
    return [known[values] for values in lines]


class Index:
    """Rules by what a line must name, or be coded as, for them to be anything but false of it (``Prepared.gate``)."""

    def __init__(self, rules: Iterable[Prepared]) -> None:
        self._all = list(rules)
        self._always = {rule.index: rule for rule in self._all if rule.gate is None}
        self._coded = {rule.index: rule for rule in self._all if rule.gate and rule.gate.codes}
        self._listed = {rule.index: rule for rule in self._all if rule.gate and rule.gate.listed}
        self._by_fact: dict[str, dict[int, Prepared]] = {}
        self._by_code: dict[str, dict[int, Prepared]] = {}
        self._by_start: dict[str, dict[int, Prepared]] = {}
        self._by_filled: dict[str, dict[int, Prepared]] = {}
        for rule in self._all:
            if rule.gate is not None:
                whole, starts = rule.code_parts
                of_facts, of_starts = (self._by_fact, rule.gate.facts), (self._by_start, (*starts, *rule.gate.codes))
                for table, keys in (of_facts, (self._by_code, whole), of_starts, (self._by_filled, rule.gate.filled)):
                    for key in keys:
                        table.setdefault(key, {})[rule.index] = rule
        self._lengths = sorted({len(start) for start in self._by_start})

    def of(self, row: Row) -> Iterable[Prepared]:
        """The rules that may be anything but false of a line."""
        named, code = row.facts[GOODS], row.values["hs_code"]
        if named is None or row.values["item_code"] is not None:
            return self._all
        found = dict(self._always)
        if row.values["hs6"] is None:
            found.update(self._coded)
        if row.facts["partial"]:
            found.update(self._listed)
        for column, rules in self._by_filled.items():
            if row.values[column] is not None:
                found.update(rules)
        for fact in (*named, *row.kinds):
            found.update(self._by_fact.get(fact, ()))
        if code is not None:
            found.update(self._by_code.get(code, ()))
            for length in self._lengths:
                found.update(self._by_start.get(code[:length], ()))
        return found.values()


def note_listed(row: Row, answers: Iterable[tuple[Prepared, int | None]]) -> None:
    """Add the items that a line meets, where the law behind them is in force or unconfirmed on the line's date."""
    marks: dict[str, set[str]] = {"met": set(), "partial": set()}
    for rule, strength in answers:
        facts = rule.listed_facts
        if not facts or rule.dates is None or not strength:
            continue
        now = status.state(rule.dates, row.values["line_date"]).status
        if strength == MET and now == "in_force":
            marks["met"].update(facts)
        if now in ("in_force", "unconfirmed"):
            marks["partial"].update(facts)
    row.facts.update({name: frozenset(found) for name, found in marks.items()})
