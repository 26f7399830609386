"""Patterns to look for, and which of them a few texts can hold at all: for one line that spares an automaton of thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

FEW_TEXTS = 200
"""Up to so many texts it is cheaper to look first which patterns can occur at all than to build an automaton of all of them."""


class Patterns:
    """Patterns to look for, and quick to narrow down to those that can occur in a few texts."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.all = [form for form in patterns if form.strip()]  # a spelling without a letter or digit comes to nothing
        self._by_part: dict[str, list[str]] = {}
        for form in self.all:
            whole = form.split() if _is_whole(form) else ()
            # by the word that says most, or by a character: "n 35 sh" is one of a thousand names that begin with n
            part = max(whole, key=len) if whole else form.strip()[0]
            self._by_part.setdefault(part, []).append(form)
        self._words_of: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        """The forms with a part and the words of each, made ready when the part is first met."""

    @property
    def parts(self) -> list[str]:
        """Texts of which each pattern holds one."""
        return list(self._by_part)

    def within(self, look: Look | None) -> list[str]:
        """The patterns that may occur in the texts looked at: none that does is missing."""
        if look is None:
            return self.all
        found = []
        for part in self._by_part.keys() & look.parts:
            words_of = self._words_of.get(part)
            if words_of is None:
                forms = self._by_part[part]
                words_of = self._words_of[part] = [(form, tuple(form.split() if _is_whole(form) else ())) for form in forms]
            # whole words are looked up before they are searched for side by side
            found += [form for form, words in words_of if look.parts.issuperset(words)]
        return found if look.together is None else [form for form in found if form in look.together]


def _is_whole(form: str) -> bool:
    """Whether a pattern is of whole words."""
    return form[0] == " " == form[-1]


@record
class Look:
    """What texts hold."""

    together: str | None
    """All of them; None for many."""
    words: str | None
    """Their different words between blanks; None for many."""
    parts: set[str]
    """Words, and characters."""


def look_at(words: pl.Series) -> Look | None:
    """A look at texts; None where they are too many for it to pay."""
    if len(words) > FEW_TEXTS:
        return None
    together = "".join(words.to_list())
    different = dict.fromkeys(together.split())
    return Look(together, f" {' '.join(different)} ", {*different, *"".join(different)})


def look_at_many(words: pl.Series) -> Look:
    """The same of more texts, without them."""
    parts = set(words.str.split(" ").explode().unique().to_list())
    return Look(None, None, parts | set("".join(parts)))


def within(words: Iterable[str], look: Look | None) -> list[str]:
    """The words that may occur in the texts looked at, or in a word there, looked for one by one."""
    there = look.words if look else None
    return list(words) if there is None else [word for word in words if word in there]
