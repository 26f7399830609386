"""Which column of a sheet fills which canonical column; what is ambiguous is decided by its values or stays unmapped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from screening.errors import UsageError
from screening.folding import fold
from screening.manifest.contents import CLEAR_SHARE, PORTS, Arithmetic, Contents, share
from screening.manifest.headers import Meaning, Target
from screening.plaindata import record
from screening.terms import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from screening.manifest.headers import Lexicon

IGNORE = "-"
"""In a mapping given back: leave this column out."""

_CONTRARY_SHARE = 0.5
_EMPTY_PENALTY = 100
_UNIT_PRICE, _WEIGHT = "unit_price", "weight_unspecified"
"""Fields of the header vocabulary that arithmetic may settle."""
_OF_ONE = "weight_per_package"
_MULTIPLIED = (("net_kg",), ("gross_kg",), ("volume_m3",), ("quantity",))
"""Columns that are told of one package as well."""
_BARE, _TAX = ("net_bare", "gross_bare"), "tax_or_duty_ignore"
"""Fields of "Net" and "Gross" alone, and what makes amounts of them."""


@record
class Filling:
    """One column of the sheet that fills a canonical column."""

    index: int
    header: str
    factor: float | None = None
    """Canonical units per unit of the header; None where the header names no unit."""
    currency: str = ""


@dataclass(slots=True)
class ColumnMap:
    """How the columns of one sheet were read."""

    filled: dict[str, list[Filling]] = field(default_factory=dict)
    """Canonical column to its source; several only where texts are joined. ``net_kg.unit`` holds a column of units."""
    extras: dict[int, str] = field(default_factory=dict)
    """Index of a column that fills nothing to the name it is carried through under."""
    columns: dict[str, str] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    """Header to the reason why it was recognised and left alone."""
    notes: list[str] = field(default_factory=list)

    def take_unit(self, unit: tuple[float, str, int] | None) -> None:
        """Read masses whose headers name no unit in the one that stands above the table, as `labels.unit_above` found it."""
        if unit is None:
            return
        factor, text, row = unit
        for column in ("net_kg", "gross_kg"):
            fillings = self.filled.get(column, [])
            if fillings and fillings[0].factor is None and f"{column}.unit" not in self.filled:
                self.filled[column] = [replace(fillings[0], factor=factor)]
                self.notes.append(f"{column} is read in the unit that '{text}' above the table (row {row}) names")


@dataclass(slots=True)
class _Candidate:
    index: int
    header: str
    meaning: Meaning
    target: Target
    empty: bool

    @property
    def order(self) -> tuple[int, int, int]:
        return (self.target.rank + _EMPTY_PENALTY * self.empty, 0, self.index)


def unique_names(headers: Sequence[str]) -> list[str]:
    """The headers with empty ones named by position and repeated ones numbered, so that each can be spoken of."""
    seen: dict[str, int] = {}
    names = []
    for position, header in enumerate(headers, start=1):
        name = " ".join(header.split()) or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def map_columns(
    headers: Sequence[str],
    values: Sequence[Sequence[str]],
    lexicon: Lexicon,
    given: Mapping[str, str] | None = None,
    where: str = "",
    rows: pl.DataFrame | None = None,
) -> ColumnMap:
    """Decide for every column of a sheet what it fills.

    Args:
        headers: Text of the header over each column, empty where there is none.
        values: Some values of each column, without empty ones, to decide what its header leaves open.
        lexicon: The header vocabulary.
        given: A person's mapping of headers to canonical columns, or to ``-``; it comes before everything else.
        where: File and sheet, for messages.
        rows: The first rows, cells as text in columns ``c0``, ``c1``…, to see how their numbers go together.

    Returns:
        The mapping, with every choice that was made in its notes.

    Raises:
        UsageError: ``given`` names an unknown column, or one column twice.
    """
    names = unique_names(headers)
    mapping = ColumnMap()
    joined = cast("Sequence[str]", lexicon.words.options.get("joined", ()))
    meanings = [lexicon.meaning(" ".join(header.split())) if header else None for header in headers]
    fixed = _given(names, meanings, given or {}, mapping, joined, where)
    candidates: list[_Candidate] = []
    open_ones: list[tuple[int, tuple[Target, ...], Meaning]] = []
    for index, (name, meaning) in enumerate(zip(names, meanings, strict=True)):
        if index in fixed:
            continue
        if meaning is None and (similar := lexicon.similar(headers[index])):
            meaning, spelling = similar  # noqa: PLW2901 - the header says it with a slip
            mapping.notes.append(f"'{name}' was taken for '{spelling}', from which it differs by a slip")
        if meaning is None:
            mapping.extras[index] = name
            continue
        targets = {target.columns or (target.field,): target for target in reversed(meaning.targets)}
        if len(targets) > 1:
            open_ones.append((index, meaning.targets, meaning))
        else:
            target = meaning.targets[0]
            candidates.append(_Candidate(index, name, meaning, target, not values[index]))
    candidates = _masses_beside_tax(candidates, mapping)
    contents = Contents(lexicon)
    arithmetic = Arithmetic(rows) if rows is not None and rows.height else None
    for index, choices, meaning in open_ones:
        candidate = _Candidate(index, names[index], meaning, choices[0], not values[index])
        chosen, reason = _decide(candidate, choices, values[index], contents, candidates, arithmetic)
        if chosen is None:
            mapping.unsure[names[index]] = reason
            mapping.extras[index] = names[index]
        else:
            candidate.target = chosen
            candidates.append(candidate)
            mapping.notes.append(f"'{names[index]}' was read as {(chosen.columns or (chosen.reason,))[0]} {reason}")
    _ports_of_a_route(candidates, values, contents, mapping)
    candidates = [
        candidate for candidate in candidates if not _contradicted(candidate, values[candidate.index], contents, mapping)
    ]
    if arithmetic:
        _by_arithmetic(candidates, arithmetic, mapping)
    _units_beside(candidates, values, lexicon)
    _assign(candidates, mapping, joined)
    for fillings in mapping.filled.values():
        fillings.sort(key=lambda filling: filling.index)
    mapping.columns = {name: mapping.columns[name] for name in names if name in mapping.columns}
    return mapping


def _given(
    names: list[str],
    meanings: Sequence[Meaning | None],
    given: Mapping[str, str],
    mapping: ColumnMap,
    joined: Sequence[str],
    where: str,
) -> set[int]:
    """Enter a person's mapping; the indexes of the columns it decides."""
    by_name = {name: index for index, name in enumerate(names)}
    by_fold = {fold(name): index for index, name in reversed(list(enumerate(names)))}
    fixed = set()
    for header, column in given.items():
        index = by_name.get(" ".join(header.split()), by_fold.get(fold(header)))
        if index is None:
            mapping.notes.append(f"the mapping names a header that is not in the sheet: '{header}'")
            continue
        fixed.add(index)
        if column == IGNORE:
            mapping.extras[index] = names[index]
            mapping.left[names[index]] = "left out by the mapping given"
            continue
        if column.removesuffix(".unit") not in COLUMNS:
            known = ", ".join(COLUMNS)
            msg = f"{where}: the mapping sends '{header}' to '{column}', which is no column of a manifest; use one of: {known}"
            raise UsageError(msg)
        if column in mapping.filled and column not in joined:
            first = mapping.filled[column][0].header
            msg = f"{where}: the mapping sends both '{first}' and '{header}' to {column}; keep one of them"
            raise UsageError(msg)
        _fill(mapping, column, names[index], index, meanings[index])
    return fixed


