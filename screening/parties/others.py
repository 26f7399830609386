"""What finds a listed party besides its name: the number of a ship or a firm, and the address where only the place is listed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screening.parties.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.content.listmodels import PartyEntry
    from screening.content.models import Content
    from screening.parties.compare import Comparer, Comparison
    from screening.parties.index import Listed
    from screening.parties.names import Names, Part

_IMO_DIGITS = 7
_SHORTEST = 8
"""Letters and digits of a number, other than of ships, from which on no two parties have the same by chance."""
_LEAST_DIGITS = 5


def imo(text: str) -> str:
    """The IMO number in a text, where its check digit is right: the digits times 7 to 2, their sum ends with the last one."""
    digits = "".join(filter(str.isdigit, text))
    if len(digits) != _IMO_DIGITS:
        return ""
    total = sum(int(digit) * factor for digit, factor in zip(digits, range(7, 1, -1), strict=False))
    return digits if total % 10 == int(digits[-1]) else ""


def plain_number(text: str) -> str:
    """A number that identifies a party, letters and digits only; empty where it is too short to."""
    number = "".join(filter(str.isalnum, text)).upper()
    return number if len(number) >= _SHORTEST and sum(map(str.isdigit, number)) >= _LEAST_DIGITS else ""


class Numbers:
    """Listed numbers, to the entries that bear them."""

    def __init__(self, content: Content) -> None:
        self._bearers: dict[str, list[tuple[str, PartyEntry]]] = {}
        self.ships: dict[tuple[str, str], frozenset[str]] = {}
        """List and entry of a ship to its IMO numbers."""
        for ident, watchlist in sorted(content.watchlists.items()):
            for entry in watchlist.entries:
                for kind, numbers in entry.identifiers.items():
                    plain = [imo(number) if kind == "imo" else plain_number(number) for number in numbers]
                    for number in filter(None, plain):
                        self._bearers.setdefault(number, []).append((ident, entry))
                    if kind == "imo":
                        self.ships[ident, entry.id] = frozenset(filter(None, plain))

    def __bool__(self) -> bool:
        return bool(self._bearers)

    def bearers(self, number: str) -> Iterator[tuple[str, PartyEntry]]:
        """List and entry of everyone who bears a number."""
        seen = set()
        for ident, entry in self._bearers.get(imo(number) or plain_number(number), ()):
            if (ident, entry.id) not in seen:
                seen.add((ident, entry.id))
                yield ident, entry


class Addresses:
    """The addresses of entries that name no party but a place."""

    def __init__(self, content: Content, names: Names, comparer: Comparer) -> None:
        self.names = names
        self.index = Index(comparer, "firm", lambda address, _: [self._part(address)])
        for ident, watchlist in sorted(content.watchlists.items()):
            for entry in watchlist.entries:
                if entry.kind == "address" or (entry.kind == "unknown" and watchlist.kind == "address"):
                    for address in entry.addresses:
                        self.index.add(ident, entry.id, address, "name", read=False)

    def __bool__(self) -> bool:
        return bool(self.index.listed)

    def _part(self, address: str) -> Part:
        part = self.names.whole(address)
        return replace(part, words=tuple(word for word in part.words if word.kind != "particle"), glued=())

    def search(self, address: str) -> list[tuple[Listed, Comparison, Part]]:
        """Listed places that an address may be."""
        part = self._part(address)
        self.index.prepare([part])
        return [(listed, found, part) for listed, found in self.index.search(part)]
