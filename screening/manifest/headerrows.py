"""In which rows of a sheet its headers stand, and what stands over each column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screening.folding import fold
from screening.manifest.headers import BRACKETS
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.manifest.headers import Lexicon

HEADER_ROWS = 60
"""The header must stand among this many first rows of a sheet."""
_NUMERIC = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?")
_GOODS = frozenset({"description", "hs_code"})
_FEWEST_COUNTED = 3


@record
class HeaderRows:
    """Where the headers of a sheet stand, as indexes into its first rows, and the text over each column."""

    first: int
    last: int
    texts: tuple[str, ...]


def find_header(rows: Sequence[Sequence[str | None]], lexicon: Lexicon) -> HeaderRows | None:
    """The row of headers among the first rows of a sheet.

    The row is the one that names most columns; it must name what the goods are (or a party) and something else. A second
    header row directly above or below (another language, units alone, a second storey) belongs to it.

    Args:
        rows: The first rows of a sheet, cells as text.
        lexicon: The header vocabulary.

    Returns:
        Where the headers stand and what stands over each column; None where no row will do.
    """
    narrow = all(sum(bool(cell and cell.strip()) for cell in row) <= 1 for row in rows)
    scores = header_scores(rows[:HEADER_ROWS], lexicon, narrow=narrow)
    best = max(range(len(scores)), key=lambda index: (scores[index], -index), default=None)
    if best is None or scores[best] <= 0:
        return None
    return _with_neighbours(rows, best, lexicon)


def header_at(rows: Sequence[Sequence[str | None]], index: int, lexicon: Lexicon) -> HeaderRows:
    """The headers in row ``index``, as a person said; a row of units below belongs to it."""
    return _with_neighbours(rows, index, lexicon)


def header_scores(rows: Sequence[Sequence[str | None]], lexicon: Lexicon, *, narrow: bool) -> list[int]:
    """How well each row names columns; 0 where it cannot be the header.

    Only the rows with most cells that are known as a whole are looked at closely.
    """
    known = [sum(bool(cell) and lexicon.knows(cell) for cell in row if cell) for row in rows]
    most = max(known, default=0)
    return [_score(row, lexicon, narrow=narrow) if 3 * count >= most else 0 for row, count in zip(rows, known, strict=True)]


def _score(row: Sequence[str | None], lexicon: Lexicon, *, narrow: bool) -> int:
    """How well a row names columns; 0 where it cannot be the header. A single word will do in a sheet of one column."""
    cells = [cell for cell in row if cell and cell.strip()]
    if not cells:
        return 0
    meanings = [meaning for cell in cells if (meaning := lexicon.meaning(cell.strip()))]
    columns = {column for meaning in meanings for target in meaning.targets for column in target.columns[:1]}
    known = {target.field for meaning in meanings for target in meaning.targets[:1]}
    parties = sum(column.endswith("_name") for column in columns)
    numeric = sum(bool(_NUMERIC.fullmatch(cell.strip())) for cell in cells)
    goods = len(columns & _GOODS)
    if numeric * 2 > len(cells) or not (goods or parties):
        return 0
    strong = len(known) - len(columns & lexicon.weak)
    if strong < (1 if narrow and goods else 2) or (not goods and len(columns) < 3):
        return 0
    return 4 * len(columns) + len(known) + 6 * goods - 3 * numeric


def _with_neighbours(rows: Sequence[Sequence[str | None]], best: int, lexicon: Lexicon) -> HeaderRows:
    first = last = best
    while first > 0 and _belongs(rows[first - 1], lexicon):
        first -= 1
    silent = set()
    while last + 1 < len(rows):
        if _says_nothing(rows[last + 1], lexicon):
            silent.add(last + 1)
        elif not (_belongs(rows[last + 1], lexicon) or _units_only(rows[last + 1], rows[best], lexicon)):
            break
        last += 1
    storeys = _with_groups([row for index, row in enumerate(rows[first : last + 1], start=first) if index not in silent], lexicon)
    width = max(map(len, storeys))
    texts = []
    for column in range(width):
        parts = [cell for row in storeys if column < len(row) and (cell := " ".join((row[column] or "").split()))]
        if len(parts) > 1:
            joined = " ".join(parts)
            whole = lexicon.meaning(joined)
            known = [part for part in parts if lexicon.meaning(part)]
            parts = [joined] if whole or not known else known[:1]
        texts.append(parts[0] if parts else "")
    if first > 0:
        texts = _with_storey_above(rows[first - 1], texts, lexicon)
    return HeaderRows(first, last, tuple(texts))


def _belongs(row: Sequence[str | None], lexicon: Lexicon) -> bool:
    """Whether nearly every cell of the row is a header of its own."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    known = [cell for cell in cells if lexicon.meaning(cell)]
    fitting = len(known) + sum(lexicon.is_unit(cell) for cell in cells if cell not in known)
    return len(known) >= 2 and fitting * 4 >= len(cells) * 3 and not any(cell.endswith((":", "：")) for cell in cells)