def _fill(mapping: ColumnMap, column: str, name: str, index: int, meaning: Meaning | None) -> None:
    filling = Filling(index, name, meaning.factor if meaning else None, meaning.currency if meaning else "")
    mapping.filled.setdefault(column, []).append(filling)
    mapping.columns[name] = column


def _assign(candidates: list[_Candidate], mapping: ColumnMap, joined: Sequence[str]) -> None:
    """Fill the columns, best candidate first; who comes too late is shown."""
    has_currency = any("currency" in candidate.target.columns for candidate in candidates)

    def order(candidate: _Candidate) -> tuple[int, int, int]:
        rank, _, index = candidate.order
        if candidate.target.columns[:1] == ("value",):
            currency = candidate.meaning.currency
            return rank, 1 if currency == "USD" else 2 if currency else 0 if has_currency else 3, index
        return rank, 0, index

    late: list[_Candidate] = []
    units: list[tuple[_Candidate, list[str]]] = []
    for candidate in sorted(candidates, key=order):
        target, name = candidate.target, candidate.header
        if not target.columns:
            (mapping.unsure if target.unsure else mapping.left)[name] = target.reason
            mapping.extras[candidate.index] = name
            continue
        free = [column for column in target.columns if column not in mapping.filled or column in joined]
        if target.columns[0].endswith(".unit"):
            units.append((candidate, free))
        elif free:
            _fill(mapping, free[0], name, candidate.index, candidate.meaning)
        else:
            late.append(candidate)
    for candidate, columns in units:
        measured = [column for column in columns if column.removesuffix(".unit") in mapping.filled]
        for column in measured:
            _fill(mapping, column, candidate.header, candidate.index, candidate.meaning)
        if not measured:
            mapping.extras[candidate.index] = candidate.header
            mapping.left[candidate.header] = "a unit of something that is not in the sheet"
    for candidate in late:
        _late(candidate, mapping, joined)


