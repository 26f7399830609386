"""Numbers as people write them: units, currencies, thousands and decimals of either kind.

Cells that are plain numbers are cast at once; the regular expressions below run only over the cells that are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import polars as pl

from screening.folding import fold
from screening.plaindata import record
from screening.series import constant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Lookup = Callable[[str], float | str | None]

Style = Literal["point", "comma", "each", "open"]
"""Which sign parts the decimals in a column; ``each``: both occur, and every cell speaks for itself; ``open``: ``25.000`` may be
25 or 25,000, and nothing in the sheet tells."""

_CELL = (
    r"^(?P<before>[^\d+(.,<>≤≥-]*)(?P<sign>[+(-]?)\s*"
    r"(?P<digits>[\d.,](?:[\d.,'’\s]*\d)?[.,]?)\)?\s*(?P<after>[^\d\s.,)](?s:.*))?$"
)
_COMMA = "|".join(
    (
        r"^[^\d,]*\d{1,3}(?:\.\d{3})+,\d+(?:\D|$)",
        r"^[^\d,.]*\d{1,3}(?:\.\d{3}){2,}(?:[^\d,.]|$)",
        r"^[^\d,.]*\d+,(?:\d{1,2}|\d{4,})(?:[^\d,.]|$)",
        r"^[^\d,.]*0,\d+(?:[^\d,.]|$)",
        r"^[^\d,.]*\d{1,3}(?:[\s'’]\d{3})+,\d",
    )
)
_POINT = "|".join(
    (
        r"^[^\d.]*\d{1,3}(?:,\d{3})+\.\d+(?:\D|$)",
        r"^[^\d,.]*\d+\.(?:\d{1,2}|\d{4,})(?:[^\d,.]|$)",
        r"^[^\d,.]*0\.\d+(?:[^\d,.]|$)|\d,\d{3},\d{3}",
        r"^[^\d,.]*\d{1,3}(?:[\s'’]\d{3})+\.\d",
    )
)
_OPEN = r"^\D*\d{1,3}\.\d{3}\D*$"
_TYPED = r"^\d{1,3}\.\d{2}0$"
"""No program writes a number so unless it was told to: three places of decimals, or a thousand."""
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLAIN_POINT = re.compile(r"\.(?:[0-9]{1,2}|[0-9]{4,})$|^0\.")
"""What a plain number shows that its point cannot part thousands: _POINT, for plain numbers."""
_NO_UNIT = r"-$|^[-–~/+]\s*\d"
"""Behind a number: the sign of a negative one, or a second number that makes it a range, a fraction or a sum."""
_FEW_CELLS = 128
"""Up to so many cells are looked up one by one, and no look is taken at which of them are the same."""
_LEAST, _MOST = 1e-12, 1e15
"""What a number of a manifest other than 0 lies between, in any unit; beyond it quotients and sums would leave the numbers."""
_THOUSANDS = r"^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$"


@record
class Numbers:
    """A column of numbers with what stood around them."""

    values: pl.Series
    """Float64, zero or between 1e-12 and 1e15, else null."""
    around: pl.Series | None
    """String: what stood before and after the number, null where nothing did; None where no cell had anything."""


def number_style(cells: pl.Series) -> Style | None:
    """Which decimal sign a column uses, from cells that leave no doubt; None where all of them do (``1,234``)."""
    few = cells.to_list() if len(cells) <= _FEW_CELLS else None
    if few is not None and not any("." in text or "," in text for text in few if text):
        return None
    if few is not None and (texts := _plain(few)) is not None and any(map(_PLAIN_POINT.search, texts)):
        return "point"
    comma = cells.str.contains(_COMMA).any()
    point = cells.str.contains(_POINT).any()
    if comma and point:
        return "each"
    if not comma and not point and cells.str.contains(_TYPED).any() and cells.str.contains(r"^\d+$").any():
        return "comma"  # 1.200 beside 300: with decimals, 300 would have them too
    return "comma" if comma else "point" if point else None


def _plain(few: list[str | None]) -> list[str] | None:
    """The texts of a few cells, if they are plain numbers, which need no looking at what surrounds them."""
    texts = [text for text in few if text is not None]
    return texts if all(map(_PLAIN.fullmatch, texts)) else None


def is_open_number(cells: pl.Series) -> bool:
    """Whether a column without a `number_style` may be one of thousands and of decimals alike: ``25.000``, ``512.500``."""
    return bool(cells.str.contains(_TYPED).any())


def read_numbers(cells: pl.Series, style: Style) -> Numbers:
    """Read a column of texts as numbers.

    Args:
        cells: Texts without blanks at the ends; null where empty.
        style: The decimal sign of the column. In a ``comma`` column ``1.234`` is a thousand; elsewhere ``1,234`` is.

    Returns:
        The numbers; null where there is none, or one that cannot be (negative, infinite, beyond all measure).
    """
    few = cells.to_list() if len(cells) <= _FEW_CELLS and style in ("point", "each") else None
    if few is not None and _plain(few) is not None:  # for a single line the queries below are most of the work
        numbers = [None if text is None else float(text) for text in few]
        real = [n if n is not None and (n == 0 or _LEAST <= n <= _MOST) else None for n in numbers]
        return Numbers(pl.Series(cells.name, real, dtype=pl.Float64), None)
    cell = pl.col(cells.name)
    plain: pl.Expr = cell
    if style == "comma":
        plain = pl.when(~cell.str.contains(".", literal=True)).then(cell)
    elif style == "point":
        plain = pl.when(cell.str.contains(_THOUSANDS)).then(cell.str.replace_all(",", "", literal=True)).otherwise(cell)
    elif style == "open":
        cells = cells.set(cells.str.contains(_OPEN).fill_null(value=False), None)
    values = cells.to_frame().select_seq(plain.cast(pl.Float64, strict=False)).to_series()
    around: pl.Series | None = None
    if values.null_count() > cells.null_count():
        at = (values.is_null() & cells.is_not_null()).arg_true()
        read = _by_pattern(cells.gather(at), style)
        values = values.scatter(at, read["number"])
        if read["around"].null_count() < len(read):
            around = constant(None, pl.String(), len(cells)).scatter(at, read["around"])
    value = pl.col(cells.name)
    possible = pl.when((value == 0) | value.is_between(_LEAST, _MOST)).then(value)
    return Numbers(values.to_frame().select_seq(possible).to_series(), around)


def _by_pattern(cells: pl.Series, style: Style) -> pl.DataFrame:
    """``number`` and ``around`` of cells that are more than a plain number."""
    part = pl.col("part").struct
    digits = pl.col("digits")
    comma = {
        "point": pl.lit(value=False),
        "open": pl.lit(value=False),
        "comma": pl.lit(value=True),
        "each": pl.col("cell").str.contains(_COMMA),
    }[style]
    bare = digits.str.replace_all(r"['’\s]", "")
    as_comma = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    well_formed = (
        pl.when(comma)
        .then(digits.str.contains(r"^(?:\d+|\d{1,3}(?:[.\s'’]\d{3})+)?(?:,\d*)?$"))
        .otherwise(digits.str.contains(r"^(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3}|\d{1,3}(?:[\s'’]\d{3})+)?(?:\.\d*)?$"))
    )
    number = pl.when(comma).then(as_comma).otherwise(bare.str.replace_all(",", "", literal=True)).cast(pl.Float64, strict=False)
    around = (part.field("before").fill_null("") + " " + part.field("after").fill_null("")).str.strip_chars()
    return (
        cells.alias("cell")
        .to_frame()
        .with_columns_seq(pl.col("cell").str.normalize("NFKC").str.strip_chars())
        .with_columns_seq(pl.col("cell").str.extract_groups(_CELL).alias("part"))
        .with_columns_seq(part.field("digits").alias("digits"), part.field("sign").alias("sign"))
        .select_seq(
            pl.when(well_formed & ~pl.col("sign").is_in(["-", "("]) & ~around.str.contains(_NO_UNIT))
            .then(number)
            .alias("number"),
            pl.when(around != "").then(around).alias("around"),
        )
    )


def by_distinct(
    cells: pl.Series, read: Lookup, known: dict[str | None, float | str | None], kind: type[pl.DataType]
) -> pl.Series:
    """Read a column of few different texts by reading each of them once.

    Args:
        cells: Texts; null stays null.
        read: What one text means; None where it means nothing.
        known: Texts read before; grows.
        kind: The type of the result.
    """
    few = len(cells) <= _FEW_CELLS
    distinct = cells.to_list() if few else cells.unique().to_list()
    for text in distinct:
        if text not in known:
            known[text] = None if text is None else read(text)
    if few:
        return pl.Series(cells.name, [known[text] for text in distinct], dtype=kind)
    meant = pl.Series([known[text] for text in distinct], dtype=kind)
    return cells.replace_strict(pl.Series(distinct, dtype=pl.String), meant, default=None, return_dtype=kind)


def unit_reader(units: Mapping[str, float], silent: frozenset[str] = frozenset()) -> Lookup:
    """Reads what stands around a number as a unit: ``kgs``, ``KG/``, ``(kg)``; ``silent`` words may stand beside it."""

    def read(text: str) -> float | None:
        if (whole := units.get(fold(text))) is not None:
            return whole
        words = [word for part in re.split(r"[\s/()]+", text) if (word := fold(part))]
        others = {units.get(word) for word in words if word not in silent}
        return others.pop() if len(others) == 1 else None

    return read


def currency_reader(currencies: Mapping[str, str], silent: frozenset[str]) -> Lookup:
    """Reads what stands around a number as a currency: ``USD``, ``US$ FOB``; ``silent`` words may stand beside it."""

    def read(text: str) -> str | None:
        if whole := currencies.get(fold(text)):
            return whole
        words = [word for part in text.replace("/", " ").split() if (word := fold(part))]
        named = {currencies[word] for word in words if word in currencies}
        others = [word for word in words if word not in currencies and word not in silent]
        return named.pop() if len(named) == 1 and not others else None

    return read
