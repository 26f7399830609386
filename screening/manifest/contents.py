"""What values say about their column: whether they fit a meaning, contradict one, or settle by arithmetic what it holds."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, cast

from screening.folding import fold
from screening.manifest.codes import is_code
from screening.manifest.lookups import Lookups
from screening.manifest.numbers import number_style, read_numbers
from screening.terms import COLUMNS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import polars as pl

    from screening.manifest.headers import Lexicon

CLEAR_SHARE = 0.8
"""Share of a column's values that must read as one kind before the values decide."""
PORTS = "ports"
"""What `Contents.contradiction` says of a column of countries that holds ports."""
_WORDS = frozenset({"description", "end_use", "incoterm", "vessel_name"})
"""With the names of parties: columns that numbers alone cannot fill."""
_FEW = 2
"""Values that it takes to contradict a header by words; one odd cell proves nothing."""
_HS_CELL = re.compile(r"\D{0,6}\d{2}[\d.\s-]{2,}.*")
_LINE_NUMBER = re.compile(r"\d{1,5}(?:[.]\d{1,3})?")
_PROSE = re.compile(r"[^\W\d_]{3,}.*[^\W\d_]{2,}|[\u3040-\u9fff\uac00-\ud7af]{2,}|^[^\W\d_]{4,}$")
_PRODUCT_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w./-]+")
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\s?\d{6}[\s-]?\d")  # ISO 6346
_CONTAINER_TYPE = re.compile(r"(?:20|40|45)\s?['’]?\s?[A-Z]{2,3}|[24LM][0-9A-F][GRUPTHVBS]\d")  # 40HC; 45G1 of ISO 6346
_ARTICLE_NUMBER = re.compile(r"\d[\d./-]{2,}")
_WITH_LETTER = re.compile(r".*[^\W\d_].*", re.DOTALL)
_LOCODE = re.compile(r"[A-Z]{2}\s?[A-Z2-9]{3}")
_NUMBER = re.compile(r"\D{0,4}\d[\d.,\s']*\D{0,6}")
_UNIT = re.compile(r"[^\d]{1,15}")
_BARE_NUMBER = re.compile(r"[\d.,\s/-]*\d[\d.,\s/-]*")


