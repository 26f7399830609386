"""Tables that stand side by side on one sheet, with an empty column between them or with the same headers again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from screening.folding import fold
from screening.manifest.accounting import SCREENABLE
from screening.manifest.headerrows import find_header
from screening.manifest.mapping import unique_names
from screening.manifest.sheets import ROW, Batch, Sheet, column_names
from screening.terms import COLUMNS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from screening.manifest.headers import Lexicon

_GOODS = frozenset({"description", "hs_code"})
_REPEATED = 2
"""Columns that two tables of goods have in common; one alone may be a second text of the same goods."""
_BEGINNING = 3
"""Headers that come again where a table begins anew."""
_LOOKED_AT = 2_000
"""Rows in which tables side by side are told apart."""
_LONGER = 3
"""Rows that one of two tables has more than the other; fewer may be sums or a signature."""
OTHER = "of another table beside the goods, whose rows are not theirs; put each table on a sheet of its own to have it read"
"""Why a header is left out."""


def tables(sheet: Sheet, lexicon: Lexicon) -> list[Sheet]:
    """The tables of goods that stand side by side on a sheet, each as a sheet of its own; most often the sheet as it is.

    Tables of goods name their goods by the same columns, and an empty column is between them or their headers begin anew. Two
    whose numbers are the same in every row tell the same goods twice, most often in two languages, and are one.
    """
    if sheet.headers is not None or (header := sheet.header or find_header(sheet.head, lexicon)) is None:
        return [sheet]
    sheet.header = header
    rows = sheet.head[header.first :]
    starts: list[int] = []
    tops = [header.first]
    first: dict[str, list[str]] = {}
    filled = [any(_cell(row, index) for row in rows) for index in range(max(map(len, rows)))]
    texts = [fold(text) for text in header.texts]
    for start, stop in [part for run in _parts(filled) for part in _anew(texts, *run)]:
        if stop - start < _REPEATED:
            continue
        head = [row[start:stop] for row in sheet.head]
        if (found := find_header(head, lexicon)) is None:
            continue
        columns = {
            column: [_cell(row, index) for row in head]
            for index, text in enumerate(found.texts)
            if (column := _first_column(text, lexicon))
        }
        common = columns.keys() & first.keys() if starts else columns.keys()
        if len(common) < _REPEATED or not common & _GOODS or (starts and _same_goods(first, columns, found.last + 1)):
            continue
        starts.append(start)
        tops.append(found.first)
        first = first or columns
    if len(starts) < 2:
        return [sheet]
    stops: list[int | None] = [*starts[1:], None]
    above = sheet.head[: min(tops)]
    edges = zip([0, *starts[1:]], stops, strict=True)
    return [_part(sheet, number, start, stop, above) for number, (start, stop) in enumerate(edges, start=1)]


def _same_goods(one: Mapping[str, list[str]], other: Mapping[str, list[str]], below: int) -> bool:
    """Whether the numbers and codes of two tables are the same in every row, and not all alike."""
    kinds = (Kind.NUMBER, Kind.HS)
    named = sorted(column for column in one.keys() & other.keys() if COLUMNS.get(column) in kinds)
    mine, theirs = (
        {row: cells for row, cells in enumerate(zip(*(table[column] for column in named), strict=True)) if any(cells)}
        for table in (one, other)
    )
    rows = [row for row in mine.keys() | theirs.keys() if row >= below]
    return all(mine.get(row) == theirs.get(row) for row in rows) and len({mine[row] for row in rows if row in mine}) > 1


def _parts(filled: Sequence[bool]) -> list[tuple[int, int]]:
    """The runs of columns that are filled: where each begins and ends."""
    starts = [index for index, full in enumerate(filled) if full and not (index and filled[index - 1])]
    stops = [index + 1 for index, full in enumerate(filled) if full and not (index + 1 < len(filled) and filled[index + 1])]
    return list(zip(starts, stops, strict=True))


def _anew(texts: Sequence[str], start: int, stop: int) -> list[tuple[int, int]]:
    """A run of columns cut where its first headers come again."""
    first = texts[start : start + _BEGINNING]
    if len(first) < _BEGINNING or not all(first):
        return [(start, stop)]
    again = [index for index in range(start + _BEGINNING, stop) if texts[index : index + _BEGINNING] == first]
    return list(zip([start, *again], [*again, stop], strict=True))


def _cell(row: Sequence[str | None], index: int) -> str:
    return (row[index] or "").strip() if index < len(row) else ""


def _part(sheet: Sheet, number: int, start: int, stop: int | None, above: Sequence[Sequence[str | None]]) -> Sheet:
    """The columns of a sheet from ``start`` to before ``stop``, as its table ``number``."""

    def batches() -> Iterator[Batch]:
        for batch in sheet.batches():
            names = [name for name in batch.frame.columns if name != ROW][start:stop]
            frame = batch.frame.select(ROW, *names)
            frame.columns = [ROW, *column_names(len(names))]
            yield Batch(frame, batch.rejects if number == 1 else [])

    return Sheet(
        sheet.name if number == 1 else f"{sheet.name}, table {number}".removeprefix(", "),
        batches,
        [row[start:stop] for row in sheet.head],
        notes=[*sheet.notes, f"tables of goods stand side by side on this sheet; this is table {number}, read by itself"],
        hidden=sheet.hidden,
        hides=sheet.hides,
        merges=sheet.merges.part(start, stop) if sheet.merges else None,
        overflow_from=sheet.overflow_from - start if sheet.overflow_from is not None and stop is None else None,
        table_of=sheet.name,
        above=above,
    )


def other_tables(headers: Sequence[str], below: pl.DataFrame, lexicon: Lexicon) -> list[str]:
    """The headers of another table beside the goods: an empty column is between, and its rows are not theirs.

    It goes on where the goods have ended, or has ended where they go on. Columns of goods and parties are not among them: what
    is screened once too often does no harm.

    Args:
        headers: The text over each column, empty where there is none.
        below: The rows below them: ``row``, then a column of text for each header.
        lexicon: The header vocabulary.
    """
    if all(headers):
        return []
    cells = below.drop(ROW)
    full = [bool(text) or cells[:, index].null_count() < cells.height for index, text in enumerate(headers)]
    parts = [part for part in _parts(full) if part[1] - part[0] > 1]
    named = {part: [_first_column(headers[index], lexicon) for index in range(*part)] for part in parts}
    goods = next((part for part in parts if _GOODS.intersection(named[part])), None)
    if len(parts) < 2 or goods is None:
        return []
    cells = cells.head(_LOOKED_AT)
    lines = _filled(cells, goods)
    names = unique_names(headers)
    return [
        names[part[0] + offset]
        for part in parts
        if part != goods and _goes_its_own_way(lines, _filled(cells, part))
        for offset, column in enumerate(named[part])
        if column not in SCREENABLE and headers[part[0] + offset]
    ]


def _first_column(header: str, lexicon: Lexicon) -> str:
    meaning = lexicon.meaning(header) if header else None
    return (*meaning.targets[0].columns, "")[0] if meaning else ""


def _filled(cells: pl.DataFrame, part: tuple[int, int]) -> pl.Series:
    """How many cells of some columns each row fills."""
    return cells[:, slice(*part)].select(pl.sum_horizontal(pl.all().is_not_null())).to_series()


def _goes_its_own_way(lines: pl.Series, others: pl.Series) -> bool:
    """Whether one of two tables has ended, for good or for some rows, and the other goes on; by the cells that each row fills."""
    return (_outlasts(lines, others) and not (others[_end(others) :] > 0).any()) or _outlasts(others, lines)


def _outlasts(longer: pl.Series, shorter: pl.Series) -> bool:
    """Whether the rows of one table go on as before while those of the other have ended."""
    end = _end(shorter)
    more = slice(end, end + _LONGER)
    if end < 2 or (shorter[more] > 0).any() or len(longer[more]) < _LONGER:
        return False
    least = cast("int", longer[:end].min())
    return least > 0 and bool((longer[more] >= least).all())


def _end(filled: pl.Series) -> int:
    """How many rows are filled before the first one that is not."""
    return int((filled > 0).arg_min() or 0) if not (filled > 0).all() else len(filled)
