"""Looks names up in the lists: once per distinct name, over all names of all entries, with a sentence for every match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from screening.parties.compare import Comparer, Comparison
from screening.parties.index import Index, Listed
from screening.parties.names import Names
from screening.parties.wording import Wording
from screening.parties.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.content.models import Content
    from screening.parties.compare import View
    from screening.parties.names import Analysed, Part, PartyKind

MATCHES = {
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
"""Columns of a table of matches. ``name``: as given; ``score``: similarity, 0 to 1; ``strength``: how much the agreement says, in
words as good as unique; ``alignment``: what was taken for what."""

_RANK = {"hit": 2, "review": 1}


@dataclass(slots=True)
class Match:
    """The best match of a name with an entry."""

    listed: Listed
    found: Comparison
    part: Part


class Parties:
    """All listed names, ready to be looked up."""

    def __init__(self, content: Content) -> None:
        self.words = Words(content)
        self.names = Names(self.words)
        self.comparer = Comparer(self.words)
        self.wording = Wording(content)
        self._indexes: dict[View, Index] = {view: Index(self.comparer, view) for view in ("firm", "person", "vessel")}
        parts: dict[tuple[str, View, bool], list[Part]] = {}
        for ident, watchlist in sorted(content.watchlists.items()):
            for entry in watchlist.entries:
                kind = entry.kind if entry.kind != "unknown" else watchlist.kind
                if kind == "address":
                    continue
                view: View = "person" if kind == "person" else "vessel" if kind == "vessel" else "firm"
                names = entry.names()
                # a name in another script is also read in Latin letters where the list gives none in them
                read = not any(name.isascii() for name, _ in names)
                for name, what in names:
                    key = (name, view, read)
                    if key not in parts:
                        parts[key] = self._listed_parts(*key)
                    for part in parts[key]:
                        self._indexes[view].add(ident, entry.id, name, what, part)

    def _listed_parts(self, name: str, view: View, read: bool) -> list[Part]:
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
        queries = [self._query(name, kind) for name in given]
        best: dict[tuple[str, str, str], Match] = {}
        for view, index in self._indexes.items():
            if not index.listed:
                continue
            asked = queries
            if kind == "unknown" and view == "person":  # what may be the name of a person is read as one
                asked = [self._query(query.given, view) for query, parts in queries if not any(part.firm for part in parts)]
            elif view != ("firm" if kind in ("company", "unknown") else kind):
                continue
            index.prepare(part for _, parts in asked for part in parts)
            for query, parts in asked:
                for part in parts:
                    for listed, found in index.search(part):
                        key = (query.given, listed.list, listed.entry)
                        match = Match(listed, self._limited(found, listed), part)
                        if key not in best or _better(match, best[key]):
                            best[key] = match
        named = {(name, ident) for (name, ident, _), match in best.items() if _outright(match)}
        rows = [
            self._row(name, ident, entry, match)
            for (name, ident, entry), match in sorted(best.items(), key=lambda item: item[0])
            # where a party is listed itself, its sisters on the list say nothing more
            if (name, ident) not in named or match.found.level == "hit"
        ]
        return pl.DataFrame(rows, schema=MATCHES, orient="row")

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

    def _row(self, name: str, ident: str, entry: str, match: Match) -> tuple[object, ...]:
        found = match.found
        said = [self.wording.explain(name, match.part, match.listed, found, language) for language in ("en", "zh")]
        return (
            *(name, ident, entry, match.listed.name, found.level),
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


def listed_facts(matches: pl.DataFrame) -> Mapping[str, list[str]]:
    """Name as given to the facts ``list:<id>`` of the lists it stands on."""
    facts: dict[str, list[str]] = {}
    for name, ident in matches.select("name", "list").unique().sort("name", "list").iter_rows():
        facts.setdefault(name, []).append(f"list:{ident}")
    return facts
