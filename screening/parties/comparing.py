"""What changed between two versions of a list, and whether the new one may take the place of the old."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from screening.errors import ListError
from screening.plaindata import record

if TYPE_CHECKING:
    from screening.content.listmodels import PartyEntry, Watchlist

KEPT = 0.8
"""Share of the old list's entries that a new one must have. Authorities delist a few a week, never a fifth at once; half a
download, or one file of several, loses more."""


@record
class Change:
    """One entry that was added, removed or changed."""

    what: str
    """``added``, ``removed`` or ``changed``."""
    id: str
    name: str
    fields: dict[str, tuple[Any, Any]]
    """Of a changed entry: field to what it was and what it is."""


def changes(old: Watchlist, new: Watchlist) -> list[Change]:
    """The changes from ``old`` to ``new``: removed, added, changed, each by id."""
    before, after = ({entry.id: entry for entry in watchlist.entries} for watchlist in (old, new))
    found = [Change("removed", ident, before[ident].name, {}) for ident in sorted(before.keys() - after.keys())]
    found += [Change("added", ident, after[ident].name, {}) for ident in sorted(after.keys() - before.keys())]
    for ident in sorted(before.keys() & after.keys()):
        if differing := _differing(before[ident], after[ident]):
            found.append(Change("changed", ident, after[ident].name, differing))
    return found


def _differing(old: PartyEntry, new: PartyEntry) -> dict[str, tuple[Any, Any]]:
    if old == new:
        return {}
    names = [field.name for field in dataclasses.fields(old)]
    return {name: (getattr(old, name), getattr(new, name)) for name in names if getattr(old, name) != getattr(new, name)}


def what_changed(old: Watchlist, new: Watchlist, found: list[Change]) -> Watchlist:
    """The new list with nothing but the entries that were added or changed, to screen old manifests against them alone."""
    wanted = {change.id for change in found if change.what != "removed"}
    entries = [entry for entry in new.entries if entry.id in wanted]
    said = f"holds only what was added or changed since the list of {old.date}"
    return dataclasses.replace(new, entries=entries, counts={"entries": len(entries)}, problems=[*new.problems, said])


def check_successor(old: Watchlist, new: Watchlist) -> None:
    """Let a new version pass, or say why it must not take the place of the old one.

    Raises:
        ListError: it is older, or has lost so many entries that it is hardly whole.
    """
    if new.date and old.date and new.date < old.date:
        raise ListError(
            f"{new.id}: the new list is of {new.date}, the one in use of {old.date}; the one in use stays. --accept takes "
            "the new one all the same."
        )
    if len(new.entries) < KEPT * len(old.entries):
        raise ListError(
            f"{new.id}: the new list has {len(new.entries):,} entries, the one in use {len(old.entries):,}; that looks like half "
            "a download, and the one in use stays. --accept takes the new one all the same."
        )
