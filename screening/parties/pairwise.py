"""Compares two names without any list."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from screening.errors import UsageError
from screening.parties.compare import Comparer
from screening.parties.match import alignment
from screening.parties.names import PARTY_KINDS, Names
from screening.parties.wording import Wording
from screening.parties.words import Words
from screening.plaindata import record

if TYPE_CHECKING:
    from screening.content.models import Content
    from screening.parties.align import View
    from screening.parties.compare import Comparison, Level
    from screening.parties.names import Part, PartyKind


@record
class NameMatch:
    """What comparing two names came to."""

    score: float
    """Similarity from 0 to 1; the same whichever name comes first."""
    level: Level
    explanation: str
    explanation_zh: str
    strength: float
    """How much the agreement says, in words as good as unique."""
    alignment: str
    """What was taken for what, as parties.match.alignment writes it."""


class _Pairwise:
    def __init__(self, content: Content) -> None:
        self.names = Names(Words(content))
        self.comparer = Comparer(self.names.words)
        self.wording = Wording(content)

    def compare(self, left: str, right: str, kind: PartyKind) -> NameMatch:
        best: tuple[tuple[int, float, float], Comparison, Part] | None = None
        for view, read_as in self._views(left, right, kind):
            for ours in self._parts(left, read_as):
                for theirs in self._parts(right, read_as):
                    found = self.comparer.compare(ours, theirs, view, lambda _: 1.0)
                    rank = (("none", "review", "hit").index(found.level), found.similarity, found.strength)
                    if best is None or rank > best[0]:
                        best = rank, found, ours
        if best is None or not best[1].pairs:
            said = [self.wording.nothing(language) for language in ("en", "zh")]
            return NameMatch(0.0, "none", said[0], said[1], 0.0, "")
        _, found, part = best
        said = [self.wording.compared(left, right, part, found, language) for language in ("en", "zh")]
        return NameMatch(round(found.similarity, 3), found.level, said[0], said[1], round(found.strength, 2), alignment(found))

    def _parts(self, name: str, kind: PartyKind) -> list[Part]:
        parts = self.names.analyse(name, kind).parts
        readings = [] if name.isascii() else [self.names.readings(part) for part in parts]
        return [*parts, *filter(None, readings)]

    def _views(self, left: str, right: str, kind: PartyKind) -> list[tuple[View, PartyKind]]:
        if kind != "unknown":
            return [("firm" if kind == "company" else kind, kind)]
        firm = any(part.firm for name in (left, right) for part in self._parts(name, kind))
        return [("firm", kind)] if firm else [("firm", kind), ("person", "person")]


@cache
def _prepared() -> _Pairwise:
    from screening.content.snapshot import shipped  # noqa: PLC0415 - reads the content when the first names are compared

    return _Pairwise(shipped())


def compare_names(left: str, right: str, kind: PartyKind = "unknown") -> NameMatch:
    """Say whether two names may be the same party's. No list is looked up, so every word counts as equally rare.

    Args:
        left: a name, as written.
        right: another one.
        kind: what bears them: ``company``, ``person``, ``vessel`` or ``unknown``.

    Raises:
        UsageError: there is no such kind, or a name is no text.
    """
    given: tuple[object, object] = left, right
    if not all(isinstance(name, str) for name in given):
        raise UsageError(f"Two names are compared, not {type(left).__name__} and {type(right).__name__}.")
    if kind not in PARTY_KINDS:
        raise UsageError(f"There is no kind of party {kind!r}; it is one of {', '.join(PARTY_KINDS)}.")
    return _prepared().compare(left, right, kind)
