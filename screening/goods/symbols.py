"""Symbols of elements with a noun behind them: "Dy oxide" is read as "dysprosium oxide".

A symbol alone is a word of its own ("GE sensor", "SC chair"), so its case counts, and so does the noun.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from screening.content.models import Content


class Symbols:
    """Knows the symbols and, from ``naming.symbol``, the nouns that make an element of them."""

    def __init__(self, content: Content) -> None:
        self.names = {
            material.symbol: material.name.en
            for material in content.materials.values()
            if re.fullmatch("[A-Z][a-z]", material.symbol) and material.substances
        }
        nouns = [t.removeprefix("{s} ") for group in content.naming.get("symbol", {}).values() for t in group]
        either = "|".join(sorted(self.names)) or "$^"
        self.words = {word for group in content.naming.get("symbol_begins_phrase", {}).values() for word in group}
        self.pattern = rf"\b({either}) ((?:{'|'.join(sorted(nouns)) or '$^'})s?)\b"

    def spelled(self, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """The positions of plain texts with such a symbol, and these texts with the name in its place."""
        places = texts.str.contains(self.pattern).arg_true()
        if not len(places):
            return places, texts.clear()
        some = [re.sub(self.pattern, self._named, each) for each in texts.gather(places).to_list()]
        return places, pl.Series(some, dtype=pl.String)

    def _named(self, found: re.Match[str]) -> str:
        """The name in the place of the symbol, but where that begins a phrase as a word of the language does: "In powder"."""
        before = found.string[: found.start()].rstrip(" ")
        if found[1] in self.words and not before[-1:].isalnum() and before[-1:] not in ("%", ")"):
            return found[0]
        return f"{self.names[found[1]]} {found[2]}"