def _late(candidate: _Candidate, mapping: ColumnMap, joined: Sequence[str]) -> None:
    """A column whose place is taken: a further description joins the declaration elements, others are shown."""
    column, name = candidate.target.columns[0], candidate.header
    taken = mapping.filled[column][0]
    if column == "description" and joined and not candidate.empty:
        _fill(mapping, joined[0], name, candidate.index, candidate.meaning)
        mapping.notes.append(f"description is read from '{taken.header}'; '{name}' was added to {joined[0]}")
        return
    in_usd = candidate.meaning.currency == "USD" and taken.currency != "USD"
    if column == "value" and in_usd and "value_usd" not in mapping.filled:
        _fill(mapping, "value_usd", name, candidate.index, candidate.meaning)
        mapping.notes.append(f"value is read from '{taken.header}', value_usd from '{name}'")
        return
    mapping.extras[candidate.index] = name
    if column.endswith("_name") and not candidate.empty:
        mapping.unsure[name] = (
            f"{column} is already read from '{taken.header}'; map this column to another party to have it screened"
        )
        return
    mapping.left[name] = f"{column} is read from '{taken.header}'"
    mapping.notes.append(f"{column} is read from '{taken.header}'; '{name}' was left")


def _contradicted(candidate: _Candidate, values: Sequence[str], contents: Contents, mapping: ColumnMap) -> bool:
    """Whether the values say that the header means something else: words under "Quantity", numbers under "Unit"."""
    column = candidate.target.columns[0] if candidate.target.columns else ""
    if not column or candidate.target.rank == 0 or not (found := contents.contradiction(column, values)):
        return False
    mapping.unsure[candidate.header] = f"its header says {column}, and its values are {found}"
    mapping.extras[candidate.index] = candidate.header
    return True


def _ports_of_a_route(
    candidates: list[_Candidate], values: Sequence[Sequence[str]], contents: Contents, mapping: ColumnMap
) -> None:
    """Ports under "Destination" are ports of discharge; beside them, ports under "Origin" are those of loading."""
    for country, port in (("destination_country", "discharge_port"), ("origin_country", "loading_port")):
        found = next((one for one in candidates if one.target.columns == (country,) and one.target.rank), None)
        if found is None or contents.contradiction(country, values[found.index]) != PORTS:
            return
        found.target = Target(port, (port,), 3)
        mapping.notes.append(f"'{found.header}' was read as {port}, because its values are ports")


def _masses_beside_tax(candidates: list[_Candidate], mapping: ColumnMap) -> list[_Candidate]:
    """Leave out "Net" and "Gross" without a word or unit of mass where a tax stands beside them: they may be amounts."""
    bare = [one for one in candidates if one.target.field in _BARE and one.meaning.factor is None]
    if not any(one.target.field == _TAX for one in candidates):
        return candidates
    for candidate in bare:
        mapping.unsure[candidate.header] = "a mass or an amount; beside a tax it may be either"
        mapping.extras[candidate.index] = candidate.header
    return [candidate for candidate in candidates if candidate not in bare]


def _by_arithmetic(candidates: list[_Candidate], arithmetic: Arithmetic, mapping: ColumnMap) -> None:
    """Let the numbers settle what headers leave open: unit price or value, the value of a line or of all, gross or net."""
    quantity = next((one for one in candidates if one.target.columns == ("quantity",)), None)
    money = [one for one in candidates if not one.empty and (one.target.columns == ("value",) or one.target.field == _UNIT_PRICE)]
    for price in money:
        for value in money:
            if price is value or quantity is None:
                continue
            if arithmetic.is_product(quantity.index, price.index, value.index):
                reason = f"the price of one unit: times '{quantity.header}' it gives '{value.header}'"
                price.target = Target(_UNIT_PRICE, (), 1, reason)
                if not value.target.columns:
                    value.target = Target("value", ("value",), 2)
                    mapping.notes.append(
                        f"'{value.header}' was read as value, because it is '{quantity.header}' times '{price.header}'"
                    )
    _of_one_package(candidates, arithmetic, mapping)
    values = [one for one in money if one.target.columns]
    for whole in values:
        part = next((one for one in values if one is not whole and arithmetic.is_grand_total(whole.index, one.index)), None)
        if part:
            whole.target = Target("value_total", (), 1, f"the sum of '{part.header}' over all lines")
    sure = {
        one.target.columns[0]: one
        for one in candidates
        if one.target.columns[:1] in (("net_kg",), ("gross_kg",)) and not one.empty
    }
    for weight in [one for one in candidates if one.target.field == _WEIGHT and not one.empty]:
        if len(sure) != 1:
            break
        column, other = next(iter(sure.items()))
        factor = (weight.meaning.factor or 1.0) / (other.meaning.factor or 1.0)
        if column == "net_kg" and arithmetic.is_heavier(weight.index, other.index, factor):
            meant = "gross_kg"
        elif column == "gross_kg" and arithmetic.is_heavier(other.index, weight.index, 1 / factor):
            meant = "net_kg"
        else:
            continue
        weight.target = Target(meant, (meant,), 2)
        mapping.notes.append(f"'{weight.header}' was read as {meant}, because of the masses in '{other.header}' beside it")


