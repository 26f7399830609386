"""Finds all vocabularies of a text in one Aho-Corasick pass over its distinct values.

A fact is a text such as ``material:dy.oxide``. The facts of a text are stored as bits of a few unsigned integer
columns, so that "has one of these facts" costs one AND per column on a million lines.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from screening.goods import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Terms = tuple[tuple[str, ...], "Sequence[str]"]
"""Facts, and the spellings each of which sets all of them."""

_WORD = 63
"""Bits used of each column; the sign bit is left alone so that signed and unsigned readings agree."""


class Bits:
    """Which fact is which bit of which column."""

    def __init__(self, facts: Iterable[str], prefix: str) -> None:
        self.facts = sorted(set(facts))
        self.prefix = prefix
        self._place = {fact: divmod(index, _WORD) for index, fact in enumerate(self.facts)}
        self._kinds: dict[str, list[str]] = {}
        self.columns = [f"{prefix}{index}" for index in range((len(self.facts) + _WORD - 1) // _WORD)] or [f"{prefix}0"]

    def values(self, facts: Iterable[str]) -> list[int]:
        """The integer of each column that has exactly the bits of ``facts`` set."""
        result = [0] * len(self.columns)
        for fact in facts:
            column, bit = self._place[fact]
            result[column] |= 1 << bit
        return result

    def any_of(self, facts: Iterable[str]) -> pl.Expr:
        """True where at least one of ``facts`` is set; unknown where there was no text. Unknown facts never are."""
        tests = [
            (pl.col(column) & pl.lit(value, dtype=pl.UInt64)) != 0
            for column, value in zip(self.columns, self.values(f for f in facts if f in self._place), strict=True)
            if value
        ]
        if not tests:
            return pl.when(pl.col(self.columns[0]).is_null()).then(None).otherwise(False)
        result = tests[0]
        for test in tests[1:]:
            result = result | test
        return result

    def has(self, fact: str) -> bool:
        """Whether ``fact`` is known here at all."""
        return fact in self._place

    def of_kind(self, kind: str) -> list[str]:
        """All facts ``<kind>:…``."""
        if kind not in self._kinds:
            self._kinds[kind] = [fact for fact in self.facts if fact.startswith(f"{kind}:")]
        return self._kinds[kind]

    def present(self, frame: pl.DataFrame) -> frozenset[str]:
        """The facts that occur anywhere in ``frame``."""
        if frame.height == 1:
            return self.decoded(frame[self.columns].row(0))
        return self.decoded(frame.select(pl.col(column).bitwise_or() for column in self.columns).row(0) if frame.height else ())

    def decoded(self, values: Iterable[int | None]) -> frozenset[str]:
        """The facts whose bits are set in the values of the columns."""
        found = []
        for column, value in enumerate(values):
            rest = value or 0
            while rest:
                found.append(self.facts[column * _WORD + (rest & -rest).bit_length() - 1])
                rest &= rest - 1
        return frozenset(found)


_FEW_TEXTS = 2_000
"""Up to so many texts it is cheaper to look first which patterns can occur at all than to build an automaton of all of them."""


class Patterns:
    """Patterns to look for, and quick to narrow down to those that can occur in a few texts."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.all = list(patterns)
        self._by_start: dict[str, list[str]] = {}
        for form in self.all:
            start = form.split(maxsplit=1)[0] if form.startswith(" ") else form[0]
            self._by_start.setdefault(start, []).append(form)

    def within(self, words: pl.Series) -> list[str]:
        """The patterns that may occur in ``words``: none that does is missing."""
        if len(words) > _FEW_TEXTS:
            return self.all
        together = "".join(words.drop_nulls().to_list())
        starts = {*together.split(), *together}
        return [form for start in starts for form in self._by_start.get(start, ())]

    def find(self, words: pl.Series) -> pl.DataFrame:
        """Every occurrence: ``index`` (position in the series) and ``found`` (the pattern), unordered."""
        return _occurrences(words, self.within(words))