class Contents:
    """Judges values by the reading words of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = lexicon.words
        self._last_headings = cast("Sequence[int]", lexicon.words.options.get("last_headings", ()))
        self._country: Callable[[str], str | None] | None = None

    def fit(self, column: str, values: Sequence[str], beside: Collection[str] = ()) -> float:
        """Share of the values that read as ``column``; 0 for columns that have no look of their own.

        Args:
            column: What the values may be.
            values: The values.
            beside: What else they may be.
        """
        if column == "product_code" and "declaration_elements" in beside:
            return share([bool(_ARTICLE_NUMBER.fullmatch(text)) for text in values])  # and SS304 is what it is made of
        words = self._words
        kind = COLUMNS.get(column, Kind.TEXT)
        if kind is Kind.HS:
            return share([is_code(text, self._last_headings) for text in values])
        if kind is Kind.COUNTRY or kind is Kind.COUNTRIES:
            return share([fold(text) in words.countries for text in values])
        if kind is Kind.MODE:
            return share([fold(text) in words.modes for text in values])
        if kind is Kind.NUMBER:
            return share([bool(_NUMBER.fullmatch(text)) for text in values])
        if column.endswith("_port"):
            return share([self._is_port(text) for text in values])
        if column == "quantity_unit":
            return share([bool(_UNIT.fullmatch(text)) for text in values])
        if column == "description":
            return share([bool(_PROSE.search(text)) for text in values])
        patterns = {
            "line_no": _LINE_NUMBER,
            "product_code": _PRODUCT_CODE,
            "container_no": _CONTAINER,
            "declaration_elements": _WITH_LETTER,
        }
        pattern = patterns.get(column)
        return share([bool(pattern.fullmatch(text)) for text in values]) if pattern else 0.0

    def contradiction(self, column: str, values: Sequence[str]) -> str:
        """Why the values cannot be ``column``, though the header says so; empty where they can.

        Words under "Quantity", numbers under "Consignee", ports under "Origin", text under "HS code".
        """
        values = [text for text in values if (key := fold(text)) and key not in self._words.placeholders]
        if not values:
            return ""
        kind = COLUMNS.get(column)
        if kind is Kind.NUMBER and self.fit(column, values) < 1 - CLEAR_SHARE:
            return "no numbers"
        if column == "quantity_unit" and share([bool(_NUMBER.fullmatch(text)) for text in values]) > CLEAR_SHARE:
            return "numbers"
        if len(values) < _FEW:
            return ""
        if column.endswith(".unit"):
            table = self._words.volume_units if column.startswith("volume") else self._words.mass_units
            return "no units" if share([fold(text) in table for text in values]) < 1 - CLEAR_SHARE else ""
        if column == "line_no":
            return "" if any(re.search(r"\d", text) for text in values) else "no numbers"
        if column in _WORDS or column.endswith("_name"):
            return "numbers" if share([bool(_BARE_NUMBER.fullmatch(text)) for text in values]) > CLEAR_SHARE else ""
        if column == "model" and share([bool(_CONTAINER_TYPE.fullmatch(text)) for text in values]) > CLEAR_SHARE:
            return "types of containers"
        if kind is Kind.HS and share([bool(_HS_CELL.fullmatch(text)) for text in values]) < 1 - CLEAR_SHARE:
            return "no codes"
        if kind is Kind.COUNTRY and share([self._is_country(text) for text in values]) < 1 - CLEAR_SHARE:
            return PORTS if share([self._is_port(text) for text in values]) > CLEAR_SHARE else "no countries"
        if kind is Kind.COUNTRIES and not any(self._is_route(text) for text in values):
            return "no countries"
        return ""

    def _is_country(self, text: str) -> bool:
        if self._country is None:
            self._country = self._lookups.country()
        return self._country(text) is not None

    def _is_route(self, text: str) -> bool:
        return bool(self._lookups.route(text))

    @cached_property
    def _lookups(self) -> Lookups:
        return Lookups(self._words)

    def _is_port(self, text: str) -> bool:
        return fold(text) in self._words.ports or bool(_LOCODE.fullmatch(text))


def share(hits: Sequence[bool]) -> float:
    """How many of the hits are true, from 0 to 1."""
    return sum(hits) / len(hits) if hits else 0.0


# -- arithmetic ------------------------------------------------------------------------------------------------------------

_ROWS = 500
_CENT = 0.01
_ROUNDED = 0.01
"""A mass or volume of one package is rounded before it is multiplied."""
_LIKELY = (1.0, 2.0)
"""A gross mass beside the net mass of a line."""


class Arithmetic:
    """What the numbers of a row say about each other."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame.head(_ROWS)
        self._read: dict[int, list[float | None]] = {}

    def _numbers(self, index: int) -> list[float | None]:
        if index not in self._read:
            cells = self._frame[f"c{index}"]
            self._read[index] = read_numbers(cells, number_style(cells) or "point").values.to_list()
        return self._read[index]

    def _rows(self, *indexes: int) -> list[tuple[float, ...]]:
        rows = zip(*map(self._numbers, indexes), strict=True)
        """The rows in which all of these hold a number above 0."""
        return [row for row in rows if all(row)]

    def is_product(self, quantity: int, price: int, value: int) -> bool:
        """Whether quantity times price is the value, on nearly every row and on two where the quantity is not 1."""
        rows = [(q, p, v) for q, p, v in self._rows(quantity, price, value) if q != 1]
        # the price is rounded, most often to cents
        close = [abs(q * p - v) <= max(_CENT, q * _CENT / 2, v * 1e-3) for q, p, v in rows]
        return len(rows) >= _FEW and share(close) > CLEAR_SHARE

    def is_of_one(self, count: int, part: int, whole: int, factor: float = 1.0, *, one_row: bool = False) -> bool:
        """Whether a column tells of one package what another tells of all: times the number of packages it is the other.

        Args:
            count: The number of packages.
            part: What may be told of one.
            whole: What is told of all.
            factor: What brings ``part`` to the unit of ``whole``.
            one_row: Whether a single row of several packages proves it.
        """
        rows = [(n, factor * p, w) for n, p, w in self._rows(count, part, whole) if n != 1]
        close = [abs(n * p - w) <= max(_CENT, w * _ROUNDED) for n, p, w in rows]
        return len(rows) >= (1 if one_row else _FEW) and share(close) > CLEAR_SHARE

    def is_grand_total(self, index: int, parts: int) -> bool:
        """Whether a column repeats on every row the sum of another."""
        rows = self._rows(index, parts)
        whole = {first for first, _ in rows}
        total = sum(second for _, second in rows)
        return len(rows) >= _FEW and len(whole) == 1 and abs(whole.pop() - total) <= max(_CENT * len(rows), total * 1e-6)

    def is_heavier(self, index: int, than: int, factor: float = 1.0) -> bool:
        """Whether a mass is on every row at least that of another column, on some more, and nowhere twice as much."""
        ratios = [factor * first / second for first, second in self._rows(index, than)]
        low, high = _LIKELY
        within = all(low - 1e-9 <= ratio <= high for ratio in ratios)
        return len(ratios) >= _FEW and within and any(ratio > low + 1e-6 for ratio in ratios)
