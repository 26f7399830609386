"""All listed names of one view, and the search for those that could match a name.

The search loses nothing against comparing every name with every listed one: a match needs a certain share of a name's weight to
agree (Comparer.least_share), so at least one of the words that together weigh more than the rest must be found, as it stands,
glued to its neighbours, or in a spelling that counts as alike; and all spellings that count are searched.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

from screening.parties.align import LONGEST_GLUE, allowed_typos, heard, key_of, weight_of
from screening.parties.names import Part
from screening.parties.words import GENERIC
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from screening.content.listmodels import NameKind
    from screening.parties.align import View
    from screening.parties.compare import Comparer, Comparison
    from screening.parties.words import Word

_MOST_LOOPED = 1_500_000
"""Comparisons of words that are done one query at a time; beyond, numpy is worth its import."""
_NONE: set[str] = set()
_ROUNDING = 1e-9
_BLOCK = 512
"""Words that are compared at once with the whole vocabulary: 512 times 100,000 bytes."""


@record
class Listed:
    """One name within a name of an entry: most hold one."""

    list: str
    entry: str
    name: str
    """As listed."""
    kind: NameKind
    read: bool
    """Whether a name in another script is also read in Latin letters."""
    nth: int
    """Which of the parts of ``name``, readings included."""


@record
class Taken:
    """What a listed name is compared by."""

    part: Part
    by_word: tuple[tuple[str, ...], ...]
    """Key and text of each of its words, and of its neighbours joined with it."""


class Index:
    """The listed names of one view."""

    def __init__(self, comparer: Comparer, view: View, parts_of: Callable[[str, bool], Sequence[Part]]) -> None:
        """Begin with no names.

        Args:
            comparer: compares names.
            view: how their words are weighed.
            parts_of: takes a listed name apart, with readings if it is told to; asked again of names that were restored, when
                they are first compared.
        """
        self.comparer = comparer
        self.view = view
        self.listed: list[Listed] = []
        self._parts_of = parts_of
        self._taken: dict[int, Taken] = {}
        self._postings: dict[str, set[int]] = {}
        self._restored: dict[str, int] = {}
        """Entries restored that have a word."""
        self._bearers: dict[str, set[tuple[str, str]]] = {}
        """Entries added that have a word."""
        self._texts: dict[str, list[str]] = {}
        """Words as written, to what they are known by."""
        self._by_length: dict[int, list[str]] = {}
        self._by_sound: dict[str, list[tuple[str, str, bool]]] = {}
        """Consonants of a sound to words with them: text, sound, whether it leaves vowels out."""
        self._rows: dict[int, tuple[tuple[tuple[str, ...], ...], tuple[float, ...], str, float]] = {}
        self._word_weights: dict[tuple[str, str], float] = {}
        self._rarity: dict[str, float] = {}
        self._alike: dict[tuple[str, str], tuple[str, ...]] = {}
        self._watch: tuple[frozenset[str], frozenset[str]] | None = None
        self._least = comparer.least_share

    def stored(self) -> tuple[Any, ...]:
        """All names added, in plain data to restore an index from."""
        counts = {key: len(entries) for key, entries in self._bearers.items()}
        listed = [(one.list, one.entry, one.name, one.kind, one.read, one.nth) for one in self.listed]
        return listed, self._postings, counts, self._texts, self._by_sound, self.watch()

    def restore(self, stored: tuple[Any, ...]) -> None:
        """Take over what :meth:`stored` gave, in an index without names."""
        listed, self._postings, self._restored, self._texts, self._by_sound, self._watch = stored
        self.listed = [Listed(*row) for row in listed]
        for text in self._texts:
            self._by_length.setdefault(len(text), []).append(text)

    def add(self, ident: str, entry: str, name: str, kind: NameKind, *, read: bool) -> None:
        """Add a listed name."""
        self._watch = None
        for nth, part in enumerate(self._parts_of(name, read)):
            if not part.words:
                continue
            number = len(self.listed)
            self.listed.append(Listed(ident, entry, name, kind, read, nth))
            taken = self._taken[number] = self._taken_apart(part)
            for key in {key for own in taken.by_word for key in own}:
                self._postings.setdefault(key, set()).add(number)
            for word in part.words:
                key = self._key(word)
                self._bearers.setdefault(key, set()).add((ident, entry))
                known = self._texts.get(word.text)
                if known is None:
                    known = self._texts[word.text] = []
                    self._by_length.setdefault(len(word.text), []).append(word.text)
                if key not in known:
                    known.append(key)
                if word.bare:
                    heard_as = (word.text, word.sound, word.voiceless)
                    alike = self._by_sound.setdefault(word.bare, [])
                    if heard_as not in alike:
                        alike.append(heard_as)

    def _taken_apart(self, part: Part) -> Taken:
        own: list[list[str]] = []
        for word in part.words:
            key = self._key(word)
            own.append([key] if key == word.text else [key, word.text])
        for joined, places in _joined_places(part.words):
            for place in places:
                own[place].append(joined)
        for joined, place in part.glued:
            own[place].append(joined)
        return Taken(part, tuple(map(tuple, own)))

    def taken(self, number: int) -> Taken:
        """What the listed name ``number`` is compared by."""
        taken = self._taken.get(number)
        if taken is None:
            listed = self.listed[number]
            taken = self._taken[number] = self._taken_apart(self._parts_of(listed.name, listed.read)[listed.nth])
        return taken

    def _key(self, word: Word) -> str:
        return key_of(word, self.view)

    def rarity(self, key: str) -> float:
        """1 for a word in the names of one listed party or none, less the more have it."""
        found = self._rarity.get(key)
        if found is None:
            settings = self.comparer.settings
            count = self._restored.get(key, 0) + len(self._bearers.get(key, ()))
            size = max(len(self.listed), settings["list_size"])
            found = 1.0 if count < 2 else max(settings["rarity_floor"], 1 - log(count) / log(size))
            self._rarity[key] = found
        return found

    def prepare(self, parts: Iterable[Part]) -> None:
        """Look up the spellings that count as alike for all words of ``parts`` at once."""
        known, key_of_word = self._alike, self._key
        words = {pair: word for part in parts for word in part.words if (pair := (key_of_word(word), word.text)) not in known}
        if not words:
            return
        near = self._near(sorted({text for _, text in words if text.isalpha() and len(text) >= 3}))
        for (own, text), word in words.items():
            keys = {own, text}
            for other in near.get(text, ()):
                keys.update(self._texts[other])
            for other, sound, voiceless in self._by_sound.get(word.bare, ()):
                if heard(word, sound, voiceless, self.comparer.distance):
                    keys.update(self._texts[other])
            keys.add(text[0])  # an initial in a listed name
            known[own, text] = tuple(key for key in keys if key in self._postings)

    def alike(self, word: Word) -> tuple[str, ...]:
        """What words of the lists ``word`` may be taken for, as keys; ``prepare`` must have seen it."""
        return self._alike[self._key(word), word.text]

    def watch(self) -> tuple[frozenset[str], frozenset[str]]:
        """Keys to watch for: any match has a word that counts as one of the first; beside mere initials, one of the second.

        A match needs a share of the listed name's weight to agree, so the words that together weigh more than the rest suffice,
        even if small words of the other name should be taken for them.
        """
        if self._watch is None:
            light = self._light()
            watched: set[str] = set()
            carrying: set[str] = set()
            for number in range(len(self.listed)):
                by_word, weights, _, rest = self._row(number)
                needed = self._least * rest
                for weight, own, word in sorted(
                    zip(weights, by_word, self.taken(number).part.words, strict=True),
                    key=lambda each: (-each[0], len(self._postings[each[1][0]])),
                ):
                    if rest >= needed:
                        watched.update(own)
                        rest -= weight if light.isdisjoint(own) else max(weight - self.comparer.settings["weight_particle"], 0.0)
                    if self.view != "firm" or word.kind not in GENERIC:
                        carrying.update(own)
            self._watch = frozenset(watched), frozenset(carrying)
        return self._watch

    def _light(self) -> set[str]:
        """Keys of listed words that a small word of another name may be taken for."""
        small = self.comparer.words.particles()
        self.prepare([Part(tuple(small))])
        return {key for word in small for key in self.alike(word)}

    def _near(self, texts: list[str]) -> dict[str, list[str]]:
        """For every text the words of the lists within the typos allowed."""
        found: dict[str, list[str]] = {}
        many = len(texts) * len(self._texts) > _MOST_LOOPED
        by_length: dict[int, list[str]] = {}
        for text in texts:
            by_length.setdefault(len(text), []).append(text)
        for length, queries in by_length.items():
            for other in range(max(1, length - 3), length + 4):
                typos = allowed_typos(max(length, other))
                choices = self._by_length.get(other)
                if choices and typos and abs(other - length) <= typos:
                    for text, near in self._within(queries, choices, typos, many=many):
                        found.setdefault(text, []).append(near)
        return found

    @staticmethod
    def _within(queries: list[str], choices: list[str], typos: int, *, many: bool) -> Iterator[tuple[str, str]]:
        from rapidfuzz import process  # noqa: PLC0415
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        if not many:
            for query in queries:
                for near, _, _ in process.extract(query, choices, scorer=OSA.distance, score_cutoff=typos, limit=None):
                    yield query, near
            return
        import numpy as np  # noqa: PLC0415 - 50 ms, for many names only

        for start in range(0, len(queries), _BLOCK):
            block = queries[start : start + _BLOCK]
            away = process.cdist(block, choices, scorer=OSA.distance, score_cutoff=typos, dtype=np.uint8, workers=-1)
            for row, column in zip(*np.nonzero(away <= typos), strict=True):
                yield block[row], choices[column]

    def candidates(self, part: Part) -> list[int]:
        """Numbers of the listed names that could match ``part``; ``prepare`` must have seen it."""
        words = part.words
        alike: list[tuple[float, set[str]]] = []
        postings, texts = self._postings, [word.text for word in words]
        joined: dict[int, list[str]] = {}
        for length in range(2, LONGEST_GLUE + 1):
            for start in range(len(texts) - length + 1):
                text = "".join(texts[start : start + length])
                if text in postings:
                    for place in range(start, start + length):
                        joined.setdefault(place, []).append(text)
        for text, place in part.glued:
            if text in postings:
                joined.setdefault(place, []).append(text)
        initials, letters = 0.0, ""
        only_letters = all(word.letter for word in words)
        for place, word in enumerate(words):
            weight = self._weight_of(word)
            if word.letter and not only_letters:
                initials += weight
                letters += word.text
            else:
                keys = self.alike(word)
                alike.append((weight, {*keys, *joined.get(place, ())} if keys or place in joined else _NONE))
        whole = initials + sum([weight for weight, _ in alike])
        found = self._gathered(alike, self._least * whole - initials)
        return self._possible(found, alike, initials, letters, whole, self.comparer.may_be_generic(words, self.view))

    def _gathered(self, alike: list[tuple[float, set[str]]], needed: float) -> dict[int, float]:
        """Numbers of listed names to the weight that agrees with them, where it may come to what is ``needed``.

        The words with the fewest listed names come first; once the others together could not make a match, no name is added.
        """
        rest = sum([weight for weight, _ in alike])
        if rest - sum([weight for weight, keys in alike if not keys]) < needed:
            return {}
        postings = self._postings
        costs = sorted(((sum(len(postings[k]) for k in keys), weight, keys) for weight, keys in alike), key=lambda c: c[:2])
        found: dict[int, float] = {}
        for _, weight, spellings in costs:
            if rest >= needed:
                numbers = set().union(*(postings[key] for key in spellings))
            elif not found:
                return found
            else:
                numbers = set().union(*(found.keys() & postings[key] for key in spellings))
            for number in numbers:
                found[number] = found.get(number, 0.0) + weight
            rest -= weight
        return found

    def _possible(
        self,
        found: dict[int, float],
        alike: list[tuple[float, set[str]]],
        besides: float,
        letters: str,
        whole: float,
        generic: bool,
    ) -> list[int]:
        """The listed names that could match at best: if every word that has a spelling in the other name agreed in full.

        Args:
            found: numbers of listed names to the weight that agrees with them.
            alike: weight of every word of the name, and what it may be taken for.
            besides: weight that may agree with any of them.
            letters: the initials of the name.
            whole: the weight of the name.
            generic: as for :meth:`Comparer.possible`.
        """
        any_key = set().union(*(keys for _, keys in alike))
        needed = self._least * whole - besides - _ROUNDING
        apart = self.comparer.most_apart
        rows, possible = self._rows, []
        for number, agreed in found.items():
            if agreed < needed:
                continue
            by_word, weights, firsts, their_whole = rows.get(number) or self._row(number)
            theirs = 0.0
            for weight, own, first in zip(weights, by_word, firsts):  # noqa: B905 - asked very often
                if first in letters or not any_key.isdisjoint(own):
                    theirs += weight
            ours = agreed + besides
            if (ours if ours < theirs else theirs) * apart < whole - ours + their_whole - theirs - _ROUNDING:
                continue
            if self.comparer.possible(ours, whole, theirs, their_whole, self.view, generic=generic):
                possible.append(number)
        return possible

    def _row(self, number: int) -> tuple[tuple[tuple[str, ...], ...], tuple[float, ...], str, float]:
        """Keys, weights and first letters of the words of a listed name, and its weight."""
        taken = self.taken(number)
        words = taken.part.words
        weights = tuple(map(self._weight_of, words))
        row = self._rows[number] = (taken.by_word, weights, "".join(word.text[0] for word in words), sum(weights))
        return row

    def _weight_of(self, word: Word) -> float:
        weight = self._word_weights.get((word.key, word.text))
        if weight is None:
            weight = weight_of(word, self.view) * self.rarity(self._key(word))
            self._word_weights[word.key, word.text] = weight
        return weight

    def search(self, part: Part) -> list[tuple[Listed, Comparison]]:
        """The listed names that match ``part``, at level ``review`` or ``hit``."""
        found = []
        for number in self.candidates(part):
            result = self.comparer.compare(part, self.taken(number).part, self.view, self.rarity)
            if result.level != "none":
                found.append((self.listed[number], result))
        return found


def _joined_places(words: Sequence[Word]) -> Iterator[tuple[str, range]]:
    """Every few neighbouring words joined, with their places."""
    texts = [word.text for word in words]
    for length in range(2, LONGEST_GLUE + 1):
        for start in range(len(texts) - length + 1):
            yield "".join(texts[start : start + length]), range(start, start + length)
