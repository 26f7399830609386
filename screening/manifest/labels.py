"""What stands once above the table and holds for all of its lines: "Consignee: ACME", "起运国：" with the country beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screening.folding import fold
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from screening.manifest.headers import Lexicon

_LONGEST_LABEL = 40
_LONGEST_VALUE = 300
_WITH_VALUE = re.compile(r"([^:：]+)[:：]\s*(\S.*)", re.DOTALL)


@record
class Label:
    """One value above the table."""

    column: str
    text: str
    label: str
    row: int


def unit_above(rows: Sequence[Sequence[str | None]], lexicon: Lexicon) -> tuple[float, str, int] | None:
    """The unit of mass that stands above a table for all of its weights: "Weight unit: LB", "ALL WEIGHTS IN LBS".

    Returns:
        Kilograms per unit, the text that says so and its row; None where nothing does, or two texts differ.
    """
    units = lexicon.words.mass_units
    found: dict[float, tuple[str, int]] = {}
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(row):
            text = " ".join((cell or "").split())
            if not text or any(sign.isdigit() for sign in text):
                continue
            label, _, value = text.replace("：", ":").partition(":")
            beside = value.strip() or next((other for other in row[index + 1 :] if other and other.strip()), "") or ""
            meaning = lexicon.meaning(label.strip())
            if meaning and any(column.startswith(("net_kg.", "gross_kg.")) for column in meaning.targets[0].columns):
                factor = units.get(fold(beside))
            else:
                words = text.split()
                at = next((place for place, word in enumerate(words) if _is_weight(word, lexicon)), len(words))
                named = [units[key] for word in words[at + 1 :] if len(key := fold(word)) > 1 and key in units]
                factor = named[0] if len(named) == 1 else None
            if factor is not None:
                found.setdefault(factor, (text, number))
    if len(found) != 1:
        return None
    [(factor, (text, number))] = found.items()
    return factor, text, number


def _is_weight(word: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(word.strip("():,-"))
    return meaning is not None and meaning.targets[0].unsure and not meaning.targets[0].columns and meaning.factor is None


def read_labels(rows: Sequence[Sequence[str | None]], lexicon: Lexicon, filled: Collection[str]) -> list[Label]:
    """Find labels with their values in the rows above a table.

    The value stands in the cell of the label behind its colon, in the next cell to the right, or in the cell below. The
    first lines of a party are its name and, from the second on, its address.

    Args:
        rows: The rows above the header.
        lexicon: The header vocabulary, which also knows the labels.
        filled: Columns that the table itself fills; they are left alone.

    Returns:
        At most one value per column, in reading order.
    """
    grid = [[(cell or "").strip() for cell in row] for row in rows]
    found: dict[str, Label] = {}
    for row, cells in enumerate(grid):
        for index, cell in enumerate(cells):
            inside = _WITH_VALUE.fullmatch(cell)
            label = (inside[1] if inside else cell).strip().rstrip(":：").strip()
            column = _column(label, lexicon)
            if not column or column in filled or column in found:
                continue
            text = inside[2] if inside else _beside(grid, row, index, lexicon)
            if not text or len(text) > _LONGEST_VALUE or not (key := fold(text)) or key in lexicon.words.placeholders:
                continue
            name, *more = [line.strip() for line in text.splitlines() if line.strip()]
            address = column.removesuffix("_name") + "_address"
            if column.endswith("_name") and more and address not in filled and address not in found:
                found[address] = Label(address, ", ".join(more), label, row + 1)
            found[column] = Label(column, name if column.endswith("_name") else " ".join([name, *more]), label, row + 1)
    return list(found.values())


def _column(label: str, lexicon: Lexicon) -> str:
    """The column that a label names without doubt; empty where it names none."""
    meaning = lexicon.meaning(label) if 0 < len(label) <= _LONGEST_LABEL else None
    columns = {target.columns[:1] for target in meaning.targets} if meaning else set()
    if len(columns) != 1 or not (first := columns.pop()):
        return ""
    return first[0] if first[0] in lexicon.above_table else ""


def _beside(grid: list[list[str]], row: int, index: int, lexicon: Lexicon) -> str:
    """The value of a label without one of its own: the next cell, else the one below, else the next one that is filled."""

    def value(cell: str) -> str:
        label = _WITH_VALUE.fullmatch(cell)
        known = lexicon.meaning(" ".join((label[1] if label else cell).rstrip(":：").split()))
        return "" if known or cell.endswith((":", "：")) else cell

    right = grid[row][index + 1 :]
    below = grid[row + 1][index] if row + 1 < len(grid) and index < len(grid[row + 1]) else ""
    next_filled = next((cell for cell in right if cell), "")
    candidates = [right[0] if right else "", below, next_filled]
    return next((text for cell in candidates if cell and (text := value(cell))), "")
