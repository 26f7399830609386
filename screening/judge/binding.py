"""Whose law binds the user: measures of other regimes are foreign, and ask for a review at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.errors import UsageError
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.content.models import Content


@record
class Binding:
    """The regimes whose measures bind the user."""

    regimes: tuple[str, ...]
    """As named by the user, or by the content where nobody named any."""
    everyone: frozenset[str]
    """Regimes that are nobody's foreign law (decision.yaml, ``binds_everyone``)."""

    def foreign(self, regime: str) -> bool:
        """Whether a measure of ``regime`` is foreign to the user; what is no measure of any regime never is."""
        return bool(regime) and regime not in self.regimes and regime not in self.everyone


def binding(content: Content, given: str | Iterable[str] | None) -> Binding:
    """What binds a user who says ``given``: regimes, or a text of regimes with commas; None: decision.yaml, ``bound_by``.

    Raises:
        UsageError: no regime is named, or one that nothing in the content belongs to.
    """
    default, everyone = content.decision["bound_by"], frozenset(content.decision["binds_everyone"])
    named = default if given is None else given.split(",") if isinstance(given, str) else given
    regimes = tuple(dict.fromkeys(name.strip().upper() for name in named if name.strip()))
    known = {*content.regimes, *regimes_of(content)}
    if not regimes:
        raise UsageError(f"Whose law binds you? Name regimes such as {','.join(default)}; known are {_listed(known)}.")
    if unknown := [name for name in regimes if name not in known]:
        raise UsageError(f"There is no regime {unknown[0]!r}; known are {_listed(known)}.")
    return Binding(regimes, everyone)


def regimes_of(content: Content) -> set[str]:
    """The regimes that the rules, laws and lists of the content belong to."""
    found = {entry.regime for kind in (content.instruments, content.rules, content.watchlists) for entry in kind.values()}
    return found - {""}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
