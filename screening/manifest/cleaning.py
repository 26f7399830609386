"""Cells of one sheet to canonical values, batch by batch, with a count of what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from screening.errors import UsageError
from screening.folding import fold
from screening.manifest.codes import gave_zero, lost_zeros, read_codes
from screening.manifest.dates import date_order, is_open, read_dates
from screening.manifest.headers import BRACKETS, is_eastern
from screening.manifest.lookups import OPEN, Lookups
from screening.manifest.numbers import Style, by_distinct, is_open_number, number_style, read_numbers, unit_reader
from screening.manifest.sheets import ROW
from screening.series import constant
from screening.terms import COLUMNS, EXTRA, RAW, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.manifest.dates import Order
    from screening.manifest.labels import Label
    from screening.manifest.mapping import ColumnMap, Filling
    from screening.terms import ReadingWords

TYPES: dict[Kind, pl.DataType] = {
    Kind.NUMBER: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.COUNTRIES: pl.List(pl.String),
}
"""Polars types of the kinds that are not String."""

_MEASURES = ("net_kg", "gross_kg", "volume_m3")
_MOST_SAID = 200_000
"""Texts that are remembered to say something."""
_LONGEST_PLACEHOLDER = 30
"""Bytes."""
_FEW_ROWS = 128
_EXAMPLES = 3
_FEW_HEADERS = 2


def type_of(column: str) -> pl.DataType:
    """The polars type of a canonical column."""
    return TYPES.get(COLUMNS[column], pl.String())


@dataclass(slots=True)
class Unread:
    """Cells of a column that hold something that could not be read."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Decisions:
    """What was decided for the columns of a sheet from their values, before its cells are read."""

    styles: dict[str, Style] = field(default_factory=dict)
    orders: dict[str, Order | None] = field(default_factory=dict)
    open_dates: list[str] = field(default_factory=list)
    """Date columns in which all dates read two ways."""
    pad_codes: frozenset[int] | None = frozenset()
    """Lengths of codes that lost their leading zero; None where no code lost it."""
    open_numbers: list[str] = field(default_factory=list)
    """Number columns that read with thousands and with decimals alike."""

    def settle(self) -> None:
        """Nothing is open where the format itself says how numbers and codes are written: a point, and all zeros."""
        self.styles = dict.fromkeys(self.styles, "point")
        self.open_numbers = []
        self.pad_codes = None


