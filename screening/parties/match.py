"""Looks names up in the lists: once per distinct name, over all names of all entries, with a sentence for every match."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from screening.parties.compare import Comparer, Comparison
from screening.parties.index import Index, Listed
from screening.parties.names import Names
from screening.parties.others import Addresses, Numbers, imo
from screening.parties.ready import Ready, made_from
from screening.parties.sieve import Sieve
from screening.parties.wording import Wording
from screening.parties.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.content.listmodels import PartyEntry
    from screening.content.models import Content
    from screening.parties.align import View
    from screening.parties.names import Analysed, Part, PartyKind

MATCHES = {
    "what": pl.String,
    "name": pl.String,
    "list": pl.String,
    "entry": pl.String,
    "listed": pl.String,
    "level": pl.String,
    "score": pl.Float64,
    "strength": pl.Float64,
    "alignment": pl.String,
    "explanation": pl.String,
    "explanation_zh": pl.String,
}
"""Columns of a table of matches. ``what``: one of ASKED; ``name``: as given; ``score``: similarity, 0 to 1; ``strength``: what
the agreement says, in words as good as unique; ``alignment``: what was taken for what."""

ASKED = ("name", "vessel", "number", "address")
"""What is looked up: names of parties, names of ships (with ``IMO`` and the number), numbers of parties, addresses."""
_RANK = {"hit": 2, "review": 1}
_VIEWS: dict[PartyKind, tuple[View, ...]] = {
    "company": ("firm",),
    "person": ("person",),
    "vessel": ("vessel",),
    "unknown": ("firm", "person"),
}
"""Which listed names a name of a kind is compared with."""
_FEW = 200
"""Names up to which each is taken apart at once."""
_MOST_LEARNED = 200_000
"""Words of names asked about that are kept, some 100 MB: a service that runs for months meets new ones without end."""
_MANY_LISTED = 3000
"""Listed names from which on hardly a name has no word like one of theirs."""


@dataclass(slots=True)
class Match:
    """The best match of a name with an entry."""

    listed: Listed
    found: Comparison
    part: Part


class Parties:
    """All listed names, ready to be looked up."""

    def __init__(self, content: Content, ready: Ready | None = None) -> None:
        """Take the listed names apart.

        Args:
            content: the lists, and the words by which names are taken apart.
            ready: lists made ready before (:func:`made_ready`), which it takes over; left aside where ``content`` does not fit.
        """
        self.words = Words(content)
        self.names = Names(self.words)
        self.comparer = Comparer(self.words)
        self.wording = Wording(content)
        self.numbers = Numbers(content)
        self.addresses = Addresses(content, self.names, self.comparer)
        views: tuple[View, ...] = ("firm", "person", "vessel")
        self._indexes = {view: Index(self.comparer, view, partial(self._listed_parts, view)) for view in views}
        self._sieves: dict[View, Sieve] = {}
        restored: tuple[str, ...] = ()
        if ready is not None and ready.fits(content):
            restored = ready.lists
            for view, index in self._indexes.items():
                index.restore(ready.indexes[view])
        for ident, watchlist in sorted(content.watchlists.items()):
            for entry in watchlist.entries if ident not in restored else ():
                kind = entry.kind if entry.kind != "unknown" else watchlist.kind
                if kind == "address":
                    continue
                view = "person" if kind == "person" else "vessel" if kind == "vessel" else "firm"
                names = entry.names()
                # a name in another script is also read in Latin letters where the list gives none in them
                read = not any(name.isascii() for name, _ in names)
                for name, what in names:
                    self._indexes[view].add(ident, entry.id, name, what, read=read)
        self._own_words = len(self.words.known)

    @property
    def full(self) -> bool:
        """Whether so much was learned of the words of names asked about that it is better to begin anew."""
        return len(self.words.known) - self._own_words > _MOST_LEARNED

    def _listed_parts(self, view: View, name: str, read: bool) -> list[Part]:
        kind: PartyKind = "company" if view == "firm" else view
        parts = self.names.analyse(name, kind).parts
        readings = [self.names.readings(part) for part in parts] if read else []
        return [*parts, *filter(None, readings)]

    def match(self, names: Iterable[str], kind: PartyKind = "unknown") -> pl.DataFrame:
        """Look up distinct names.

        Args:
            names: names as given; repeated ones are looked up once.
            kind: what the names are of. Names of unknown kind are searched among firms and persons.

        Returns:
            A frame of MATCHES, sorted by name, list and entry; names without a match are missing.
        """
        given = sorted(set(names))
        if len(given) > _FEW and self.listed < _MANY_LISTED:
            given = self.possible(given, kind)
        queries = [self._query(name, kind) for name in given]
        best: dict[tuple[str, str, str], Match] = {}
        for view, index in self._indexes.items():
            if not index.listed or view not in _VIEWS[kind]:
                continue
            asked = queries
            if kind == "unknown" and view == "person":  # what may be the name of a person is read as one
                asked = [self._query(query.given, view) for query, parts in queries if not any(part.firm for part in parts)]
            index.prepare(part for _, parts in asked for part in parts)
            for query, parts in asked:
                for part in parts:
                    for listed, found in index.search(part):
                        key = (query.given, listed.list, listed.entry)
                        match = Match(listed, self._limited(found, listed), part)
                        if key not in best or _better(match, best[key]):
                            best[key] = match
        named = {(name, ident) for (name, ident, _), match in best.items() if _outright(match)}
        what = "vessel" if kind == "vessel" else "name"
        rows = [
            self._row(what, name, ident, entry, match)
            for (name, ident, entry), match in sorted(best.items(), key=lambda item: item[0])
            # where a party is listed itself, its sisters on the list say nothing more
            if ((name, ident) not in named or match.found.level == "hit")
        ]
        rows = self._by_number(what, [query for query, _ in queries], rows)
        return pl.DataFrame(rows, schema=MATCHES, orient="row").sort("name", "list", "entry")

    def possible(self, names: list[str], kind: PartyKind = "unknown") -> list[str]:
        """The names that may match anything of a kind."""
        possible: set[str] = set()
        words: list[list[str]] = []
        for view, index in self._indexes.items():
            if index.listed and view in _VIEWS[kind]:
                if view not in self._sieves:
                    self._sieves[view] = Sieve(self.names, index)
                words = words or [self._sieves[view].words_of(name) for name in names]
                possible.update(self._sieves[view].through(names, words))
        return sorted(possible)

    def lookup(self, asked: Mapping[str, Iterable[str]]) -> pl.DataFrame:
        """Look up everything a manifest says of parties: kind of text (ASKED) to distinct texts. A frame of MATCHES."""
        pieces = [pl.DataFrame(schema=MATCHES)]
        if names := asked.get("name"):
            pieces.append(self.match(names))
        if (ships := asked.get("vessel")) and self.vessels:
            pieces.append(self.match(ships, "vessel"))
        if (numbers := asked.get("number")) and self.numbers:
            rows = [self._number_row("number", n, n, i, e) for n in sorted(set(numbers)) for i, e in self.numbers.bearers(n)]
            pieces.append(pl.DataFrame(rows, schema=MATCHES, orient="row"))
        if (places := asked.get("address")) and self.addresses:
            pieces.append(self._places(sorted(set(places))))
        return pl.concat(pieces)

    @property
    def listed(self) -> int:
        """How many names are listed."""
        return sum(len(index.listed) for index in self._indexes.values())

    @property
    def vessels(self) -> bool:
        """Whether ships are listed."""
        return bool(self._indexes["vessel"].listed)

    def _places(self, places: list[str]) -> pl.DataFrame:
        best: dict[tuple[str, str, str], Match] = {}
        for place in places:
            for listed, found, part in self.addresses.search(place):
                match, key = Match(listed, found, part), (place, listed.list, listed.entry)
                if key not in best or _better(match, best[key]):
                    best[key] = match
        return pl.DataFrame([self._row("address", *key, match) for key, match in best.items()], schema=MATCHES, orient="row")

    def _by_number(self, what: str, queries: list[Analysed], rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        """Let numbers beside names decide: who bears one is a hit, and a ship with another IMO number is another ship."""
        others: set[tuple[object, ...]] = set()
        for query in queries:
            for _, number in query.identifiers:
                own = imo(number) if what == "vessel" else ""
                others.update(
                    (query.given, *ship) for ship, numbers in self.numbers.ships.items() if own and numbers and own not in numbers
                )
                for ident, entry in self.numbers.bearers(number):
                    row = self._number_row(what, query.given, number, ident, entry)
                    rows = [*(r for r in rows if r[1:4] != row[1:4]), row]
        return [row for row in rows if row[1:4] not in others]

    def _number_row(self, what: str, given: str, number: str, ident: str, entry: PartyEntry) -> tuple[object, ...]:
        said = [self.wording.number(number, ident, language) for language in ("en", "zh")]
        return (what, given, ident, entry.id, entry.name, "hit", 1.0, _NUMBER_STRENGTH, number, *said)

    def _query(self, name: str, kind: PartyKind) -> tuple[Analysed, list[Part]]:
        analysed = self.names.analyse(name, kind)
        parts = list(analysed.parts)
        if not name.isascii():
            parts += [read for part in analysed.parts if (read := self.names.readings(part)) is not None]
        return analysed, parts

    @staticmethod
    def _limited(found: Comparison, listed: Listed) -> Comparison:
        if listed.kind == "weak":
            found.cautions.append("weak")
            found.level = "review"
        return found

    def _row(self, what: str, name: str, ident: str, entry: str, match: Match) -> tuple[object, ...]:
        found = match.found
        said = [self.wording.explain(name, match.part, match.listed, found, language) for language in ("en", "zh")]
        return (
            *(what, name, ident, entry, match.listed.name, found.level),
            *(round(found.similarity, 3), round(found.strength, 2), alignment(found), *said),
        )


def _outright(match: Match) -> bool:
    return match.found.level == "hit" and match.found.similarity == 1.0


def _better(match: Match, other: Match) -> bool:
    def rank(m: Match) -> tuple[int, float, float, bool, str]:
        found = m.found
        return _RANK[found.level], found.similarity, found.strength, m.listed.kind == "name", m.listed.name

    return rank(match) > rank(other)


def alignment(found: Comparison) -> str:
    """What was taken for what: ``tundar~tondar 0.83``; words of one name alone after ``-``, of the listed one after ``+``."""
    pieces = [
        " ".join(pair.left) if pair.how == "same" else f"{' '.join(pair.left)}~{' '.join(pair.right)} {pair.likeness:.2f}"
        for pair in found.pairs
    ]
    return "; ".join([*pieces, *(f"-{word}" for word in found.left_only), *(f"+{word}" for word in found.right_only)])


def made_ready(content: Content) -> Ready:
    """The lists of ``content`` in a form to be kept: plain data."""
    parties = Parties(content)
    return Ready(
        tuple(sorted(content.watchlists)),
        made_from(content, sorted(content.watchlists)),
        {view: index.stored() for view, index in parties._indexes.items()},
    )


_NUMBER_STRENGTH = 3.0
"""What the same number says, in words as good as unique."""


def listed_facts(matches: pl.DataFrame, what: str = "name") -> Mapping[str, list[str]]:
    """Text as given to the facts ``list:<id>`` of the lists it stands on."""
    facts: dict[str, list[str]] = {}
    if not matches.height:
        return facts
    for name, ident in (
        matches.filter(pl.col("what") == what).select_seq("name", "list").unique().sort("name", "list").iter_rows()
    ):
        facts.setdefault(name, []).append(f"list:{ident}")
    return facts
