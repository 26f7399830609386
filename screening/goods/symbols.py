"""Symbols of elements in company: "Dy oxide" is read as "dysprosium oxide", "Sm, Eu, Gd oxides" as three elements.

A symbol alone is a word of its own ("GE sensor", "SC chair"), so its case counts, and so does the noun or the symbol beside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screening.goods import text
from screening.goods.vocabulary import naming_words

if TYPE_CHECKING:
    import polars as pl

    from screening.content.models import Content

_BETWEEN = r"(?:\s*[,，、/&+·-]\s*|\s+and\s+|\s+)"
"""What stands between two symbols of a row."""
_TO_NOUN = r"(?:[ -](?:[2-9]N\d?|\d\d(?:\.\d+)? ?%?))?[ -]"
"""What stands between a symbol and its noun: a blank or hyphen, and a purity at most ("Ga 7N ingot")."""


class Symbols:
    """Knows the symbols, the nouns that make an element of one, and the rows of symbols that do (facts/naming.yaml)."""

    def __init__(self, content: Content) -> None:
        self.names = {
            material.symbol: material.name.en
            for material in content.materials.values()
            if re.fullmatch("[A-Z][a-z]", material.symbol) and material.substances
        }
        nouns, alone = ([t.removeprefix("{s} ") for t in naming_words(content, kind)] for kind in ("symbol", "symbol_alone"))
        either = _any(sorted(self.names))
        self.words = set(naming_words(content, "symbol_begins_phrase"))
        # patterns are kept as text, since prepared content holds nothing else
        self._noun = rf"\b({either}){_TO_NOUN}((?:{_any(sorted(nouns))})s?)\b"
        self._alone = rf"(?<![\w/-])({either}){_TO_NOUN}((?:{_any(sorted(alone))})s?)\b"
        row = _any(sorted(naming_words(content, "symbol_row")))
        # a row may not go on as a composition or a name does: "Pr-Nd-Fe-B", "Dy Tb 0.5 %"
        self._row = rf"(?<![\w-])(?:{row})(?:{_BETWEEN}(?:{row}))+(?![\w-]|\s*[:=]?\s*\d)"
        self._beside = rf"(?i:{_any(sorted(naming_words(content, 'symbol_row_beside')))})"
        self._each = rf"\b(?:{row})\b"
        every_noun = _any(sorted({*nouns, *alone}))
        listed = rf"\b((?i:{every_noun})s?)\s*[:：]\s*([A-Z]\w{{0,7}}(?:\s*[,，、/]\s*[A-Z]\w{{0,7}})+)"
        self._listed = rf"{listed}(?![\w-])"
        self._pure = rf"^\s*({_any(sorted(self.names.keys() - self.words))})(\s*(?:≥|>=?|min\.?)?\s*(?:9\d[.,]\d|[3-9]N\b))"
        self.pattern = rf"\b(?:{either}){_TO_NOUN}(?:{every_noun})s?\b|\b(?:{row}){_BETWEEN}(?:{row})\b|{listed}|{self._pure}"

    def spelled(self, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """The positions of plain texts with such symbols, and these texts with the names in their places."""
        return text.respelled(texts, self.pattern, self._spelled)

    def _spelled(self, given: str) -> str:
        told = self._rows_named(re.sub(self._listed, self._each_named, given))
        told = re.sub(self._alone, self._named, re.sub(self._noun, self._named, told))
        return re.sub(self._pure, lambda found: self.names[found[1]] + found[2], told)

    def _each_named(self, found: re.Match[str]) -> str:
        """The noun at each of a list with symbols: "targets: Al, Sc" becomes "Al target, scandium target"."""
        noun, listed = found[1].removesuffix("s"), re.findall(r"\w+", found[2])
        if self.names.keys().isdisjoint(listed):
            return found[0]
        return ", ".join(f"{self.names.get(each, each)} {noun}" for each in listed)

    def _rows_named(self, given: str) -> str:
        """The names of two or more different symbols in a row, where the text says that it speaks of such substances."""
        if not re.search(self._beside, given):
            return given
        return re.sub(self._row, self._row_named, given)

    def _row_named(self, found: re.Match[str]) -> str:
        if len(set(re.findall(self._each, found[0]))) == 1:
            return found[0]
        return re.sub(self._each, lambda symbol: self.names[symbol[0]], found[0])

    def _named(self, found: re.Match[str]) -> str:
        """The name in the place of the symbol, but where that begins a phrase as a word of the language does: "In powder"."""
        before = found.string[: found.start()].rstrip(" ")
        if found[1] in self.words and not before[-1:].isalnum() and before[-1:] not in ("%", ")"):
            return found[0]
        return f"{self.names[found[1]]} {found[2]}{found[0][len(found[1]) : -len(found[2])].rstrip(' -')}"


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, words)) or "$^"
