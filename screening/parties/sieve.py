"""Tells of many names which cannot match any listed one, so that only the others are taken apart.

Of every listed name the index watches for a few words (Index.watch), one of which any match must have. A name none of whose
words could count as one of these cannot match, however it would be taken apart; and that is asked once per distinct word. What is
not so simple, such as other scripts, is let through. Nothing is lost: a test compares it with taking every name apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from threading import Lock
from typing import TYPE_CHECKING

from screening.parties.names import LONGEST_NAME, NAME_PHRASES, Part
from screening.parties.words import GENERIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.parties.index import Index
    from screening.parties.names import Names
    from screening.parties.words import Word

_WATCHED, _CARRYING, _INITIAL, _DIGITS = 1, 2, 4, 8
"""Marks of a word: counts as one watched for; may carry a match beside an initial; may be an initial; has digits."""
_LEAST_DIGITS = 5
"""Digits from which on a name may hold a number that identifies a party."""
_LAST = "\U0010ffff"
_UNCLEAR = "?"
"""Stands for words that only taking the name apart would tell."""


class Sieve:
    """Lets through what may match a name of one index."""

    def __init__(self, names: Names, index: Index) -> None:
        self.names = names
        self.index = index
        self._watched, self._carrying = index.watch()
        longer = self._watched | self._carrying
        begun = {text[:length] for text in longer for length in range(2, len(text))}
        self._longer = sorted({*longer, *begun, *names.words.places()})
        """What two words may come to that are written as one: a word, the beginning of one, a place."""
        self._begun = frozenset(begun)
        self._marks: dict[str, int] = {_UNCLEAR: _WATCHED}
        """Distinct words of names to their marks."""
        self._heads: dict[str, set[str]] = {}
        """Words that begin a longer one to what may follow."""
        self._tails: dict[str, frozenset[str]] = {}
        """The same words to those words that may follow and were met."""
        self._phrases: dict[str, list[tuple[frozenset[str], int]]] = {}
        """First words of phrases to their other words and the marks of the whole."""
        self._places: dict[str, int] = {}
        self._lock = Lock()
        """Several threads may share a sieve."""

    def words_of(self, name: str) -> list[str]:
        """The words of a name as they stand in the text, and those that it may have besides."""
        spelling = self.names.words.spelling
        words = spelling.words(spelling.plain(name[:LONGEST_NAME]))
        if "." in name and len([word for word in words if len(word) == 1]) > 1:  # A.B.C. is one word, or three
            words += self.names.abbreviated(name) or [_UNCLEAR]
        return words

    def through(self, names: Sequence[str], words: Sequence[Sequence[str]]) -> list[str]:
        """The names that may match, of ``names`` with their ``words``."""
        with self._lock:
            self._learn(set().union(*words))
            marks = self._marks
            sure = {word for word, mark in marks.items() if mark & _WATCHED}
            unsure = {word for word, mark in marks.items() if mark & (_INITIAL | _DIGITS)}.union(self._phrases)
            heads, tails = set(self._tails), set().union(*self._tails.values())
            return [
                name
                for name, own in zip(names, words, strict=True)
                if not sure.isdisjoint(own)
                or (not (unsure.isdisjoint(own) and (heads.isdisjoint(own) or tails.isdisjoint(own))) and self._may(name, own))
            ]

    def _learn(self, texts: Iterable[str]) -> None:
        """Mark words not seen before."""
        known, words = self._marks, self.names.words
        new = [text for text in texts if text not in known]
        if not new:
            return
        read_as: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
        for text in new:
            if not text.isascii() or text == "imo" or words.has_glued([text]):
                known[text] = _WATCHED
            else:
                read_as[text] = self._read_as(text)
        self.index.prepare([Part(tuple(word for _, word in read)) for read in read_as.values()])
        for text, read in read_as.items():
            marks = _INITIAL if len(text) == 1 or text[0] in self._watched else 0
            for rest, word in read:
                mark = self._mark(word)
                if not rest:
                    marks |= mark
                elif mark:
                    self._phrases.setdefault(text, []).append((frozenset(rest), mark))
            known[text] = marks if text.isalpha() else marks | _DIGITS
        self._heads.update((text, after) for text in new if (after := self._follow(text)))
        for text, after in self._heads.items():
            if tails := known.keys() & after:
                self._tails[text] = frozenset(tails)

    def _read_as(self, text: str) -> list[tuple[tuple[str, ...], Word]]:
        """All words that a text may be, alone or as the first of a phrase, each with the rest of the phrase."""
        words = self.names.words
        read: list[tuple[tuple[str, ...], Word]] = [((), words.word(text))]
        for rest, group, meaning in words.phrases.get(text, ()):
            if group in NAME_PHRASES:
                read.append((rest, words.of_kind("".join((text, *rest)), group, meaning)))  # type: ignore[arg-type]
        return [*read, *((rest, self.names.own(word)) for rest, word in read if word.kind == "legal_form")]

    def _mark(self, word: Word) -> int:
        if word.kind == "particle":  # weighs too little to count, see Index.watch
            return 0
        keys = set(self.index.alike(word))
        if len(word.text) > 1:
            keys.discard(word.text[0])  # no initial
        carries = self.index.view != "firm" or word.kind not in GENERIC
        watched = _WATCHED if not self._watched.isdisjoint(keys) else 0
        return watched | (_CARRYING if carries and not self._carrying.isdisjoint(keys) else 0)

    def _follow(self, text: str) -> set[str]:
        """What may follow ``text`` in a longer word."""
        longer = self._longer
        first, last = bisect_right(longer, text), bisect_left(longer, text + _LAST)
        return {word[len(text) :] for word in longer[first:last]}

    def _may(self, name: str, words: Sequence[str]) -> bool:
        """Whether a name may match that has a piece of a word or a letter that may stand for one."""
        marks = 0
        joins = False
        for word in words:
            marks |= self._marks[word]
            if word in self._phrases:
                for rest, mark in self._phrases[word]:
                    marks |= mark if rest.issubset(words) else 0
            joins = joins or (word in self._tails and not self._tails[word].isdisjoint(words))
        if marks & _DIGITS and sum(map(str.isdigit, name)) >= _LEAST_DIGITS:
            return True
        if joins:
            marks |= self._joined(words)
        return bool(marks & _WATCHED or (marks & _INITIAL and marks & _CARRYING))

    def _joined(self, words: Sequence[str]) -> int:
        """Marks of what two or more words come to when they are written as one; what stands between them may be left out."""
        marks = 0
        begun = [(word, at) for at, word in enumerate(words) if word in self._tails]
        while begun:
            start, at = begun.pop()
            for place in range(at + 1, len(words)):
                joined = start + words[place]
                marks |= _WATCHED if joined in self._watched else 0
                marks |= _CARRYING if joined in self._carrying else self._place(joined)
                if joined in self._begun:
                    begun.append((joined, place))
        return marks

    def _place(self, text: str) -> int:
        """Marks of two words that name a place."""
        found = self._places.get(text)
        if found is None:
            found, words = 0, self.names.words
            if place := words.place(text):
                word = words.of_kind(text, "place", place)
                self.index.prepare([Part((word,))])
                found = self._mark(word)
            self._places[text] = found
        return found
