"""Finds all vocabularies of a text in one Aho-Corasick pass over its distinct values.

What a text names comes out as facts (``bits.py``).
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from screening.goods import text
from screening.goods.bits import Bits
from screening.goods.patterns import FEW_TEXTS, Patterns, look_at, look_at_many, within
from screening.plaindata import record
from screening.series import constant, distinct, encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from screening.goods.negation import Negations, NotDenying
    from screening.goods.patterns import Look
    from screening.goods.symbols import Symbols

Terms = tuple[tuple[str, ...], "Sequence[str]"]
"""Facts, and the spellings each of which sets all of them."""

FormedTerms = tuple[tuple[str, ...], "Callable[[], list[str]]"]
"""Facts, and what makes the spellings each of which sets all of them."""

_LOCK = Lock()
"""Several threads may share a lexicon."""
_NEXT, _INSIDE = "\x03", "\x02"
"""Between the names found in a text; between a name and the kinds of facts for which another name was there first."""


_BETWEEN = (
    r"(?:[≥>]\s*|(?i:min)\.?\s*)?(?:9\d(?:[.,]\d+)?|100(?:[.,]0+)?)\s*%(?:\s*(?i:min)\b\.?)?|\b[2-9]N\d?\b"
    r"|\(\s*[A-Z][a-z]?\s*\)|\s\(?\p{Han}\)?\s"
)
"""What may stand between an element and its shape: a purity, the symbol, the name as one Chinese character."""


_SPACED = r"(\p{Han}) (\p{Han}) (\p{Han})"
"""Chinese characters set apart: 氧 化 镝."""


@record
class Scanned:
    """Which facts texts set."""

    sets: list[frozenset[str]]
    """The distinct sets of facts."""
    which: pl.Series
    """For every text the number of its set."""


class Lexicon:
    """The vocabulary of one kind of text: which words set which facts."""

    def __init__(
        self,
        terms: Sequence[Terms],
        characters: text.Characters,
        prefix: str,
        replacements: Mapping[str, Callable[[], dict[str, str]]] | None = None,
        marks: Iterable[str] = (),
        rooted: Mapping[str, Sequence[FormedTerms]] | None = None,
        misspelt: Mapping[str, str] | None = None,
        negations: Negations | None = None,
        respelled: Sequence[NotDenying | Symbols] = (),
    ) -> None:
        """Prepare the patterns.

        Args:
            terms: facts, and the spellings that set them.
            characters: single characters and their plain form.
            prefix: name of the bit columns, such as ``f``.
            replacements: a word to the phrases with it that are taken out before the search, and what stands in their place: a
                fact, a name that still stands there, or ``""``. They are made ready when the word occurs in a text.
            marks: the facts that replacements leave.
            rooted: a root (such as an element's name) to further terms whose every spelling contains it. They are many, and
                are made ready only when the root occurs in a text.
            misspelt: a misspelt root to the root whose terms are also looked for with it.
            negations: repeats a negation for each element that it stands for; asked only about texts in which a fact was put.
            respelled: each finds texts in which a word means something else than it seems, and writes what it means.
        """
        self._negations, self._respelled = negations, tuple(respelled)
        self.characters = characters
        rooted, replacements = rooted or {}, replacements or {}
        named = {facts: None for group in (terms, *rooted.values()) for facts, _ in group}
        self.bits = Bits([*(fact for facts in named for fact in facts), *marks], prefix)
        self.facts_of: dict[str, tuple[str, ...]] = {}
        forms = self._add(terms)
        for fact in marks:
            self.facts_of[_mark(fact)] = (fact,)
            forms[_mark(fact)] = None
        self.replaced: dict[str, str] = {}
        self._phrases: dict[str, list[Callable[[], dict[str, str]]]] = {}
        for form, phrases in zip(characters.patterns(replacements), replacements.values(), strict=True):
            word = max(form.split(), key=len, default="")
            self._phrases.setdefault(word if len(word) != 2 or not word.isascii() else f" {word} ", []).append(phrases)
        self._phrases_ready: dict[str, Patterns] = {}
        self._patterns = Patterns(forms)
        self._roots: dict[str, list[FormedTerms]] = {}
        for form, more in zip(characters.patterns(rooted), rooted.values(), strict=True):
            self._roots.setdefault(max(form.split(), key=len, default=""), []).extend(more)
        self._misspelt = dict(misspelt or {})
        self._roots.update((slip, self._roots[root]) for slip, root in self._misspelt.items())
        self._ready: dict[str, Patterns] = {}
        self._kinds_of: dict[str, frozenset[str]] = {}

    def _add(self, terms: Sequence[Terms]) -> dict[str, None]:
        """Learn which facts the forms of ``terms`` set; returns the forms."""
        added: dict[str, None] = {}
        forms = iter(self.characters.patterns(spelling for _, spellings in terms for spelling in spellings))
        for facts, spellings in terms:
            for _ in spellings:
                for form in _with_plural(next(forms)):
                    known = self.facts_of.get(form)
                    self.facts_of[form] = facts if known is None else tuple(dict.fromkeys((*known, *facts)))
                    added[form] = None
        added.pop("", None)
        return added

    def _as_words(self, left: str) -> str:
        """How a name that stays in the place of a phrase stands in a text of words; nothing leaves a gap."""
        return self.characters.patterns([left])[0] if left else "  "

    def _of_roots(self, roots: set[str], words: pl.Series) -> list[str]:
        """The forms that grow from some roots and may occur in ``words``; those of a root are made ready when it is first met."""
        look = look_at(words)
        with _LOCK:
            for root in roots.difference(self._ready):
                terms = [(facts, spellings()) for facts, spellings in self._roots[root]]
                if right := self._misspelt.get(root):
                    terms = [(facts, [each.lower().replace(right, root) for each in spellings]) for facts, spellings in terms]
                self._ready[root] = Patterns(self._add(terms))
        return list(dict.fromkeys(form for root in sorted(roots) for form in self._ready[root].within(look)))

    def _unmasked(self, words: pl.Series, plain_texts: pl.Series) -> pl.Series:
        """The words to search, with masked phrases taken out."""
        for each in self._respelled:
            places, spelled = each.spelled(plain_texts)
            if len(places):
                # copies: what is measured in the text and told of it is read from the text as it was written
                words, plain_texts = (
                    words.clone().scatter(places, text.words(spelled)),
                    plain_texts.clone().scatter(places, spelled),
                )
        result = self._taken_out(words)
        if self._negations is not None:
            marked = result.str.contains("\x01", literal=True).arg_true()
            if len(marked):
                spread = text.words(self._negations.spread(plain_texts.gather(marked)))
                result = result.scatter(marked, self._taken_out(spread))
        return result

    def _taken_out(self, words: pl.Series) -> pl.Series:
        """The words with other words in the place of phrases."""
        if not self._phrases:
            return words
        if (look := look_at(words)) is not None:
            return self._replace(words, within(self._phrases, look), look)
        # most of many texts hold no word with which a phrase could be formed, and few such words stand in the others
        formed = [word for word in self._phrases if word]
        fixed = self._phrases_of("").all if "" in self._phrases else []
        places = words.str.contains_any([*formed, *fixed]).arg_true()
        if not len(places):
            return words
        some = words.gather(places)
        there = set(some.str.extract_many(formed, overlapping=True).explode().unique().to_list())
        met = [word for word in self._phrases if not word or word in there]
        return words.scatter(places, self._replace(some, met, look_at_many(some)))

    def _replace(self, words: pl.Series, met: list[str], look: Look) -> pl.Series:
        """``words`` without the phrases with one of the words ``met``; of two that begin at one place the longer counts."""
        self._make_ready(met)
        phrases = [phrase for word in met for phrase in self._phrases_ready[word].within(look)]
        if not phrases:
            return words
        phrases.sort(key=lambda phrase: (-len(phrase), phrase))
        return words.str.replace_many(phrases, [self.replaced[phrase] for phrase in phrases], leftmost=True)

    def _phrases_of(self, word: str) -> Patterns:
        self._make_ready([word])
        return self._phrases_ready[word]

    def _make_ready(self, words: list[str]) -> None:
        """Make the phrases with each of the words ready; many words at once are made comparable together."""
        with _LOCK:
            new = [word for word in words if word not in self._phrases_ready]
            phrases = {word: {phrase: fact for group in self._phrases[word] for phrase, fact in group().items()} for word in new}
            self.characters.patterns(phrase for of_word in phrases.values() for phrase in of_word)
            for word, of_word in phrases.items():
                forms = zip(self.characters.patterns(of_word), of_word.values(), strict=True)
                marks = {form: _mark(left) if ":" in left else self._as_words(left) for form, left in forms}
                self.replaced.update(marks)
                self._phrases_ready[word] = Patterns(marks)

    def candidates(self, texts: pl.Series) -> pl.Series:
        """Those of the texts, as they were written, in which a name may be found; none in which one is found is missing.

        Only for a lexicon of names as they stand: a phrase to take out or a root may speak where no name does.
        """
        if len(texts) <= FEW_TEXTS:
            return texts
        other = texts.str.contains("[^ -~]")  # written otherwise, it may read the same
        return texts.filter(other | texts.str.contains_any(self._patterns.parts, ascii_case_insensitive=True))

    def find(self, words: pl.Series, plain_texts: pl.Series) -> pl.Series:
        """The names found in every text as one string (see :meth:`parts`); empty where there is none.

        Args:
            words: the texts as ``text.words`` makes them.
            plain_texts: the same as ``text.plain`` makes them.
        """
        words = self._unmasked(words, plain_texts)
        look = look_at(words)
        found = _found(words, [*self._patterns.within(look), *within(self._roots, look)])
        if self._roots:
            found = self._with_rooted(found, words, plain_texts)
        return self._with_inside(found, words)

    def parts(self, names: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The patterns of a string of :meth:`find`, each with the facts that it sets there.

        Of names of one kind that overlap the leftmost and then the longest counts: in "samarium cobalt" the word samarium is no
        material of its own, nor are the lumps in "ferro tungsten lumps" lumps of tungsten.
        """
        for name in dict.fromkeys(names.split(_NEXT)):
            form, _, inside = name.partition(_INSIDE)
            if form in self.facts_of:
                kinds = inside.split(",")
                yield form, tuple(fact for fact in self.facts_of[form] if not inside or fact.partition(":")[0] not in kinds)

    def scan(self, words: pl.Series, plain_texts: pl.Series) -> Scanned:
        """The facts of every text, given as for :meth:`find`."""
        names = self.find(words, plain_texts)
        # many texts name the same goods: the facts are put together once for every set of names
        which, different = encoded(names)
        return Scanned([frozenset(fact for _, facts in self.parts(each) for fact in facts) for each in different], which)

    def _with_rooted(self, found: pl.Series, words: pl.Series, plain_texts: pl.Series) -> pl.Series:
        """Add the names that grow from the roots found.

        What stands between a name and its shape is passed over: "bismuth (Bi) 99.99 % ingot" is a bismuth ingot.
        """
        grown = {each: set(each.split(_NEXT)) & self._roots.keys() for each in distinct(found).to_list()}
        grown = {each: roots for each, roots in grown.items() if roots}
        if not grown:
            return found
        places = found.is_in(list(grown)).arg_true()
        rooted = words.gather(places)
        roots = set().union(*grown.values())
        more = _found(rooted, self._of_roots(roots, rooted))
        told = plain_texts.gather(places)
        closer = told.str.replace_all(_SPACED, "$1$2$3").str.replace_all(_BETWEEN, " ")
        apart = (closer != told).arg_true()
        if len(apart):
            joined = closer.gather(apart).str.replace_all(r"(\p{Han})\s+(\p{Han})", "$1$2")
            closer = self._unmasked(text.words(joined), joined)
            more = more.scatter(apart, more.gather(apart) + _NEXT + _found(closer, self._of_roots(roots, closer)))
        return found.scatter(places, found.gather(places) + _NEXT + more)

    def _with_inside(self, found: pl.Series, words: pl.Series) -> pl.Series:
        """Mark the names that lie within others of their kind."""
        several = [each for each in distinct(found).to_list() if sum(map(bool, map(self._kinds, set(each.split(_NEXT))))) > 1]
        if not several:
            return found
        places = found.is_in(several).arg_true()
        pairs = zip(words.gather(places).to_list(), found.gather(places).to_list(), strict=True)
        return found.scatter(places, pl.Series([self._marked(text, each) for text, each in pairs], dtype=pl.String))

    def _marked(self, words: str, names: str) -> str:
        forms = sorted(set(names.split(_NEXT)))
        inside: dict[str, list[str]] = {form: [] for form in forms}
        for kind in _NAMING:
            free: set[str] = set()
            reach = 0
            naming = [form for form in forms if kind in self._kinds(form)]
            spans = [(start, -end, form) for form in naming for start, end in _spans(words, form)]
            for start, end, form in sorted(spans):
                if start >= reach:  # a name is inside another only where each of its occurrences is
                    free.add(form)
                reach = max(reach, -end)
            for form in {form for *_, form in spans} - free:
                inside[form].append(kind)
        return _NEXT.join(form + _INSIDE + ",".join(kinds) if kinds else form for form, kinds in inside.items())

    def _kinds(self, form: str) -> frozenset[str]:
        """The kinds of facts that a pattern sets, of those whose longest name counts."""
        if form not in self.facts_of:  # a root, which may become a name once what grows from it is ready
            return frozenset()
        if form not in self._kinds_of:
            self._kinds_of[form] = frozenset(fact.partition(":")[0] for fact in self.facts_of[form]).intersection(_NAMING)
        return self._kinds_of[form]


def _mark(fact: str) -> str:
    """What stands in a text in the place of a phrase that leaves a fact."""
    return f" \x01{fact} "


_NAMING = ("material", "label")
"""Kinds of facts of which the longest name counts."""


def _spans(words: str, form: str) -> Iterator[tuple[int, int]]:
    """Where a pattern occurs, without the blanks at its ends."""
    start = words.find(form)
    while start >= 0:
        yield start + form.startswith(" "), start + len(form) - form.endswith(" ")
        start = words.find(form, start + 1)


def _found(words: pl.Series, patterns: list[str]) -> pl.Series:
    """The patterns that occur in every text, joined; a pattern that occurs twice may stand there twice."""
    if not patterns:  # nothing can occur
        return constant("", pl.String(), len(words))
    found = pl.col("words").str.extract_many(patterns, overlapping=True).list.join(_NEXT)
    return pl.DataFrame({"words": words}).select_seq(found).to_series()


def _with_plural(form: str) -> list[str]:
    """The form itself and, for a word of Latin letters, its plural."""
    if form.endswith(" ") and len(form) > 4 and form[-2].isascii() and form[-2].isalpha():
        body = form[:-1]
        if body.endswith(("s", "x", "ch", "sh")):
            return [form, f"{body}es "]
        if body.endswith("y") and body[-2:-1] not in "aeiou":
            return [form, f"{body}s ", f"{body[:-1]}ies "]
        return [form, f"{body}s "]
    return [form]