def _units_only(row: Sequence[str | None], headers: Sequence[str | None], lexicon: Lexicon) -> bool:
    """Whether the row below the headers holds nothing but units, none of them where goods or parties stand."""
    cells = [(index, cell) for index, cell in enumerate(row) if cell and cell.strip()]
    if not any(lexicon.is_unit(cell) for _, cell in cells):
        return False
    for index, cell in cells:
        if not lexicon.is_unit(cell) and fold(cell) not in lexicon.words.packages:
            return False
        meaning = lexicon.meaning((headers[index] or "").strip()) if index < len(headers) else None
        if meaning and any(column == "description" or column.endswith("_name") for column in meaning.targets[0].columns):
            return False
    return True


def _says_nothing(row: Sequence[str | None], lexicon: Lexicon) -> bool:
    """Whether a row below the headers counts the columns or says which of them must be filled."""
    cells = [cell for cell in row if cell and cell.strip()]
    if len(cells) < _FEWEST_COUNTED:
        return False
    counted = [fold(cell) for cell in cells] == [str(number) for number in range(1, len(cells) + 1)]
    return counted or all(fold(BRACKETS.sub("", cell)) in lexicon.hints for cell in cells)


def _with_groups(storeys: list[Sequence[str | None]], lexicon: Lexicon) -> list[Sequence[str | None]]:
    """The rows of a header, with what a merged cell says ("Weight (LBS)") beside all below it ("Net", "Gross")."""
    if len(storeys) < 2:
        return storeys
    above, below = storeys[-2], list(storeys[-1])
    group, start = "", 0
    for index, cell in enumerate(below):
        own = " ".join(((above[index] if index < len(above) else None) or "").split())
        group, start = (own, index) if own else (group, start)
        if cell and not own and group and start < len(below) and below[start]:
            below[index] = _together(group, cell, lexicon) or cell
    return [*storeys[:-1], below]


def _together(group: str, text: str, lexicon: Lexicon) -> str:
    """Both storeys of a header, where only both together are known, or say the unit; empty where the lower one is enough."""
    both = f"{group} {' '.join(text.split())}"
    alone, together = lexicon.meaning(text.strip()), lexicon.meaning(both)
    if together is None or not together.targets[0].columns:
        return ""
    if alone is None or not alone.targets[0].columns:
        return both
    unit = alone.targets[0].columns == together.targets[0].columns and alone.factor is None and together.factor is not None
    return both if unit else ""


def _with_storey_above(above: Sequence[str | None], texts: list[str], lexicon: Lexicon) -> list[str]:
    """Prefix what a merged cell above says ("Weight (kg)" over "Gross" and "Net"), where only both together are known."""
    group = ""
    result = []
    for index, text in enumerate(texts):
        cell = " ".join(((above[index] if index < len(above) else None) or "").split())
        group = cell or group
        result.append((_together(group, text, lexicon) if group and text else "") or text)
    return result
