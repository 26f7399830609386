"""Lays open what a hit rests on: for each comparison that was true, the value as given, as compared, and against what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screening.content.conditions import Atom, Ref
from screening.content.fields import GOODS, NEEDS, FieldType, field_type
from screening.judge.compile import atom as compile_atom
from screening.plaindata import record
from screening.terms import RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

    from screening.content.models import Content
    from screening.judge.compile import Scope

    Tell = Callable[[dict[str, Any], "Words"], "Row"]


@record
class Row:
    """One piece of evidence, as results.EVIDENCE_COLUMNS has it."""

    field: str
    given: str | None
    compared: str | None
    counterpart: str | None
    method: str
    score: float | None = None
    threshold: str | None = None


@record
class Teller:
    """What tells of a comparison where it is true."""

    name: str
    """The comparison; two of one name are the same."""
    holds: pl.Expr
    tell: Tell


class Words:
    """Which words of which text set which facts, looked up once per distinct text."""

    def __init__(self, frame: pl.DataFrame, columns: set[str], find: Any, scope: Scope) -> None:
        """Look up the words of the text ``columns`` of ``frame`` with ``find(column, series)``."""
        self._scope = scope
        self._facts: dict[int, frozenset[str]] = {}
        self._told: dict[tuple[int, int], list[str]] = {}
        self._which: dict[tuple[str, str], int] = {}
        """For every text in which something was found the number of what was found."""
        numbers: dict[tuple[tuple[str, str], ...], int] = {}
        for column in sorted(columns):
            texts = frame[column].drop_nulls().unique(maintain_order=True)
            for text, told in zip(texts.to_list(), find(column, texts), strict=True):
                if told:
                    self._which[column, text] = numbers.setdefault(told, len(numbers))
        self._found = list(numbers)

    def of(self, item: Atom, line: dict[str, Any]) -> list[str]:
        """The words of a line that set the facts ``item`` asks for; a word inside a longer one found is left out."""
        column = item.field if item.op == "terms" else GOODS
        number = self._which.get((column, line.get(column) or ""))
        if number is None:
            return []
        told = self._told.get((id(item), number))
        if told is None:
            told = self._told[id(item), number] = self._of(item, self._found[number])
        return told

    def _of(self, item: Atom, found: tuple[tuple[str, str], ...]) -> list[str]:
        facts = self._facts.get(id(item))
        if facts is None:
            facts = self._facts[id(item)] = frozenset(facts_of(item, self._scope))
        words = {word for fact, word in found if fact in facts}
        return sorted(word for word in words if not any(word != other and word in other for other in words))


def tellers(atoms: Iterable[Atom], scope: Scope) -> list[Teller]:
    """What tells each comparison; the same comparison in two selections counts once."""
    found: dict[str, Teller] = {}
    for item in atoms:
        name = f"{item.field} {item.op} {item.value!r}"
        if name not in found and (tell := _teller(item, scope)) is not None:
            found[name] = Teller(name, compile_atom(item, scope).fill_null(False).alias(name), tell)
    return list(found.values())


def true_of(tellers: Iterable[Teller], lines: pl.DataFrame) -> dict[str, list[bool]]:
    """The truth of each comparison, by its name, on every one of ``lines``."""
    different = {teller.name: teller.holds for teller in tellers}
    return lines.select_seq(different.values()).to_dict(as_series=False) if different else {}


def facts_of(item: Atom, scope: Scope) -> list[str]:
    """The facts a comparison of the goods text (or a word list) asks for."""
    if item.op == "terms":
        return [f"term:{name}" for name in item.value]
    if item.op == "exists":
        return scope.goods.of_kind(item.field)
    return [f"{item.field}:{name}" for name in item.value] if isinstance(item.value, tuple) else []


def _teller(item: Atom, scope: Scope) -> Tell | None:
    """What makes the evidence of a true comparison on a line; None where it adds nothing (a value that is merely not there)."""
    kind, field = field_type(item.field), item.field
    if kind is FieldType.FACTS or item.op == "terms":
        if item.op == "none_of":
            return None
        column = field if item.op == "terms" else GOODS
        wanted = ", ".join(item.value) if isinstance(item.value, tuple) and len(item.value) <= 6 else f"any {field}"
        shown, method = "description" if column == GOODS else column, f"{field if item.op != 'terms' else 'word'} named"
        return lambda line, words: Row(shown, line.get(column), ", ".join(words.of(item, line)), wanted, method)
    if kind in (FieldType.PARTY, FieldType.ITEM):  # told by the match, and by the items' own hits
        return None
    if item.op == "exists":
        return None if item.value else lambda line, words: Row(field, None, None, None, "not stated")
    method, limit, other = METHODS[item.op], _limit(item.value, scope.content), _counterpart(item.value)
    if kind is FieldType.INTERVAL:

        def stated(line: dict[str, Any], words: Words) -> Row:
            low, high = line.get(f"{field}.lo"), line.get(f"{field}.hi")
            compared = number(low) if low == high else f"{number(low)} to {number(high)}"
            return Row(field, line.get(GOODS), compared, None, method, threshold=limit(line))

        return stated
    return lambda line, words: Row(field, _given(field, line), _as_text(line.get(field)), other, method, threshold=limit(line))


def _limit(value: Any, content: Content) -> Callable[[dict[str, Any]], str | None]:
    """What a line is compared with, as :func:`threshold` tells it; worked out once where the line has no say in it."""
    parts = value if isinstance(value, tuple) else (value,)
    if any(isinstance(part, Ref) and part.space not in ("param", "set") for part in parts):
        return lambda line: threshold(value, line, content)
    fixed = threshold(value, {}, content)
    return lambda line: fixed


METHODS = {
    "is": "equals",
    "is_not": "differs from",
    "in": "is one of",
    "not_in": "is none of",
    "prefix": "begins with",
    "not_prefix": "does not begin with",
    "matches": "matches the pattern",
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
    "between": "between",
    "passes": "passes through",
}
"""How an operator reads in evidence."""


def _given(field: str, line: dict[str, Any]) -> str | None:
    """What the cells said: the field's own text, or those of the columns it was worked out from."""
    columns = NEEDS.get(field, (field,))
    if field == "leaves_from" and line.get("leaves_from_source"):
        columns = (line["leaves_from_source"],)
    said = []
    for column in columns:
        value = line.get(f"{RAW}{column}")
        value = line.get(column) if value is None else value
        if value is not None:
            text = _as_text(value)
            said.append(text if columns == (field,) else f"{column} {text}")
    if field in ("unit_price_usd_kg", "value_usd") and line.get("value_usd_source"):
        said.append(str(line["value_usd_source"]))
    return "; ".join(said) or None


