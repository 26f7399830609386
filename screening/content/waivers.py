"""Cleared matches (``--waivers FILE``): a person looked, and the party named is not the one listed.

A waiver is bound to the name as given, to the entry, and to what the entry says. It lapses with its last day, and as soon as
the entry says something else: then the match asks again.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic resolves the types of the fields at run time
import hashlib
import json
from typing import TYPE_CHECKING

from screening.content.entries import read_entries
from screening.content.factmodels import Strict
from screening.content.snapshot import to_plain
from screening.folding import fold
from screening.plaindata import record

if TYPE_CHECKING:
    from pathlib import Path

    from screening.content.document import Document
    from screening.content.listmodels import PartyEntry
    from screening.content.models import Content

_DIGITS = 16


@record(kw_only=True)
class Waiver(Strict):
    """One match that somebody cleared."""

    party: str
    """The name as the manifest gives it; case, blanks and punctuation do not count."""
    list: str
    entry: str
    entry_hash: str
    """Of the entry as it was when somebody looked; `screening watchlists show` tells it."""
    because: str
    checked_by: str
    checked_on: dt.date
    until: dt.date
    """Last day on which it counts."""

    def told(self) -> dict[str, str]:
        """Its parts as texts, for settings and reports."""
        days = {"checked_on": self.checked_on.isoformat(), "until": self.until.isoformat()}
        names = ("party", "list", "entry", "entry_hash", "because", "checked_by")
        return {name: getattr(self, name) for name in names} | days


@record
class Waived:
    """A waiver and how it stands on a day."""

    waiver: Waiver
    lapsed: str
    """Key of the sentence that says why it no longer counts; empty where it does."""


def entry_hash(entry: PartyEntry) -> str:
    """Sixteen hexadecimal digits over all that an entry says."""
    text = json.dumps(to_plain(entry), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def waiver_key(party: str, list_id: str, entry: str) -> tuple[str, str, str]:
    """What a waiver and a match must have in common."""
    return fold(party), list_id, entry


class Waivers:
    """The waivers of a file, laid beside the lists in use."""

    def __init__(self, waivers: tuple[Waiver, ...] = (), content: Content | None = None) -> None:
        self.waivers = waivers
        self._now: dict[tuple[str, str], str] = {}
        wanted = {(waiver.list, waiver.entry) for waiver in waivers}
        for ident in {name for name, _ in wanted}:
            watchlist = content.watchlists.get(ident) if content else None
            for entry in watchlist.entries if watchlist else ():
                if (ident, entry.id) in wanted:
                    self._now[ident, entry.id] = entry_hash(entry)

    def on(self, today: dt.date) -> dict[tuple[str, str, str], Waived]:
        """Every waiver by what it is bound to, with how it stands on ``today``."""
        return {waiver_key(w.party, w.list, w.entry): Waived(w, self._lapsed(w, today)) for w in self.waivers}

    def _lapsed(self, waiver: Waiver, today: dt.date) -> str:
        if (waiver.list, waiver.entry) not in self._now:
            return "waiver_entry_changed"
        if self._now[waiver.list, waiver.entry] != waiver.entry_hash:
            return "waiver_entry_changed"
        return "waiver_expired" if today > waiver.until else ""


def read_waivers(path: Path, content: Content, today: dt.date) -> Waivers:
    """The waivers of a file, checked against ``content``.

    Raises:
        ContentError: with every problem of the file, each with its line.
    """

    def check(document: Document, found: list[Waiver]) -> None:
        _check(document, found, content, today)

    found = read_entries(path, "waivers", Waiver, "a waiver", "party, list, entry", check)
    return Waivers(tuple(sorted(found, key=lambda w: (w.list, w.entry, w.party))), content)


def _check(document: Document, found: list[Waiver], content: Content, today: dt.date) -> None:
    most = int(content.decision["waiver_days"])
    seen: dict[tuple[str, str, str], int] = {}
    for index, one in enumerate(found):

        def tell(key: str, message: str, index: int = index) -> None:
            document.problem(("waivers", index, key), message)

        for key in ("party", "list", "entry", "entry_hash", "because", "checked_by"):
            if not fold(getattr(one, key)):
                tell(key, f"{key} is empty: a waiver says whom it clears, of which entry, why, and who looked")
        if one.checked_on > today:
            tell("checked_on", f"{one.checked_on} lies ahead: a waiver tells what was looked up, not what will be")
        if not 0 <= (one.until - one.checked_on).days <= most:
            tell("until", f"{one.until} is not within {most} days after {one.checked_on}, when it was checked; check again")
        same = waiver_key(one.party, one.list, one.entry)
        if same in seen:
            tell("party", f"this match is cleared twice, first in line {document.line(('waivers', seen[same]))}")
        seen.setdefault(same, index)