def _of_one_package(candidates: list[_Candidate], arithmetic: Arithmetic, mapping: ColumnMap) -> None:
    """Of two columns that mean the same, one may tell of a package and the other of all: "G.W." beside "Total G.W."."""
    packages = next((one for one in candidates if one.target.columns == ("packages",) and not one.empty), None)
    if packages is None:
        return
    measured = [one for one in candidates if one.target.columns[:1] in _MULTIPLIED and one.target.rank and not one.empty]
    for part in measured:
        for whole in measured:
            if part is whole or part.target.columns != whole.target.columns:
                continue
            factor = (part.meaning.factor or 1.0) / (whole.meaning.factor or 1.0)
            named = fold(part.header) in fold(whole.header)
            if arithmetic.is_of_one(packages.index, part.index, whole.index, factor, one_row=named):
                column = whole.target.columns[0]
                reason = f"{column} of one package: times '{packages.header}' it gives '{whole.header}'"
                part.target = Target(_OF_ONE, (), 1, reason)
                mapping.notes.append(f"{column} is read from '{whole.header}', because '{part.header}' is that of one package")
                break


def _units_beside(candidates: list[_Candidate], values: Sequence[Sequence[str]], lexicon: Lexicon) -> None:
    """A column headed "Unit" right of a weight or volume, holding its units, is the unit of that and not of the quantity."""
    at = {candidate.index: candidate for candidate in candidates}
    tables = {"net_kg": lexicon.words.mass_units, "gross_kg": lexicon.words.mass_units, "volume_m3": lexicon.words.volume_units}
    for candidate in candidates:
        left = at.get(candidate.index - 1)
        if candidate.target.columns != ("quantity_unit",) or left is None or not left.target.columns:
            continue
        column = left.target.columns[0]
        if column in tables and share([fold(text) in tables[column] for text in values[candidate.index]]) >= CLEAR_SHARE:
            target = candidate.target
            candidate.target = type(target)(target.field, (f"{column}.unit",), target.rank)


def _decide(
    candidate: _Candidate,
    targets: Sequence[Target],
    values: Sequence[str],
    contents: Contents,
    others: Sequence[_Candidate],
    arithmetic: Arithmetic | None,
) -> tuple[Target | None, str]:
    """Which of several meanings the values speak for; None with the reason where they cannot tell."""
    what = " or ".join(dict.fromkeys((target.columns or (target.reason,))[0] for target in targets))
    if not values:
        return None, f"could be {what}, and the column is empty"
    mapped = [target for target in targets if target.columns]
    if len(mapped) == 1 and mapped[0].columns[0] == "value":
        # the price of one unit only makes sense beside a quantity
        quantity = next((other for other in others if "quantity" in other.target.columns), None)
        if quantity is None:
            return mapped[0], "because there is no quantity beside it"
        for other in others:
            if arithmetic is None:
                break
            if other.target.field == _UNIT_PRICE and arithmetic.is_product(quantity.index, other.index, candidate.index):
                return mapped[0], f"because it is '{quantity.header}' times '{other.header}'"
            if other.target.columns == ("value",) and arithmetic.is_product(quantity.index, candidate.index, other.index):
                return next(target for target in targets if not target.columns), f"because '{other.header}' is its product"
        return None, f"could be {what}"
    beside = {target.columns[0] for target in mapped}
    shares = {id(target): contents.fit(target.columns[0], values, beside) for target in mapped}
    ranked = sorted(mapped, key=lambda target: -shares[id(target)])
    best = ranked[0]
    rest = max((shares[id(target)] for target in ranked[1:] if target.columns != best.columns), default=0.0)
    if shares[id(best)] >= CLEAR_SHARE and rest <= _CONTRARY_SHARE:
        return best, "because of its values"
    fits = "fit more than one" if rest > _CONTRARY_SHARE else "fit neither clearly"
    return None, f"could be {what}; its values {fits}"
