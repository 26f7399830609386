"""Negations that go on: "without Dy or Tb", "不含镝、铽", "dysprosium- und terbiumfrei" deny each element they name.

The vocabulary knows "without Dy" and "Tb free". Here the shared word is repeated for every element, so that nothing else has to
know about lists. Only texts in which a negation was found come here, and they are few.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from screening.goods import text
from screening.goods.vocabulary import naming_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.content.models import Content

_CJK = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
_SIGN = "[、/&+・·]"
"""Signs that join two elements into one statement. A comma alone may begin another one: "Dy free, Tb 0.5 %"."""


class NotDenying:
    """Knows where a word of denial denies nothing (``naming.not_denying``, ``number_word``): "free sample", "Item No. 5"."""

    def __init__(self, content: Content) -> None:
        denials = {re.sub(r"\{[ns]\}", "", template).strip() for template in naming_words(content, "free_of")}
        phrases, numbers = naming_words(content, "not_denying"), naming_words(content, "number_word")
        self._kept = {each: " ".join(word for word in each.split() if word not in denials) for each in phrases}
        self._signs = {*numbers, *(word for each in phrases for word in each.split() if word in denials)}
        # kept as text, since prepared content holds no compiled patterns
        self.pattern = rf"(?i:\b(?:{_any(phrases) or '$^'})\b|\b(?:{_any(numbers) or '$^'})\s*[.:：#])"

    def spelled(self, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """The positions of plain texts with such a phrase, and these texts without the word of denial in it."""
        return text.respelled(texts, self.pattern, lambda each: re.sub(self.pattern, self._without, each), self._signs)

    def _without(self, found: re.Match[str]) -> str:
        return self._kept.get(" ".join(re.split(r"[\s-]+", found[0].lower())), " ")


class Negations:
    """Knows the elements, the words of denial around them, and the words that join two of them."""

    def __init__(self, content: Content, characters: text.Characters) -> None:
        self.content = content
        self.characters = characters

    @cached_property
    def _words(self) -> tuple[set[str], set[str], set[str], set[str]]:
        """Names of elements, words of denial before and after a name, words that join two names."""
        names: set[str] = set()
        for material in self.content.materials.values():
            names.update((material.name.en, material.name.zh, *(n for group in material.names.values() for n in group)))
            if len(material.symbol) == 2 and not material.symbol_is_word:
                names.add(material.symbol)
        templates = [template.replace("{s}", "{n}") for template in naming_words(self.content, "free_of")]
        ahead = {t.removesuffix("{n}").strip() for t in templates if t.endswith("{n}")}
        behind = {t.removeprefix("{n}").strip() for t in templates if t.startswith("{n}")}
        return self._plain(names), self._plain(ahead), self._plain(behind), self._plain(self.content.relations.get("and", ()))

    def _plain(self, words: Iterable[str]) -> set[str]:
        return set(text.plain(pl.Series(sorted(words), dtype=pl.String), self.characters).str.to_lowercase().to_list())

    def spread(self, texts: pl.Series) -> pl.Series:
        """The same texts with the word of denial at each element that it stands for."""
        names, before, after, joining = self._words
        together = "\n".join(texts.to_list()).lower()
        name = rf"(?<![a-z])(?:{_any(each for each in names if each in together)})(?![a-z])"
        joins = rf"(?:{_SIGN}|(?<![a-z])(?:{_any(joining)})(?![a-z])|(?<=[{_CJK}])\s*(?=[{_CJK}]))"
        between, free = rf"(?:\s*-?\s*{joins}\s*|\s*[,，]\s*)", rf"[\s-]*(?:{_any(after)})(?![a-z])"
        several = rf"(?P<names>{name}(?:{between}{name})*\s*{joins}\s*{name})(?!\s*[:：=]?\s*\d)"  # a number is a share
        forward = re.compile(rf"(?P<no>(?<![a-z])(?:{_any(before)})\s*){several}", re.IGNORECASE)
        backward = re.compile(rf"(?P<names>{name}(?:\s*-?\s*(?:{joins}|-)\s*{name})+)(?P<free>{free})", re.IGNORECASE)
        each_name = re.compile(name, re.IGNORECASE)

        def ahead(found: re.Match[str]) -> str:
            return " ".join(found["no"] + each for each in each_name.findall(found["names"]))

        def behind(found: re.Match[str]) -> str:
            return " ".join(each + found["free"] for each in each_name.findall(found["names"]))

        return pl.Series([backward.sub(behind, forward.sub(ahead, each)) for each in texts.to_list()], dtype=pl.String)


def _any(words: Iterable[str]) -> str:
    """An alternation, the longest first; a blank may be any blanks or hyphens."""
    return "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in sorted(words, key=lambda w: (-len(w), w)) if word)