class Lexicon:
    """The vocabulary of one kind of text: which words set which facts."""

    def __init__(
        self,
        terms: Sequence[Terms],
        characters: Mapping[str, str],
        prefix: str,
        replacements: Mapping[str, str] | None = None,
        rooted: Mapping[str, Sequence[Terms]] | None = None,
        spread: Callable[[pl.Series], pl.Series] | None = None,
    ) -> None:
        """Prepare the patterns.

        Args:
            terms: facts, and the spellings that set them.
            characters: see facts/characters.yaml.
            prefix: name of the bit columns, such as ``f``.
            replacements: phrases that are taken out before the search, to what stands in their place: a fact or ``""``.
            rooted: a root (such as an element's name) to further terms whose every spelling contains it. They are many, and
                are made ready only when the root occurs in a text.
            spread: repeats a negation for each element that it stands for; asked only about texts in which a fact was put.
        """
        self._spread = spread
        self.characters = characters
        rooted, replacements = rooted or {}, replacements or {}
        named = (fact for group in (terms, *rooted.values()) for facts, _ in group for fact in facts)
        self.bits = Bits([*named, *filter(None, replacements.values())], prefix)
        self.facts_of: dict[str, tuple[str, ...]] = {}
        forms = self._add(terms)
        self.replaced: dict[str, str] = {}
        for form, fact in zip(text.patterns(list(replacements), characters), replacements.values(), strict=True):
            mark = f" \x01{fact} " if fact else "  "
            self.replaced[form] = mark
            if fact:
                self.facts_of[mark] = (fact,)
                forms[mark] = None
        self._phrases = Patterns(self.replaced)
        self._patterns = Patterns(forms)
        self._roots: dict[str, list[Terms]] = {}
        for form, more in zip(text.patterns(list(rooted), characters), rooted.values(), strict=True):
            self._roots.setdefault(max(form.split(), key=len, default=""), []).extend(more)
        self._ready: dict[str, list[str]] = {}
        self._lock = Lock()

    def _add(self, terms: Sequence[Terms]) -> dict[str, None]:
        """Learn which facts the forms of ``terms`` set; returns the forms."""
        added: dict[str, None] = {}
        forms = iter(text.patterns([spelling for _, spellings in terms for spelling in spellings], self.characters))
        for facts, spellings in terms:
            for _ in spellings:
                for form in _with_plural(next(forms)):
                    known = self.facts_of.get(form)
                    self.facts_of[form] = facts if known is None else tuple(dict.fromkeys((*known, *facts)))
                    added[form] = None
        added.pop("", None)
        return added

    def _of_root(self, root: str) -> list[str]:
        """The forms that grow from a root, made ready when it is first met."""
        with self._lock:  # several threads may share a lexicon
            if root not in self._ready:
                self._ready[root] = list(self._add(self._roots[root]))
            return self._ready[root]

    def words(self, plain_texts: pl.Series) -> pl.Series:
        """The words to search, with masked phrases taken out."""
        result = text.words(plain_texts)
        phrases = self._phrases.within(result)
        if phrases:
            result = self._replace(result, phrases)
            if self._spread is not None:
                marked = result.str.contains("\x01", literal=True).arg_true()
                if len(marked):
                    spread = text.words(self._spread(plain_texts.gather(marked)))
                    result = result.scatter(marked, self._replace(spread, self._phrases.within(spread)))
        return result

    def _replace(self, words: pl.Series, phrases: list[str]) -> pl.Series:
        return words.str.replace_many(phrases, [self.replaced[phrase] for phrase in phrases], leftmost=True)

    def find(self, plain_texts: pl.Series) -> pl.DataFrame:
        """Every occurrence: ``index`` (position in the series), ``found`` (the pattern) and ``inside``, unordered.

        ``inside`` is a list of the kinds of facts for which another name was there first: in "samarium cobalt" the word samarium
        is no material of its own, nor are the lumps in "ferro tungsten lumps" lumps of tungsten.
        """
        words = self.words(plain_texts)
        found = self._patterns.find(words)
        roots = _occurrences(words, list(self._roots))
        if roots.height:
            further = [form for root in roots["found"].unique().sort().to_list() for form in self._of_root(root)]
            index = roots["index"].unique().sort()
            more = Patterns(dict.fromkeys(further)).find(words.gather(index))
            found = pl.concat([found, more.with_columns(pl.Series("index", index.gather(more["index"]), dtype=pl.UInt32))])
        return self._with_inside(found.unique(), words)

    def facts(self, form: str, inside: Sequence[str] | None = None) -> tuple[str, ...]:
        """The facts that a pattern sets where it was found."""
        return tuple(fact for fact in self.facts_of[form] if not inside or fact.partition(":")[0] not in inside)

    def scan(self, plain_texts: pl.Series) -> pl.DataFrame:
        """The bit columns of every text, in order; all zero where nothing is found."""
        occurrences = self.find(plain_texts)
        if not occurrences.height:
            zeros = pl.zeros(len(plain_texts), dtype=pl.UInt64, eager=True)
            return pl.DataFrame(dict.fromkeys(self.bits.columns, zeros))
        # many texts name the same goods: the bits are put together once for every set of names
        sets = (
            occurrences.select(
                "index", name=pl.concat_str("found", pl.lit("\x02"), pl.col("inside").list.join(",").fill_null(""))
            )
            .sort("index", "name")
            .group_by("index", maintain_order=True)
            .agg(pl.col("name").str.join("\x03").alias("names"))
        )
        distinct = sets["names"].unique().to_list()
        values = [self._values(names) for names in distinct]
        table = pl.DataFrame({"names": distinct}, schema={"names": pl.String}).with_columns(
            pl.Series(column, [value[place] for value in values], dtype=pl.UInt64)
            for place, column in enumerate(self.bits.columns)
        )
        every = pl.DataFrame({"index": pl.int_range(len(plain_texts), dtype=pl.UInt32, eager=True)})
        return (
            every.join(sets, on="index", how="left", maintain_order="left")
            .join(table, on="names", how="left", maintain_order="left")
            .select(pl.col(column).fill_null(0) for column in self.bits.columns)
        )

    def _values(self, names: str) -> list[int]:
        """The bit columns of a set of names, written as ``scan`` writes it."""
        facts: set[str] = set()
        for name in names.split("\x03"):
            form, _, inside = name.partition("\x02")
            facts.update(self.facts(form, inside.split(",") if inside else None))
        return self.bits.values(facts)

    def _with_inside(self, found: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
        """Add ``inside``: of names of one kind that overlap, the leftmost and then the longest counts."""
        kinds = {form: _kinds(self.facts_of[form]) for form in found["found"].unique().to_list()}
        naming = [form for form, of in kinds.items() if of]
        named = found.lazy().filter(pl.col("found").is_in(naming)).group_by("index").agg(pl.len().alias("n"))
        several = named.filter(pl.col("n") > 1).select("index").sort("index").collect()["index"]
        if not len(several):
            return found.with_columns(inside=pl.lit(None, dtype=pl.List(pl.String)))
        texts = words.gather(several)
        spans = (
            pl.LazyFrame(
                {
                    "index": several,
                    "found": texts.str.extract_many(naming, overlapping=True),
                    "start": texts.str.find_many(naming, overlapping=True),
                }
            )
            .explode("found", "start")
            .with_columns(
                end=pl.col("start") + pl.col("found").str.len_bytes() - pl.col("found").str.ends_with(" ").cast(pl.UInt32)
            )
            .with_columns(start=pl.col("start") + pl.col("found").str.starts_with(" ").cast(pl.UInt32))
            .with_columns(kind=pl.col("found").replace_strict(kinds, return_dtype=pl.List(pl.String)))
            .explode("kind")
            .sort("index", "kind", "start", "end", descending=[False, False, False, True])
            .with_columns(reach=pl.col("end").cum_max().shift(1).over("index", "kind"))
        )
        # a name is inside another of its kind only where each of its occurrences is
        within = (
            spans.group_by("index", "found", "kind")
            .agg(((pl.col("start") < pl.col("reach")).fill_null(False)).all().alias("within"))
            .filter("within")
            .sort("kind")
            .group_by("index", "found")
            .agg(pl.col("kind").alias("inside"))
        )
        return found.join(within.collect(), on=["index", "found"], how="left")


_NAMING = ("material", "label")
"""Kinds of facts of which the longest name counts."""


def _kinds(facts: Iterable[str]) -> list[str]:
    return sorted({kind for kind in (fact.partition(":")[0] for fact in facts) if kind in _NAMING})


def _occurrences(words: pl.Series, patterns: list[str]) -> pl.DataFrame:
    if not patterns:  # nothing can occur
        return pl.DataFrame(schema={"index": pl.UInt32, "found": pl.String})
    matches = words.str.extract_many(patterns, overlapping=True)
    return (
        pl.DataFrame({"index": pl.int_range(len(matches), dtype=pl.UInt32, eager=True), "found": matches})
        .filter(pl.col("found").list.len() > 0)
        .explode("found")
    )


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
