"""Makes spellings comparable: one form of a text for finding words, one for reading numbers and formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_INVISIBLE = r"[\p{Cf}\p{Cc}\x{FE00}-\x{FE0F}]"
"""Zero-width and other format characters, control characters, variation selectors: they split words invisibly."""
_BREAK = r"[\t\r\n\v\f\x{2028}\x{2029}]"
_CJK = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_LATIN = r"[\p{Latin}\p{N}]"
_FEW_TEXTS = 20_000
"""Texts up to which characters are replaced one text after the other."""
_FEW_ASCII = 512
"""Texts up to which plain ones are read without a query."""
_ASCII_WORD = re.compile("[a-z0-9]+")


class Characters:
    """Single characters and their plain form, ready for many texts and for few."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        """Keep the forms (see facts/characters.yaml)."""
        self.forms = forms
        self._table = str.maketrans(dict(forms))
        self._patterns: dict[str, str] = {}

    def plain(self, texts: pl.Series) -> pl.Series:
        """The texts with every character in its plain form."""
        if len(texts) > _FEW_TEXTS:
            return texts.str.replace_many(list(self.forms), list(self.forms.values()))
        # an automaton of thousands of characters takes longer to build than few texts to read
        given = texts.to_list()
        return pl.Series([None if each is None else each.translate(self._table) for each in given], dtype=pl.String)

    def patterns(self, terms: Iterable[str]) -> list[str]:
        """The form in which each of the terms stands in a text of :func:`words`: with spaces where it must begin or end a word.

        What was asked before is remembered: the terms of a whole content are best asked for together.
        """
        terms = list(terms)
        new = [term for term in dict.fromkeys(terms) if term not in self._patterns]
        if new:
            forms = words(plain(pl.Series(new, dtype=pl.String), self)).to_list()
            self._patterns.update(zip(new, map(_open, forms), strict=True))
        return [self._patterns[term] for term in terms]


def plain(texts: pl.Series, characters: Characters) -> pl.Series:
    """Readable text with its case and punctuation: NFKC, invisible characters dropped, plain characters.

    Args:
        texts: String series.
        characters: single characters and their plain form.
    """
    few = _few_ascii(texts)
    if few and all(map(str.isprintable, few)):  # nothing in them has another form
        return texts
    odd = texts.str.len_bytes() != texts.str.len_chars()
    result = texts.str.replace_all(_BREAK, " ")
    if bool(odd.any()):
        some = result.filter(odd)
        some = some.str.normalize("NFKC").str.replace_all(_BREAK, " ").str.replace_all(_INVISIBLE, "")
        some = characters.plain(some)
        result = result.scatter(odd.arg_true(), some)
    return result.str.replace_all(r"\p{Cc}", "")


_AS_THEY_ARE = Characters({})


def words(plain_texts: pl.Series) -> pl.Series:
    """The words of a plain text in lower case, each between single spaces of its own.

    Everything that is no letter or digit separates; Latin letters and Chinese characters separate from each other. Words
    stand two spaces apart, so that the pattern `` word `` finds whole words only and neighbours can both be found.
    """
    if few := _few_ascii(plain_texts):
        return pl.Series([f" {'  '.join(_ASCII_WORD.findall(each.lower()))} " for each in few], dtype=pl.String)
    result = plain_texts.str.to_lowercase()
    odd = result.str.len_bytes() != result.str.len_chars()
    if bool(odd.any()):
        some = result.filter(odd).str.replace_all(f"({_CJK})({_LATIN})", "$1 $2").str.replace_all(f"({_LATIN})({_CJK})", "$1 $2")
        result = result.scatter(odd.arg_true(), some)
        result = result.scatter(odd.arg_true(), result.filter(odd).str.replace_all(r"[^\p{L}\p{N}\p{M}]+", "  "))
        plain_ones = (~odd).arg_true()
        result = result.scatter(plain_ones, _ascii_words(result.gather(plain_ones)))
    else:
        result = _ascii_words(result)
    return " " + result.str.strip_chars(" ") + " "


def respelled(
    texts: pl.Series, pattern: str, spell: Callable[[str], str], signs: Iterable[str] = ("",)
) -> tuple[pl.Series, pl.Series]:
    """The positions of the texts in which a pattern is found, and these texts as ``spell`` writes them.

    Args:
        texts: String series without nulls.
        pattern: read alike by RE2 and Python.
        spell: a text to the same, written otherwise.
        signs: one of these stands, in small letters, in every text in which the pattern is found.
    """
    if len(texts) <= _FEW_ASCII:  # Python finds it in few texts before a query has begun
        given = texts.to_list()
        likely = [place for place, low in enumerate(map(str.lower, given)) if any(sign in low for sign in signs)]
        found = [place for place in likely if re.search(pattern, given[place])]
        return pl.Series(found, dtype=pl.UInt32), pl.Series([spell(given[place]) for place in found], dtype=pl.String)
    places = texts.str.contains(pattern).arg_true()
    return places, pl.Series(map(spell, texts.gather(places).to_list()), dtype=pl.String)


def compact(texts: pl.Series) -> pl.Series:
    """Letters and digits only, in lower case: what two spellings of an address or a name have in common."""
    return words(plain(texts, _AS_THEY_ARE)).str.replace_all(" ", "", literal=True)


def _few_ascii(texts: pl.Series) -> list[str]:
    """The texts, if they are few and plain ASCII: reading them one by one is then quicker than a dozen queries. Else none."""
    few = texts.to_list() if len(texts) <= _FEW_ASCII else []
    return few if all(each is not None and each.isascii() for each in few) else []


def _ascii_words(texts: pl.Series) -> pl.Series:
    """Several times as fast as the classes of all scripts, and most texts are ASCII."""
    return texts.str.replace_all("[^a-z0-9]+", "  ")


def _open(form: str) -> str:
    """Drops the space beside a Chinese, Japanese or Korean character: their words have no boundaries."""
    if form.isascii():
        return form
    if len(form) > 2 and _is_cjk(form[1]):
        form = form[1:]
    if len(form) > 1 and _is_cjk(form[-2]):  # also where a single character is left: 镝
        form = form[:-1]
    return form


def _is_cjk(character: str) -> bool:
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7AF or 0x20000 <= code <= 0x3FFFF or 0x3040 <= code <= 0x30FF
