"""What becomes of every row: a line, a reject with its reason, or a counted blank, title, header or totals row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import polars as pl

from screening.folding import fold
from screening.manifest.sheets import ROW, Reject
from screening.terms import COLUMNS, ROLES, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.manifest.headers import Lexicon, Meaning
    from screening.manifest.mapping import ColumnMap

_OF_GOODS = (
    "description",
    "product_code",
    "brand",
    "model",
    "declaration_elements",
    "hs_code",
    "item_code",
    "un_number",
    "end_use",
)
_OF_PARTIES = (
    *("licence_no", "marks", "vessel_name", "vessel_imo"),
    *(f"{role}_{part}" for role in ROLES for part in ("name", "address", "id")),
)
SCREENABLE = (*_OF_GOODS, *_OF_PARTIES)
"""A row with none of these holds nothing that could be screened."""

_FOOTER_CELLS = 2
"""A row of at most so many texts below the totals belongs to the foot of the document."""
_FOOT_WORDS = 6
_LOOKED_FOR = frozenset({"description", "declaration_elements", "hs_code", "item_code", "product_code", "model"})
"""Columns that tell of goods."""
_NO_NAME = re.compile(r"[\d\s.,:/+T-]+Z?")
"""A date or a number, which names no goods."""
_SUM_TOLERANCE = 1e-6
_HEADER_CELLS = 3
"""Cells that make a row among the lines a row of headers."""
_LOOKED_AT = 2
_MOST_SUMS = 1_000
"""More rows of numbers alone than this in one batch are no totals."""


class Account:
    """Keeps the account of one sheet over its batches.

    With ``every_row`` each row is one position of goods, as in a message: a line or a reject, never a title or a total.
    """

    def __init__(self, mapping: ColumnMap, headers: Sequence[str], lexicon: Lexicon, *, every_row: bool = False) -> None:
        self.skipped: dict[str, int] = {}
        self._every_row = every_row
        self._mapping = mapping
        self._headers = {f"c{index}": " ".join(text.split()) for index, text in enumerate(headers) if text.strip()}
        self._lexicon = lexicon
        self._below_totals = False
        self._other_table: int | None = None
        """The row in which the headers of another table stand."""
        self._filled = {f"c{fillings[0].index}": column for column, fillings in mapping.filled.items() if column in COLUMNS}
        numbers = [name for name, column in self._filled.items() if COLUMNS[column] in (Kind.NUMBER, Kind.HS)]
        self._no_words = numbers[:_LOOKED_AT]
        """Columns in which words stand only where headers do."""
        self._sums: dict[str, float] = {}
        self._since: dict[str, float] = {}
        words = sorted(lexicon.words.totals, key=len, reverse=True)
        self._totals = re.compile("|".join(map(re.escape, words)) or r"\Z(?!\Z)")
        self._begins_totals = "^(?:" + "|".join(map(re.escape, words)) + ")" if words else r"\z\A."
        foot = cast("Sequence[str]", lexicon.words.options.get("foot", ()))
        self._foot_words = frozenset(foot)
        self._foot_signs = tuple(word for word in foot if not word.isascii())
        self._tail = frozenset(cast("Sequence[str]", lexicon.words.options.get("totals_tail", ())))
        self._numbers = [column for column, kind in COLUMNS.items() if kind is Kind.NUMBER and column in mapping.filled]

    def count(self, kind: str, number: int = 1) -> None:
        """Count ``number`` rows of ``kind`` that are no lines."""
        if number:
            self.skipped[kind] = self.skipped.get(kind, 0) + number

    def before(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Reject]]:
        """Take out the rows that can be told from their cells alone: blank, repeated headers, totals with their word.

        Returns:
            The rows that remain, and as rejects those that stand below the headers of another table.
        """
        if self._every_row:
            return frame, []
        cells = [name for name in frame.columns if name != ROW]
        full = any(frame[name].null_count() == 0 for name in cells)  # then no row is blank
        blank = None if full else frame.select_seq(pl.all_horizontal(pl.col(cells).is_null())).to_series()
        if blank is not None and blank.any():
            self.count("blank", int(blank.sum()))
            frame = frame.filter(~blank)
        out: dict[int, str] = {}
        for kind, candidates in (("header", self._like_header(frame)), ("totals", self._like_totals(frame))):
            for row in candidates.iter_rows(named=True):
                test = self._is_header if kind == "header" else self._is_totals
                if row[ROW] not in out and test(row):
                    out[row[ROW]] = kind
        out |= dict.fromkeys(self._foot(frame, out), "title")
        self._below_totals = self._below_totals or "totals" in out.values()
        self._look_for_table(frame, out)
        for kind in out.values():
            self.count(kind)
        frame = frame.filter(~pl.col(ROW).is_in(list(out))) if out else frame
        if self._other_table is None:
            return frame, []
        below = frame.filter(pl.col(ROW) > self._other_table)
        reason = f"stands below the headers of another table (row {self._other_table}); put each table on a sheet of its own"
        rejects = [Reject(row[ROW], reason, cells_of(row)) for row in below.iter_rows(named=True)]
        return frame.filter(pl.col(ROW) <= self._other_table), rejects

    def after(
        self, frame: pl.DataFrame, lines: pl.DataFrame, merged: frozenset[str] = frozenset()
    ) -> tuple[pl.DataFrame, list[Reject]]:
        """Take out the rows that hold no goods and no party.

        Args:
            frame: The rows as text.
            lines: The same rows, read, with what cells merged over several rows say.
            merged: Columns with such cells. A party in one of them makes no line of a row without goods, as below it the total.

        Returns:
            The lines that remain, and the rejects.
        """
        spread = merged.intersection(_OF_PARTIES)
        there = [name for name in SCREENABLE if lines[name].dtype != pl.Null and name not in spread]
        own = [f"c{self._mapping.filled[name][0].index}" for name in SCREENABLE if name in spread]
        if any(lines[name].null_count() == 0 for name in there):  # most often the description
            self._add(lines)
            return lines, []
        given = [f"c{self._mapping.filled['hs_code'][0].index}"] if "hs_code" in self._mapping.filled else []
        unsaid = [frame[name].is_null() for name in own]
        unsaid += [~frame[name].str.contains(r"\w").fill_null(value=False) for name in given]
        empty = lines.select_seq(pl.all_horizontal(pl.col(there).is_null(), *unsaid)).to_series()
        if not empty.any():
            self._add(lines)
            return lines, []
        rejects = []
        sums_wanted = empty.sum() <= _MOST_SUMS
        start = 0
        for at in empty.arg_true().to_list():
            row = frame.row(at, named=True)
            if sums_wanted:
                self._add(lines[start:at].filter(~empty[start:at]))
                start = at
            kind = None if self._every_row else self._leftover(row, lines.row(at, named=True), sums=sums_wanted)
            if kind:
                self.count(kind)
            else:
                rejects.append(Reject(row[ROW], "no description, no HS code and no party: nothing to screen", cells_of(row)))
        if sums_wanted:
            self._add(lines[start:].filter(~empty[start:]))
        return lines.filter(~empty), rejects

    def _leftover(self, row: dict[str, str | None], line: dict[str, object], *, sums: bool) -> str | None:
        """The kind of a row without goods; None where it is none of the known kinds."""
        filled = {name: text for name, text in row.items() if name != ROW and text}
        if not any(sign.isalnum() for text in filled.values() for sign in text):
            return "blank"  # a line drawn of signs
        numbers = {column: value for column in self._numbers if isinstance(value := line[column], float)}
        sources = {f"c{self._mapping.filled[column][0].index}" for column in numbers}
        if numbers and set(filled) <= sources:
            if not any(numbers.values()):
                return "totals"
            matching = (self._sums, self._since) if sums else ()
            for known in matching:
                gaps = [abs(value - known.get(column, 0.0)) / max(1.0, value) for column, value in numbers.items()]
                if max(gaps) <= _SUM_TOLERANCE:
                    self._since = {}
                    self._below_totals = True
                    return "totals"
            return None
        if not numbers and (len(filled) == 1 or (self._below_totals and len(filled) <= _FOOTER_CELLS)):
            return "title"
        return None

    def _add(self, lines: pl.DataFrame) -> None:
        if lines.height and self._numbers:
            sums = lines.select_seq(pl.col(self._numbers).sum()).row(0, named=True)
            for column, value in sums.items():
                self._sums[column] = self._sums.get(column, 0.0) + value
                self._since[column] = self._since.get(column, 0.0) + value

    def _like_header(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows in which the cell under the longest header repeats it."""
        there = set(frame.columns)
        known = {name: text for name, text in self._headers.items() if name in there}
        if not known:
            return frame.clear()
        name = max(known, key=lambda name: len(known[name]))
        return frame.filter(pl.col(name).str.len_bytes() <= 2 * len(known[name].encode()) + 8).filter(
            pl.col(name).str.replace_all(r"\s+", " ") == known[name]
        )

    def _is_header(self, row: dict[str, str | None]) -> bool:
        same = sum(" ".join((row.get(name) or "").split()) == text for name, text in self._headers.items())
        return same >= 1 and same * 5 >= len(self._headers) * 4

    def _look_for_table(self, frame: pl.DataFrame, out: dict[int, str]) -> None:
        """Find headers among the lines that are not the headers of the table: in other words, or of a table of its own."""
        names = [name for name in self._no_words if name in frame.columns]
        if self._other_table is not None or not names:
            return
        worded = pl.any_horizontal(~pl.col(names).str.contains(r"\d")).fill_null(value=False)
        for row in frame.filter(worded).head(_MOST_SUMS).iter_rows(named=True):
            if row[ROW] in out:
                continue
            cells = {name: text for name, text in row.items() if name != ROW and text}
            known = {name: meaning for name, text in cells.items() if (meaning := self._lexicon.meaning(text))}
            if len(known) < _HEADER_CELLS or len(known) * 4 < len(cells) * 3:
                continue
            out[row[ROW]] = "header"
            if any(self._filled[name] not in _columns_of(known[name]) for name in known.keys() & self._filled.keys()):
                self._other_table = row[ROW]
                return

    def _like_totals(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows without a code whose first text, or description, begins with a totals word."""
        filled = self._mapping.filled
        if "hs_code" in filled:
            code = f"c{filled['hs_code'][0].index}"
            frame = frame.filter(~pl.col(code).str.contains(r"\d").fill_null(value=False))
        if not frame.height:
            return frame
        cells = [name for name in frame.columns if name != ROW]
        texts = [pl.coalesce([*cells, pl.lit(None, dtype=pl.String)])]
        if "description" in filled:
            texts.append(pl.col(f"c{filled['description'][0].index}"))
        bare = [text.str.slice(0, 40).str.to_lowercase().str.replace_all(r"[\W_]", "") for text in texts]
        return frame.filter(pl.any_horizontal(text.str.contains(self._begins_totals).fill_null(value=False) for text in bare))

    def _foot(self, frame: pl.DataFrame, out: dict[int, str]) -> list[int]:
        """Rows at the foot of a document, and the title of the next page where the headers come again.

        They stand below the totals and hold no more than two texts: one that begins like a foot, or a date or number that
        happens to stand under the description; above repeated headers any single text.
        """
        totals = sorted(row for row, kind in out.items() if kind == "totals")
        end = 0 if self._below_totals else totals[0] if totals else None
        if end is None:
            return []
        cells = [name for name in frame.columns if name != ROW]
        filled = pl.sum_horizontal(pl.col(cells).is_not_null())
        below = frame.filter((pl.col(ROW) > end) & ~pl.col(ROW).is_in(list(out)) & (filled <= _FOOTER_CELLS))
        pages = [
            (max((row for row in totals if row < header), default=header), header) for header in out if out[header] == "header"
        ]
        description = f"c{self._mapping.filled['description'][0].index}" if "description" in self._mapping.filled else ""
        found = []
        for row in below.iter_rows(named=True):
            texts = [text for name, text in row.items() if name != ROW and text]
            page = len(texts) == 1 and any(start < row[ROW] < stop for start, stop in pages)
            if page or self._begins_foot(texts[0]) or _NO_NAME.fullmatch(row.get(description) or ""):
                found.append(row[ROW])
        return found

    def _begins_foot(self, text: str) -> bool:
        words = text.split()[:_FOOT_WORDS]
        beginnings = {fold(" ".join(words[:count])) for count in range(1, len(words) + 1)}
        return bool(beginnings & self._foot_words) or fold(text).startswith(self._foot_signs) or self._labels(text)

    def _labels(self, text: str) -> bool:
        """Whether a text is a label with its value ("Country of origin: China"), and neither goods nor a party."""
        label = re.match(r"([^:：]+)[:：]\s*\S", text)
        meaning = self._lexicon.meaning(label[1].strip()) if label else None
        return (
            meaning is not None
            and not _columns_of(meaning) & _LOOKED_FOR
            and not any(column.endswith("_name") for column in _columns_of(meaning))
        )

    def _is_totals(self, row: dict[str, str | None]) -> bool:
        """Whether a totals word leads the row, followed by nothing but words of sums."""
        filled = self._mapping.filled
        cells = {name: text for name, text in row.items() if name != ROW and text}
        first = next(iter(cells))
        description = f"c{filled['description'][0].index}" if "description" in filled else ""
        for name in dict.fromkeys((first, description)):
            key = fold(cells.get(name, ""))
            match = self._totals.match(key)
            if match is None:
                continue
            rest = [word for part in re.split(r"[\s/&,:()=.\-]+", cells[name]) if (word := fold(part))]
            if match.end() == len(key) or all(self._says_sum(word) for word in rest):
                return True
        return False

    def _says_sum(self, word: str) -> bool:
        words = self._lexicon.words
        return (
            word in self._tail
            or word in words.totals
            or word in words.mass_units
            or word in words.volume_units
            or word in words.packages
            or word in words.currencies
            or word.isdigit()
        )


def _columns_of(meaning: Meaning) -> set[str]:
    return {column for target in meaning.targets for column in target.columns}


def cells_of(row: dict[str, object]) -> list[str]:
    """The cells of a row as it was, without empty ones at its end."""
    cells = ["" if value is None else str(value) for name, value in row.items() if name != ROW]
    while cells and not cells[-1]:
        cells.pop()
    return cells