def _as_text(value: Any) -> str:
    """A value of a line as evidence shows it."""
    if isinstance(value, float):
        return number(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_MOST_MEMBERS = 30
"""Countries or codes of a set that are all shown; of a longer one the first."""


def _counterpart(value: Any) -> str | None:
    parts = value if isinstance(value, tuple) else (value,)
    refs = [str(part) for part in parts if isinstance(part, Ref)]
    return ", ".join(refs) or None


def threshold(value: Any, line: dict[str, Any], content: Content) -> str | None:
    """What a line is compared with, references resolved; None where the reference has no value."""
    parts = value if isinstance(value, tuple) else (value,)
    texts = []
    for part in parts[:8]:
        resolved = resolve(part, line, content)
        if isinstance(resolved, float):
            texts.append(number(resolved))
        elif isinstance(resolved, list):
            shown = resolved if len(resolved) <= _MOST_MEMBERS else resolved[:8]
            rest = f" and {len(resolved) - len(shown)} more" if len(shown) < len(resolved) else ""
            texts.append(", ".join(map(str, shown)) + rest)
        elif resolved is not None:
            texts.append(str(resolved))
    more = f" and {len(parts) - 8} more" if len(parts) > 8 else ""
    return ", ".join(texts) + more if texts else None


def resolve(value: Any, line: dict[str, Any], content: Content) -> Any:
    """The value a reference stands for on a line."""
    if not isinstance(value, Ref):
        return value
    factor = value.times if isinstance(value.times, float) else content.params[value.times.name].value
    if value.space == "param":
        return content.params[value.name].value * factor
    if value.space == "set":
        return list(content.sets[value.name].members)
    found = line.get(value.name if value.space == "line" else f"{value.space}.{value.name}")
    return found * factor if isinstance(found, float) else found


def number(value: float | None) -> str:
    """A number as a person reads it: at most six significant digits, no exponent, thousands apart."""
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    text = f"{value:.6g}"
    return f"{value:.8f}".rstrip("0").rstrip(".") if "e" in text else text
