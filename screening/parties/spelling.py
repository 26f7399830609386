"""Makes spellings of names alike: width, case, accents, dotted abbreviations, scripts; and says how a word sounds."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff\u3005\u3007"
_KANA = "\u3041-\u30ff"
_HANGUL = "\uac00-\ud7af"
_ASCII = re.compile(r"[a-z0-9_]+")
_DOTTED = re.compile(r"\b(?:\w\. ?){2,}(?:\w\b)?")
_SLASHED = re.compile(r"\b(\w)\s?/\s?(\w)(?:\s?/\s?(\w))?\b")
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼʻʹʾʿ＇\u0640\u200c\u200d\u200b\u00ad"))
# so wide classes take milliseconds to make ready, which ASCII names spare
_LETTERS = rf"[{_HAN}]+|[{_KANA}]+|[{_HANGUL}]+|(?:(?![{_HAN}{_KANA}{_HANGUL}])\w)+"
_NOT_LATIN = r"[^\u0000-\u024f\u1e00-\u1eff\W\d_]"
_IS_HAN, _IS_DENSE = rf"[{_HAN}]", rf"[{_HAN}{_KANA}{_HANGUL}]"
_VOWELS = str.maketrans(dict.fromkeys("aiu"))
_DOUBLED = re.compile(r"(.)\1+")


class Spelling:
    """Reduces names to comparable words by the tables of the content."""

    def __init__(self, characters: Mapping[str, str], sounds: Mapping[str, list[str]]) -> None:
        """Take the tables.

        Args:
            characters: single characters to their plain form (facts/characters.yaml).
            sounds: letters to the spellings that sound like them (party_words, ``sound``).
        """
        mixed = {c: p for c, p in characters.items() if "\u0370" <= c <= "\u052f"}
        self._plain = str.maketrans({c: p for c, p in characters.items() if c not in mixed})
        self._mixed = str.maketrans(mixed)
        spelled = {spelling: letters for letters, spellings in sounds.items() for spelling in spellings}
        self._sounds = spelled
        self._sound = re.compile("|".join(sorted(map(re.escape, spelled), key=len, reverse=True)) or r"(?!)")

    def plain(self, text: str) -> str:
        """Lower-case text of one width without accents; abbreviations written with dots are words, ``c/o`` is ``c_o``."""
        if text.isascii():
            plain = text.lower().replace("'", "").replace("`", "")
        else:
            plain = unicodedata.normalize("NFKC", text).translate(self._plain).casefold().translate(self._plain)
            if not plain.isascii():
                plain = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", plain) if not _mark(c)))
            plain = plain.translate(_APOSTROPHES)
        if "_" in plain:
            plain = plain.replace("_", " ")
        if "/" in plain:
            plain = _SLASHED.sub(lambda m: "_".join(filter(None, m.groups())), plain)
        return plain.replace("&", " and ") if "&" in plain else plain

    def dotted(self, plain: str) -> list[str]:
        """The abbreviations written with dots in ``plain``, as they stand there."""
        return [m.group() for m in _DOTTED.finditer(plain)] if "." in plain else []

    def words(self, plain: str) -> list[str]:
        """The words of plain text. Where the script changes a word ends; look-alike letters of a mixed word become Latin."""
        if plain.isascii():
            return _ASCII.findall(plain)
        words = []
        for word in re.findall(_LETTERS, plain):
            mixed = not word.isascii() and any("a" <= c <= "z" for c in word)
            words.append(word.translate(self._mixed) if mixed else word)
        return words

    def sound(self, word: str) -> str:
        """How a Latin word sounds, roughly: letters of one sound are one letter, doubled ones stand once, a final h is silent."""
        if not word.isascii():
            return ""
        spelled = _DOUBLED.sub(r"\1", self._sound.sub(lambda m: self._sounds[m.group()], word))
        return spelled[:-1] if len(spelled) > 2 and spelled[-1] == "h" else spelled


def _mark(char: str) -> bool:
    """A combining mark that is no letter: an accent or a vowel sign; those of Kana are part of their letters."""
    return unicodedata.category(char) == "Mn" and char not in "\u3099\u309a\u0306"


def bare(sound: str) -> str:
    """A sound without its vowels, all that some scripts write; a vowel it begins with counts, whichever it is."""
    consonants = _DOUBLED.sub(r"\1", sound.translate(_VOWELS))
    return f"a{consonants}" if sound[:1] in "aiu" and sound else consonants


def is_han(word: str) -> bool:
    """Whether a word is written in Han characters."""
    return not word.isascii() and re.match(_IS_HAN, word) is not None


def is_dense(word: str) -> bool:
    """Whether a word is of a script that joins words: Han, Kana or Hangul."""
    return not word.isascii() and re.match(_IS_DENSE, word) is not None


def is_foreign(text: str) -> bool:
    """Whether any letter is of another script than Latin."""
    return not text.isascii() and re.search(_NOT_LATIN, text) is not None


def leaves_vowels_out(text: str) -> bool:
    """Whether a word is of a script that does not write most vowels: Arabic or Hebrew."""
    return any("\u0590" <= c <= "\u08ff" for c in text)


def romanised(word: str) -> str:
    """A word of another script in Latin letters: pinyin of Han, the usual letters of all others; vowels not written stay out."""
    from anyascii import anyascii  # noqa: PLC0415 - wanted only where such a script occurs

    return "".join(_ASCII.findall(anyascii(word).lower()))
