"""Matches party names with listed names by a normalised form: case, punctuation, width, spaces and legal form set aside.

Everything happens once per distinct name. A name that equals a listed one word for word is a match of level ``hit``; one that
equals it only when both legal forms, which differ, are set aside is of level ``review``: it may be another firm of the same
owner.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import polars as pl

from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.content.models import Content, PartyEntry

LEGAL_FORMS = "legal_form"
"""Id of the word list of legal forms in facts/terms."""

_START = 5
"""Characters of a core that are looked at first."""

MATCHES = {
    "name": pl.String,
    "list": pl.String,
    "entry": pl.String,
    "listed": pl.String,
    "level": pl.String,
    "score": pl.Float64,
    "explanation": pl.String,
    "explanation_zh": pl.String,
}
"""Columns of a table of matches; ``name`` is the name as given."""


@record
class Comparable:
    """A name made comparable."""

    core: str
    """Words without the legal form, joined without spaces."""
    forms: frozenset[str]
    """The kinds of its legal form (keys of the word list); empty where none is written."""


class Parties:
    """All listed names, ready to be looked up."""

    def __init__(self, content: Content) -> None:
        self.characters = str.maketrans(content.characters)
        words = content.terms.get(LEGAL_FORMS)
        kinds = {self._fold(term): kind for kind, group in (words.terms.items() if words else ()) for term in group}
        self._latin_forms = sorted(
            ((f.split(), k) for f, k in kinds.items() if f.isascii()), key=lambda form: (-len(form[0]), form)
        )
        self._other_forms = sorted(
            ((f.replace(" ", ""), k) for f, k in kinds.items() if not f.isascii()), key=lambda form: (-len(form[0]), form)
        )
        self._listed: dict[str, list[tuple[str, PartyEntry, str, frozenset[str]]]] = {}
        self._starts: set[str] = set()
        for ident, watchlist in sorted(content.watchlists.items()):
            for entry in watchlist.entries:
                for name in dict.fromkeys([entry.name, *entry.aliases]):
                    comparable = self.comparable(name)
                    if len(comparable.core) > 1:
                        self._starts.add(comparable.core[:_START])
                        self._listed.setdefault(comparable.core, []).append((ident, entry, name, comparable.forms))

    def comparable(self, name: str) -> Comparable:
        """The comparable form of a name."""
        folded = self._fold(name)
        compact = folded.replace(" ", "")
        for form, kind in self._other_forms:
            if compact.endswith(form) and len(compact) > len(form):
                return Comparable(compact.removesuffix(form), frozenset({kind}))
        words = folded.split()
        kinds: set[str] = set()
        while found := next((form for form in self._latin_forms if self._ends(words, form[0])), None):
            words = words[: -len(found[0])]
            kinds.add(found[1])
        return Comparable("".join(words), frozenset(kinds))

    @staticmethod
    def _ends(words: list[str], form: list[str]) -> bool:
        return len(words) > len(form) and words[-len(form) :] == form

    def _may_match(self, name: str) -> bool:
        """A quick test that loses nothing: the core of a name is where its letters and digits begin."""
        letters = "".join(filter(str.isalnum, self._plain(name).replace("&", "and")))
        return any(letters[:length] in self._starts for length in range(2, _START + 1))

    def _plain(self, name: str) -> str:
        plain = name if name.isascii() else unicodedata.normalize("NFKC", name).translate(self.characters)
        return plain.casefold()

    def _fold(self, name: str) -> str:
        text = re.sub(r"\b((?:\w\.){2,}\w?)", lambda m: m.group(1).replace(".", ""), self._plain(name))  # "d.o.o." is one word
        return " ".join(re.sub(r"[^\w]|_", " ", text.replace("&", " and ")).split())

    def match(self, names: Iterable[str]) -> pl.DataFrame:
        """Look up distinct names.

        Args:
            names: names as given; repeated ones are looked up once.

        Returns:
            A frame of MATCHES, sorted by name, list and entry; names without a match are missing.
        """
        rows = []
        for name in sorted(filter(self._may_match, set(names))):
            given = self.comparable(name)
            for ident, entry, listed, forms in self._listed.get(given.core, ()):
                differs = bool(given.forms and forms) and given.forms.isdisjoint(forms)
                level, score = ("review", 0.9) if differs else ("hit", 1.0)
                rows.append((name, ident, entry.id, listed, level, score, *_explain(name, listed, given.forms, forms)))
        frame = pl.DataFrame(rows, schema=MATCHES, orient="row")
        order = ["name", "list", "entry", "level", "listed"]
        return frame.sort(order).unique(["name", "list", "entry"], keep="first", maintain_order=True)


def _explain(name: str, listed: str, given: frozenset[str], own: frozenset[str]) -> tuple[str, str]:
    if name == listed:
        return "the names are identical", "名称完全一致"
    if given == own:
        return (
            "the names are equal apart from spelling of case, punctuation, spaces and legal form",
            "除大小写、标点、空格和组织形式写法外名称一致",
        )
    if given and own and given.isdisjoint(own):
        return "the names are equal, the legal forms differ", "名称一致，但组织形式不同"
    return "the names are equal when the legal form is set aside", "除去组织形式后名称一致"


def listed_facts(matches: pl.DataFrame) -> Mapping[str, list[str]]:
    """Name as given to the facts ``list:<id>`` of the lists it stands on."""
    facts: dict[str, list[str]] = {}
    for name, ident in matches.select("name", "list").unique().sort("name", "list").iter_rows():
        facts.setdefault(name, []).append(f"list:{ident}")
    return facts
