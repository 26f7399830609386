"""The one place where untrusted text is made safe: workbook cells, CSV cells, terminal lines and HTML.

A manifest is written by strangers. Its text must stay text: no formula in a spreadsheet, no escape sequence on a
terminal, no markup in a page, and no character that would make a file unreadable.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

CELL_LIMIT = 32_767
"""Characters a workbook cell holds, counted in UTF-16 units (Microsoft, Excel specifications and limits)."""

FORMULA_STARTS = "=+-@\t\r＝＋－＠"
"""A spreadsheet program may read a cell that begins so as a formula (OWASP, CSV injection)."""

_CUT = " […]"
_WIDE = 2
"""Terminal columns of a wide character (Unicode Standard Annex 11)."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
_BIDI = r"[\u202a-\u202e\u2066-\u2069]"
_BLANKS = r"[\s\u00a0\u200b-\u200f\u2060\ufeff]*"
_INVISIBLE = re.compile(f"{_CONTROL}|{_BIDI}")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[@-Z\\-_]|\x9b[0-?]*[ -/]*[@-~]"
)
_STARTS_CLASS = r"[=+\-@＝＋－＠]"
_DANGEROUS = re.compile(f"^(?:[\\t\\r]|{_BLANKS}{_STARTS_CLASS})")
_INNER = re.compile(f"(;{_BLANKS})({_STARTS_CLASS})")
_RUST_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{fffe}\x{ffff}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_RUST_BLANKS = r"[\s\x{a0}\x{200b}-\x{200f}\x{2060}\x{feff}]*"
_RUST_INNER = f"(;{_RUST_BLANKS})({_STARTS_CLASS})"
_RUST_DANGEROUS = f"^(?:[\\t\\r]|{_RUST_BLANKS}{_STARTS_CLASS})"


def plain(text: str) -> str:
    r"""``text`` without control characters, bidirectional overrides and lone surrogates; line breaks as ``\n``."""
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _INVISIBLE.sub("", text)


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet program might take ``text`` for a formula, also behind leading blanks."""
    return _DANGEROUS.match(text) is not None


def cell_text(text: str) -> str:
    """``text`` as a workbook cell can hold it: readable characters only, cut at CELL_LIMIT with a mark.

    The caller must also store it as a string (see ``sheets.Sheet``): then a leading ``=`` stays a character.
    """
    text = plain(text)
    if len(text) * 2 <= CELL_LIMIT or len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return text
    units = text.encode("utf-16-le")[: (CELL_LIMIT - len(_CUT)) * 2]
    return units.decode("utf-16-le", errors="ignore") + _CUT


def csv_text(text: str) -> str:
    """``text`` as a CSV cell on one line: an apostrophe before anything that could be read as a formula.

    Also behind a semicolon: where a spreadsheet program separates by semicolons, a cell may begin there.
    """
    clean = _INNER.sub(r"\1'\2", re.sub(r"[\n\t\u2028\u2029]", " ", plain(text)))
    return "'" + clean if is_formula_like(text) or is_formula_like(clean) else clean


def csv_expression(column: pl.Expr) -> pl.Expr:
    """The same as ``csv_text`` for String columns of any length; keeps their names."""
    clean = column.str.replace_all(_RUST_CONTROL, "").str.replace_all("\r\n", " ", literal=True)
    clean = clean.str.replace_all(r"[\r\n\t\x{2028}\x{2029}]", " ").str.replace_all(_RUST_INNER, "${1}'${2}")
    guard = column.str.contains(_RUST_DANGEROUS) | clean.str.contains(_RUST_DANGEROUS)
    return pl.when(guard).then(pl.lit("'") + clean).otherwise(clean).name.keep()


def terminal_text(text: str) -> str:
    """``text`` as one line for a terminal: escape sequences, control characters and bidi overrides gone."""
    return " ".join(plain(_ESCAPES.sub("", text)).split())


def display_width(text: str) -> int:
    """Columns that ``text`` takes on a terminal: two for a wide character, none for a combining or format one."""
    return sum(_character_width(character) for character in text)


def fit(text: str, width: int) -> str:
    """``text`` made safe for a terminal and cut to ``width`` columns, with an ellipsis where something was cut."""
    text = terminal_text(text)
    if display_width(text) <= width:
        return text
    taken, room = [], width - 1
    for character in text:
        room -= _character_width(character)
        if room < 0:
            break
        taken.append(character)
    return "".join(taken).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """``text`` followed by as many blanks as it needs to take ``width`` columns."""
    return text + " " * max(0, width - display_width(text))


def wrap(text: str, width: int) -> list[str]:
    """``text`` made safe for a terminal, in lines of at most ``width`` columns; wide characters may break anywhere."""
    lines, line = [], ""
    for piece in _pieces(terminal_text(text), width):
        if line and display_width(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, width: int) -> Iterator[str]:
    """Words, and the single characters of scripts written without blanks; a closing mark stays with what it closes."""
    for word in re.findall(r"\S+\s*", text):
        piece = ""
        for character in word:
            breaks = _character_width(character) == _WIDE and unicodedata.category(character) not in {"Po", "Pe", "Pf"}
            if piece and (breaks or display_width(piece + character) > width):
                yield piece
                piece = ""
            piece += character
        yield piece


def _character_width(character: str) -> int:
    if " " <= character <= "~":
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc", "Zl", "Zp"}:
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else 1


def json_value(value: object) -> object:
    """``value`` as JSON holds it: numbers finite (else null), dates as ISO texts, anything unknown as its text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(json_value(str(key))): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [json_value(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    return _SURROGATES.sub("\ufffd", str(value))


def web_address(url: str | None) -> str | None:
    """``url`` if it is an http or https address that may become a link, else None."""
    return url if url and re.fullmatch(r"https?://[^\s\x00-\x1f\"'<>]+", url) else None


def page_environment() -> Environment:
    """A jinja2 environment that escapes every value and shows no control characters."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - loaded only for a page
    from markupsafe import Markup  # noqa: PLC0415

    def show(value: object) -> object:
        if isinstance(value, Markup):
            return value
        return plain(value) if isinstance(value, str) else "" if value is None else value

    return Environment(
        loader=PackageLoader("screening.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=show,
    )
