"""Tariff codes: what is one, and which have lost their leading zero by being stored as numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_CELL = r"^(?:HS|HTS|H\.S\.)?[\s:#]*(\d{2}(?:[\s.\-]?\d{2}){1,5}|\d{4,12})(?:\s*[-–:|]?\s+\D.*)?$"
_CODE = re.compile(r"\d{4}[.\s-]?\d{2}(?:[.\s-]?\d{2}){0,3}(?:\.0)?|\d{7}|\d{9}")
_LOST_ZERO = (5, 7, 9)
"""Digits of a code that may have lost its leading zero."""
_STATED = 9
"""Digits of codes that are in use as they are, in Japan."""
_FEW_CELLS = 128
"""Up to so many cells are looked at one by one."""
_NATIONAL = 98
"""Chapters from here on each country fills for itself."""


def is_code(text: str, last_headings: Sequence[int]) -> bool:
    """Whether a text is a tariff code of 6 digits or more (one less where a zero was lost) in a heading that there is.

    Args:
        text: A cell without blanks at its ends.
        last_headings: The last heading of each chapter.
    """
    if not _CODE.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text.removesuffix(".0"))
    digits = digits.zfill(len(digits) + len(digits) % 2)
    chapter, heading = int(digits[:2]), int(digits[2:4])
    return chapter >= _NATIONAL or (0 < chapter <= len(last_headings) and 0 < heading <= last_headings[chapter - 1])


def lost_zeros(cells: pl.Series) -> frozenset[int] | None:
    """The lengths of codes of a column that was stored as numbers, so that codes of chapters 01 to 09 miss their zero.

    Told by codes of an odd length beside others one digit longer. None where a code has its zero, and so no other lost it.
    """
    if len(cells) - cells.null_count() < 2:  # it takes two lengths to tell
        return None if any(text.startswith("0") for text in cells.drop_nulls().to_list()) else frozenset()
    if cells.str.starts_with("0").any():
        return None
    texts = cells.drop_nulls().str.replace(r"\.0+$", "")
    codes = texts.filter(texts.str.contains(r"^\d{5,10}$"))
    if codes.is_empty() or len(codes) < len(texts):
        return frozenset()
    lengths = set(codes.str.len_bytes().unique().to_list())
    return frozenset(length for length in _LOST_ZERO if length in lengths and length + 1 in lengths)


def read_codes(cells: pl.Series, pad: frozenset[int] | None, last_headings: Sequence[int]) -> pl.Series:
    """HS codes as digits; null where there is no code of 4 to 12 digits.

    A code of an odd length has lost its zero where its column says so (``pad``, from `lost_zeros`), or where only with a zero
    it lies in a heading that exists. Where it does with and without, it is null.
    """
    cell, bare = pl.col(cells.name), pl.col(cells.name).str.replace_all(".", "", literal=True)
    dotted = bare.str.contains(r"^[0-9]{4,12}$") & ~cell.str.contains(r"\.0$|^[0-9]{3,4}\.[0-9]$|^[0-9]{0,3}\.")
    plain = cells.to_frame().select_seq(pl.when(dotted).then(bare)).to_series()
    open_cells = cells.is_not_null() & plain.is_null()
    if open_cells.any():
        at = open_cells.arg_true()
        given = cells.gather(at).alias("cell").to_frame()
        text = pl.col("cell").str.normalize("NFKC").str.replace(r"^['`]", "").str.replace(r"^(\d{4,12})\.0+$", "$1")
        # a code typed as the number 8505.1 has lost the zero of 8505.10
        text = text.str.replace(r"^(\d{4}\.\d)$", "${1}0")
        code = text.str.extract(_CELL).str.replace_all(r"[\s.\-]", "")
        read = given.select_seq(pl.when(code.str.len_bytes().is_between(4, 12)).then(code).alias("code")).to_series()
        plain = plain.scatter(at, read)
    if pad is None:
        return plain
    if len(plain) <= _FEW_CELLS and not any(len(code) in _LOST_ZERO for code in plain.to_list() if code):
        return plain
    odd = plain.str.len_bytes().is_in(list(_LOST_ZERO)).fill_null(value=False)
    if odd.any():
        at = odd.arg_true()
        plain = plain.scatter(at, _with_zeros(plain.gather(at), pad, last_headings))
    return plain


def gave_zero(cells: pl.Series, codes: pl.Series) -> bool:
    """Whether a code begins with a zero that its cell, which begins with another digit, has not."""
    if len(cells) <= _FEW_CELLS:
        pairs = zip(cells.to_list(), codes.to_list(), strict=True)
        return any(cell and code and cell[0] in "123456789" and code[0] == "0" for cell, code in pairs)
    return bool((cells.str.contains("^[1-9]") & codes.str.starts_with("0")).any())


def _with_zeros(codes: pl.Series, pad: frozenset[int], last_headings: Sequence[int]) -> pl.Series:
    """Codes of an odd length with the zero they lost, as far as that is certain."""
    if not last_headings:
        return codes
    code, length = pl.col("code"), pl.col("code").str.len_bytes()
    with_zero = pl.lit("0") + code
    with_it, as_it_is = _in_heading(with_zero, last_headings), _in_heading(code, last_headings)
    choice = (
        pl.when(length.is_in(list(pad)) | (with_it & ~as_it_is)).then(with_zero).when(~with_it | (length == _STATED)).then(code)
    )
    return codes.alias("code").to_frame().select_seq(choice).to_series()


def _in_heading(code: pl.Expr, last_headings: Sequence[int]) -> pl.Expr:
    chapter, heading = code.str.slice(0, 2).cast(pl.Int32), code.str.slice(2, 2).cast(pl.Int32)
    last = chapter.replace_strict(list(range(1, len(last_headings) + 1)), list(last_headings), default=0, return_dtype=pl.Int32)
    return (chapter >= _NATIONAL) | ((heading > 0) & (heading <= last))
