"""Symbols of elements in company: "Dy oxide" is read as "dysprosium oxide", "Sm, Eu, Gd oxides" as three elements.

A symbol alone is a word of its own ("GE sensor", "SC chair"), so its case counts, and so does the noun or the symbol beside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from screening.content.models import Content

_BETWEEN = r"(?:\s*[,，、/&+·-]\s*|\s+and\s+|\s+)"
"""What stands between two symbols of a row."""


class Symbols:
    """Knows the symbols, the nouns that make an element of one, and the rows of symbols that do (facts/naming.yaml)."""

    def __init__(self, content: Content) -> None:
        self.names = {
            material.symbol: material.name.en
            for material in content.materials.values()
            if re.fullmatch("[A-Z][a-z]", material.symbol) and material.substances
        }
        nouns, alone = ([t.removeprefix("{s} ") for t in _words(content, kind)] for kind in ("symbol", "symbol_alone"))
        either = _any(sorted(self.names))
        self.words = set(_words(content, "symbol_begins_phrase"))
        self._noun = re.compile(rf"\b({either}) ((?:{_any(sorted(nouns))})s?)\b")
        self._alone = re.compile(rf"(?<![\w/-])({either}) ((?:{_any(sorted(alone))})s?)\b")
        row = _any(sorted(_words(content, "symbol_row")))
        # a row may not go on as a composition or a name does: "Pr-Nd-Fe-B", "Dy Tb 0.5 %"
        self._row = re.compile(rf"(?<![\w-])(?:{row})(?:{_BETWEEN}(?:{row}))+(?![\w-]|\s*[:=]?\s*\d)")
        self._beside = re.compile(rf"(?:{_any(sorted(_words(content, 'symbol_row_beside')))})", re.IGNORECASE)
        self._each = re.compile(rf"\b(?:{row})\b")
        self.pattern = rf"\b(?:{either}) (?:{_any(sorted(nouns + alone))})s?\b|\b(?:{row}){_BETWEEN}(?:{row})\b"

    def spelled(self, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """The positions of plain texts with such symbols, and these texts with the names in their places."""
        places = texts.str.contains(self.pattern).arg_true()
        if not len(places):
            return places, texts.clear()
        return places, pl.Series(map(self._spelled, texts.gather(places).to_list()), dtype=pl.String)

    def _spelled(self, text: str) -> str:
        return self._alone.sub(self._named, self._noun.sub(self._named, self._rows_named(text)))

    def _rows_named(self, text: str) -> str:
        """The names of two or more different symbols in a row, where the text says that it speaks of such substances."""
        if not self._beside.search(text):
            return text
        return self._row.sub(self._row_named, text)

    def _row_named(self, found: re.Match[str]) -> str:
        if len(set(self._each.findall(found[0]))) == 1:
            return found[0]
        return self._each.sub(lambda symbol: self.names[symbol[0]], found[0])

    def _named(self, found: re.Match[str]) -> str:
        """The name in the place of the symbol, but where that begins a phrase as a word of the language does: "In powder"."""
        before = found.string[: found.start()].rstrip(" ")
        if found[1] in self.words and not before[-1:].isalnum() and before[-1:] not in ("%", ")"):
            return found[0]
        return f"{self.names[found[1]]} {found[2]}"


def _words(content: Content, kind: str) -> list[str]:
    return [each for group in content.naming.get(kind, {}).values() for each in group]


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, words)) or "$^"
