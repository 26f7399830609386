"""Listed names made ready before, so that a start need not take them apart: whose they are, and what they came to."""

from __future__ import annotations

import hashlib
import marshal
from typing import TYPE_CHECKING, Any

from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.content.models import Content

_CANONICAL = 2
"""A form of marshal in which equal data have equal bytes."""


@record
class Ready:
    """The indexes of some lists."""

    lists: tuple[str, ...]
    of: str
    """What they were made from, as :func:`made_from` tells."""
    indexes: dict[str, tuple[Any, ...]]
    """By view, what ``Index.stored`` gave."""

    def fits(self, content: Content) -> bool:
        """Whether ``content`` has the lists, and they and all words are as they were."""
        return all(ident in content.watchlists for ident in self.lists) and made_from(content, self.lists) == self.of


def made_from(content: Content, lists: Iterable[str]) -> str:
    """SHA-256 over everything that listed names come from: the names, and the words by which they are taken apart."""
    words = (content.party_words, content.party_matching, content.characters)
    places = [content.reading.get(kind, {}) for kind in ("countries", "ports")]
    names = [
        (
            ident,
            content.watchlists[ident].kind,
            [(entry.id, entry.kind, entry.names()) for entry in content.watchlists[ident].entries],
        )
        for ident in lists
    ]
    return hashlib.sha256(marshal.dumps([words, places, names], _CANONICAL)).hexdigest()