class Cleaner:
    """Reads the cells of one sheet."""

    def __init__(
        self,
        mapping: ColumnMap,
        words: ReadingWords,
        first: pl.DataFrame,
        defaults: Mapping[str, str],
        labels: Sequence[Label] = (),
        numeric: frozenset[int] = frozenset(),
        *,
        is_text: bool = False,
    ) -> None:
        self.mapping = mapping
        self.words = words
        self.lookups = Lookups(words)
        self.unread: dict[str, Unread] = {}
        self.no_unit: dict[str, bool] = {}
        self.zeros_given = False
        """Whether a tariff code got back a leading zero that it had lost."""
        self._said: set[str] = set()
        self._known: dict[str, dict[Any, Any]] = {}
        self._months = cast("Mapping[str, int]", words.options["months"])
        self._last_headings = cast("Sequence[int]", words.options.get("last_headings", ()))
        self._silent = frozenset(cast("Sequence[str]", words.options.get("beside_a_value", ())))
        self._sources = {column: fillings for column, fillings in mapping.filled.items() if column in COLUMNS}
        self.notes: list[str] = []
        self.decided = self._decide(first, numeric, comma=is_text and self._speaks_comma())
        self._defaults = {column: self._one(column, text) for column, text in defaults.items()}
        for column, value in self._defaults.items():
            if value[0] is None:
                msg = f"the default for {column}, '{defaults[column]}', is not understood; give it as a cell would have it"
                raise UsageError(msg)
        for label in labels:
            self._take(label)

    # -- before reading ------------------------------------------------------------------------------------------------

    def _decide(self, first: pl.DataFrame, numeric: frozenset[int], *, comma: bool) -> Decisions:
        decided = Decisions()
        styles: dict[str, Style | None] = {}
        for column, fillings in self._sources.items():
            cells = first[f"c{fillings[0].index}"]
            if COLUMNS[column] is Kind.NUMBER and fillings[0].index in numeric:
                decided.styles[column] = "point"
            elif COLUMNS[column] is Kind.NUMBER:
                styles[column] = number_style(cells)
            elif COLUMNS[column] is Kind.DATE:
                texts = cells.unique().drop_nulls().to_list()
                decided.orders[column] = date_order(texts)
                if decided.orders[column] is None and any(map(is_open, texts)):
                    decided.open_dates.append(column)
            elif COLUMNS[column] is Kind.HS:
                decided.pad_codes = lost_zeros(cells)
        # a column of doubtful numbers is written like the others of its sheet
        found = {style for style in styles.values() if style}
        if (
            comma
            and not found
            and any(first[f"c{self._sources[column][0].index}"].str.contains(r"\d[.,]\d").any() for column in styles)
        ):
            found = {"comma"}
            self.notes.append("numbers are read with a comma before the decimals, as the language of the headers has it")
        common: Style = "comma" if found == {"comma"} else "point"
        decided.styles |= {column: style or common for column, style in styles.items()}
        if found not in ({"comma"}, {"point"}):
            undecided = [column for column, style in styles.items() if style is None]
            decided.open_numbers = [column for column in undecided if is_open_number(first[f"c{self._sources[column][0].index}"])]
            decided.styles |= dict.fromkeys(decided.open_numbers, "open")
        return decided

    def _speaks_comma(self) -> bool:
        """Whether most headers are of a language that writes a comma before the decimals."""
        comma = frozenset(cast("Sequence[str]", self.words.options.get("comma_headers", ())))
        headers = [fold(BRACKETS.sub("", filling.header)) for fillings in self.mapping.filled.values() for filling in fillings]
        spoken = sum(header in comma for header in headers)
        return spoken >= _FEW_HEADERS and spoken * 2 >= len(headers)

    def set_order(self, column: str, order: Order | None) -> None:
        """What comes first in a date column, found by looking at more of it than the first batch."""
        self.decided.orders[column] = order
        self.decided.open_dates.remove(column)

    def _one(self, column: str, text: str) -> pl.Series:
        """One value for the empty cells of a column, null where the text is not understood."""
        cell = pl.Series(column, [text.strip()], dtype=pl.String)
        return self._read(column, cell, None, pl.DataFrame()).get(column, cell)

    def _take(self, label: Label) -> None:
        """Use what stands above the table for the lines, and say so."""
        value = self._one(label.column, label.text)
        if value[0] is None:
            self.notes.append(f"'{label.label}' above the table (row {label.row}) says '{label.text}', which was not understood")
        else:
            self._defaults[label.column] = value
            self.notes.append(
                f"{label.column} of every line is '{label.text}', from '{label.label}' above the table (row {label.row})"
            )

    # -- reading -------------------------------------------------------------------------------------------------------

    def clean(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``row``, every canonical column, ``raw.*`` and ``extra.*`` of a batch of rows.

        Args:
            frame: ``row`` and the cells as text, without blanks at their ends and null where empty.
        """
        columns: dict[str, pl.Series] = {}
        raw: dict[str, pl.Series] = {}
        beside: dict[str, pl.Series] = {}
        texts: list[str] = []
        for column, fillings in self._sources.items():
            if len(fillings) > 1:
                columns[column] = _joined(frame, fillings).alias(column)
                continue
            cells = frame[f"c{fillings[0].index}"]
            if COLUMNS[column] is Kind.TEXT:
                columns[column] = cells.alias(column)
                texts.append(column)
                continue
            raw[column] = cells
            for name, series in self._read(column, cells, fillings[0], frame).items():
                (columns if name == column else beside)[name] = series.alias(name)
            self._count_unread(column, cells, columns[column])
        for column, found in self._placeholders(frame, texts).items():
            raw[column] = columns[column]
            columns[column] = columns[column].set(columns[column].is_in(found), None)
        for column, series in beside.items():
            # a currency in the cell or header is that of the amount; a unit beside a number only fills what is empty
            own = columns.get(column, series)
            first, second = (series, own) if column == "currency" else (own, series)
            columns[column] = first.zip_with(first.is_not_null(), second)
        nothing = {kind: constant(None, kind, frame.height) for kind in set(map(type_of, COLUMNS))}
        data = {column: columns[column] if column in columns else nothing[type_of(column)] for column in COLUMNS}
        data |= {RAW + column: cells for column, cells in raw.items()}
        data |= {EXTRA + name: frame[f"c{index}"] for index, name in self.mapping.extras.items()}
        return pl.DataFrame([frame[ROW], *(value.alias(name) for name, value in data.items())])

    def fill(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Fill empty cells with what stands above the table or was given as default."""
        return lines.with_columns_seq(
            lines[column].zip_with(lines[column].is_not_null(), value.new_from_index(0, lines.height)).alias(column)
            for column, value in self._defaults.items()
        )

    def _read(self, column: str, cells: pl.Series, filling: Filling | None, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """The values of ``column``, and of others that its cells speak of."""
        kind = COLUMNS[column]
        known = self._known.setdefault(column, {})
        if column in _MEASURES:
            return {column: self._measure(column, cells, filling, frame)}
        if kind is Kind.NUMBER:
            return self._number(column, cells, filling)
        if kind is Kind.DATE:
            return {column: read_dates(cells, self.decided.orders.get(column), self._months, known)}
        if kind is Kind.HS:
            codes = read_codes(cells, self.decided.pad_codes, self._last_headings)
            if self.decided.pad_codes is not None and filling and not self.zeros_given:
                self.zeros_given = gave_zero(cells, codes)
            return {column: codes}
        if kind is Kind.COUNTRIES:
            return {column: self._countries(cells, known)}
        eastern = bool(filling and is_eastern(filling.header))
        readers = {
            Kind.COUNTRY: self.lookups.country(numbers=not eastern),
            Kind.MODE: self.lookups.mode(eastern=eastern),
            Kind.PACKAGE: self.lookups.package,
            Kind.CURRENCY: self.lookups.currency,
        }
        return {column: by_distinct(cells, readers[kind], known, pl.String)} if kind in readers else {}

    def _measure(self, column: str, cells: pl.Series, filling: Filling | None, frame: pl.DataFrame) -> pl.Series:
        """Kilograms or cubic metres: the unit is the cell's own, else that of the column of units, else the header's."""
        units = self.words.volume_units if column == "volume_m3" else self.words.mass_units
        read = read_numbers(cells, self.decided.styles.get(column, "point"))
        values = read.values
        factor = constant(filling.factor if filling and filling.factor else 1.0, pl.Float64(), len(cells))
        named = self.mapping.filled.get(f"{column}.unit")
        if named and frame.width:
            texts = frame[f"c{named[0].index}"]
            meant = by_distinct(texts, unit_reader(units, self._silent), self._known.setdefault(f"{column}.unit", {}), pl.Float64)
            factor = meant.zip_with(meant.is_not_null(), factor)
            values = values.set(texts.is_not_null() & meant.is_null(), None)
        if read.around is not None:
            around = self._known.setdefault(f"{column}.around", {})
            meant = by_distinct(read.around, unit_reader({**units, "": 0.0}, self._silent), around, pl.Float64)
            values = values.set(read.around.is_not_null() & meant.is_null(), None)
            own = meant.set(meant == 0.0, None)
            factor = own.zip_with(own.is_not_null(), factor)
        if filling and filling.factor is None and not named:
            bare = bool((values.is_not_null() & (read.around.is_null() if read.around is not None else True)).any())
            self.no_unit[column] = self.no_unit.get(column, False) or bare
        return values * factor

    def _number(self, column: str, cells: pl.Series, filling: Filling | None) -> dict[str, pl.Series]:
        read = read_numbers(cells, self.decided.styles.get(column, "point"))
        values = read.values
        result: dict[str, pl.Series] = {}
        if column in ("value", "value_usd"):
            currency = constant(filling.currency or None if filling else None, pl.String(), len(cells))
            if read.around is not None:
                known = self._known.setdefault(f"{column}.around", {})
                reader = self.lookups.currency_around(filling.currency if filling else "")
                meant = by_distinct(read.around, reader, known, pl.String)
                values = values.set(read.around.is_not_null() & meant.is_null(), None)
                meant = meant.set(meant == "", None)
                currency = meant.zip_with(meant.is_not_null(), currency)
                currency = currency.set(currency == OPEN, None)
            if filling and filling.factor:
                values = values * filling.factor
            if column == "value" and currency.is_not_null().any():
                result["currency"] = currency.set(values.is_null(), None)
            elif column == "value_usd":
                values = values.set((currency != "USD").fill_null(value=False), None)
        elif read.around is not None:
            if column == "quantity":
                result["quantity_unit"] = read.around.set(values.is_null(), None)
            elif column == "packages":
                known = self._known.setdefault("packages.around", {})
                result["package_type"] = by_distinct(read.around, self.lookups.package, known, pl.String)
        return {column: values, **result}

    def _countries(self, cells: pl.Series, known: dict[Any, Any]) -> pl.Series:
        distinct = cells.unique().drop_nulls().to_list()
        for text in distinct:
            if text not in known:
                known[text] = self.lookups.route(text)
        lists = pl.Series([known[text] or None for text in distinct], dtype=pl.List(pl.String))
        positions = pl.Series(range(len(distinct)), dtype=pl.UInt32)
        at = cells.replace_strict(pl.Series(distinct, dtype=pl.String), positions, default=None, return_dtype=pl.UInt32)
        return lists.gather(at) if distinct else constant(None, pl.List(pl.String), len(cells))

    def _placeholders(self, frame: pl.DataFrame, columns: list[str]) -> dict[str, list[str]]:
        """The texts that stand for an empty cell, by text column; only columns that have some."""
        if not columns:
            return {}
        sources = [f"c{self._sources[column][0].index}" for column in columns]
        found = {}
        for column, cells in zip(columns, frame[sources], strict=True):
            texts = set(cells.to_list() if frame.height <= _FEW_ROWS else _short(cells)) - {None} - self._said
            if nothing := {text for text in texts if not (key := fold(text)) or key in self.words.placeholders}:
                found[column] = sorted(nothing)
            if len(self._said) < _MOST_SAID:  # names of parties come again in every batch
                self._said |= texts - nothing
        return found

    def _count_unread(self, column: str, cells: pl.Series, values: pl.Series) -> None:
        if values.null_count() == cells.null_count():  # what is empty stays empty, so nothing was lost
            return
        lost = values.is_null() & cells.is_not_null()
        unread = self.unread.setdefault(column, Unread())
        for text, count in cells.filter(lost).alias("text").value_counts(sort=True).iter_rows():
            key = fold(text)
            if key and key not in self.words.placeholders:
                unread.count += count
                if len(unread.examples) < _EXAMPLES and text not in unread.examples:
                    unread.examples.append(text)


def _short(cells: pl.Series) -> list[str]:
    """The different texts of a long column that are short and have no digit, as placeholders are."""
    short = cells.filter(cells.str.len_bytes() <= _LONGEST_PLACEHOLDER).unique()
    return short.filter(~short.str.contains("[0-9]")).to_list()


def _joined(frame: pl.DataFrame, fillings: list[Filling]) -> pl.Series:
    """The texts of several columns, each behind its header."""
    parts = [pl.lit(f"{filling.header}: ") + pl.col(f"c{filling.index}") for filling in fillings]
    text = pl.concat_str(parts, separator="; ", ignore_nulls=True)
    return frame.select_seq(pl.when(text != "").then(text).alias("joined")).to_series()


def unread_note(column: str, unread: Unread) -> str:
    """One sentence on the cells of a column that could not be read."""
    cells = "1 cell was" if unread.count == 1 else f"{unread.count:,} cells were"
    return f"{column}: {cells} not understood and stayed empty, such as " + ", ".join(f"'{text}'" for text in unread.examples)
