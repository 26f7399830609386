"""Firms that listed parties own (``--ownership FILE``): worked out from shares, for lists whose law has such a rule.

Who owns what is handed over as a table of owner, owned, percent. A firm counts as owned where listed parties, or firms so
owned themselves, hold the share that the list's rule names; so chains go on only through firms that are owned, and shares of
several are added up where the rule adds them up. What comes out is a list of its own beside each such list.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from screening.content.listmodels import PartyEntry, Watchlist
from screening.content.models import Dates
from screening.errors import ListError
from screening.folding import fold
from screening.parties.formats.draft import clean
from screening.parties.formats.own import sheet_rows
from screening.parties.formats.raw import open_file
from screening.plaindata import record
from screening.terms import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import polars as pl

    from screening.content.listmodels import Ownership
    from screening.content.models import Content
    from screening.parties.formats.raw import RawFile

OWNED = "ownership"
"""``format`` of the lists made here."""
EFFECT = "owned"
"""What a match with one asks for: the row of decision.yaml."""
_SEPARATOR = ".owned"
_HEADER_ROWS = 20
_SHOWN = 60
"""Characters of a cell that a message shows."""
_FIELDS = ("owner", "owned", "percent")
_SURE = "hit"
"""Level at which an owner's name counts as the listed party's."""


@record
class Share:
    """``owner`` holds ``percent`` of ``owned``."""

    owner: str
    owned: str
    percent: float


@record
class Shares:
    """The table of a file."""

    rows: tuple[Share, ...]
    sha256: str


@record
class _Held:
    """Why a firm counts as owned."""

    percent: float
    owners: tuple[tuple[str, float], ...]


def read_shares(path: Path, content: Content) -> Shares:
    """Read a table of owner, owned and percent (CSV, TSV or XLSX; headers by the words of the content).

    Raises:
        ListError: the file is damaged, lacks a column, or holds what is no share; every bad row is named.
    """
    raw = open_file(path)
    rows = sheet_rows(raw) if raw.data.startswith(b"PK\x03\x04") else _delimited(raw)
    start, columns = _columns(raw, rows, content.ownership_columns)
    shares: dict[tuple[str, str], Share] = {}
    problems: list[str] = []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        cells = {
            name: clean(str(row[place] if place < len(row) and row[place] is not None else "")) for name, place in columns.items()
        }
        if not any(cells.values()):
            continue
        percent = _percent(cells["percent"])
        if percent is None or not fold(cells["owner"]) or not fold(cells["owned"]):
            problems.append(f"row {number}: {', '.join(cells[field][:_SHOWN] or '-' for field in _FIELDS)}")
            continue
        key = (fold(cells["owner"]), fold(cells["owned"]))
        before = shares[key].percent if key in shares else 0.0
        shares[key] = Share(cells["owner"], cells["owned"], min(100.0, before + percent))
    if problems:
        more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise ListError(
            f"{raw.name}: a share has an owner, a firm owned, and a percentage of 0 to 100; "
            f"not so {'; '.join(problems[:5])}{more}."
        )
    if shares and max(share.percent for share in shares.values()) <= 1:
        raise ListError(f"{raw.name}: no share exceeds 1; percentages are written as 50, not as 0.5.")
    return Shares(tuple(shares.values()), raw.sha256)


def _delimited(raw: RawFile) -> list[list[Any]]:
    head = raw.text()[:2000].splitlines()
    line = head[0] if head else ""
    return [list(row) for row in raw.rows(max(",;\t", key=line.count))]


def _columns(raw: RawFile, rows: list[list[Any]], words: Mapping[str, list[str]]) -> tuple[int, dict[str, int]]:
    fields = {fold(word): name for name, group in words.items() for word in [name, *group]}
    for index, row in enumerate(rows[:_HEADER_ROWS]):
        found = {fields[key]: place for place, cell in enumerate(row) if (key := fold(str(cell or ""))) in fields}
        if set(_FIELDS) <= found.keys():
            return index, found
    raise ListError(f"{raw.name}: no row heads the columns {', '.join(_FIELDS)}; head them so.")


def _percent(text: str) -> float | None:
    try:
        value = float(text.rstrip("% ％").replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


def with_owned(content: Content, shares: Shares, match: Callable[[Iterable[str]], pl.DataFrame]) -> Content:
    """``content`` with a list of owned firms beside every list whose law has a rule on ownership.

    Args:
        content: the lists in use.
        shares: who owns what.
        match: looks names up in the lists of ``content`` (Parties.match).
    """
    ruled = {ident: watchlist for ident, watchlist in content.watchlists.items() if watchlist.ownership}
    if not ruled or not shares.rows:
        return content
    names = {fold(name): name for share in shares.rows for name in (share.owner, share.owned)}
    found = match(names.values())
    made = dict(content.watchlists)
    for ident, watchlist in ruled.items():
        listed: dict[str, str] = {}
        for name, in_list, entry, level in found.select("name", "list", "entry", "level").iter_rows():
            if in_list == ident and level == _SURE:
                listed.setdefault(fold(name), entry)
        entries = _owned(watchlist, listed, shares, names)
        if entries:
            made[f"{ident}{_SEPARATOR}"] = _beside(watchlist, entries, content)
    return replace(content, watchlists=made)


def _beside(watchlist: Watchlist, entries: list[PartyEntry], content: Content) -> Watchlist:
    title = content.texts["owned_title"]
    named = Text(title.en.format(list=watchlist.title.en), title.zh.format(list=watchlist.title.get("zh")))
    return replace(
        watchlist,
        id=f"{watchlist.id}{_SEPARATOR}",
        title=named,
        effect=EFFECT,
        kind="company",
        format=OWNED,
        notices={},
        files=[],
        counts={"entries": len(entries)},
        ownership=None,
        sha256="",
        entries=entries,
    )


def _owned(watchlist: Watchlist, listed: dict[str, str], shares: Shares, names: Mapping[str, str]) -> list[PartyEntry]:
    """The firms owned by parties of a list, each with its chain; listed parties themselves are not repeated."""
    rule = watchlist.ownership
    if rule is None or not listed:
        return []
    holders: dict[str, dict[str, float]] = {}
    for share in shares.rows:
        holders.setdefault(fold(share.owned), {})[fold(share.owner)] = share.percent
    held: dict[str, _Held] = {}
    grew = True
    while grew:  # what is owned grows with every turn and ends, whoever owns whom in a circle
        grew = False
        for firm, owners in sorted(holders.items()):
            if firm in listed or firm in held:
                continue
            counting = tuple((owner, percent) for owner, percent in sorted(owners.items()) if owner in listed or owner in held)
            total = sum(p for _, p in counting) if rule.together else max((p for _, p in counting), default=0.0)
            if counting and _reached(total, rule):
                held[firm], grew = _Held(total, counting), True
    entries = {entry.id: entry for entry in watchlist.entries}
    return [_entry(firm, held, listed, names, watchlist, entries) for firm in sorted(held)]


def _reached(percent: float, rule: Ownership) -> bool:
    return percent > rule.percent if rule.more_than else percent >= rule.percent


def _entry(
    firm: str,
    held: Mapping[str, _Held],
    listed: Mapping[str, str],
    names: Mapping[str, str],
    watchlist: Watchlist,
    entries: Mapping[str, PartyEntry],
) -> PartyEntry:
    chain, root = _chain(firm, held, listed, names)
    rule = watchlist.ownership
    owner = entries[listed[root]]
    return PartyEntry(
        id=f"owned-{hashlib.sha256(firm.encode()).hexdigest()[:10]}",
        name=names[firm],
        kind="company",
        programmes=owner.programmes,
        dates=_both(rule.dates if rule else None, watchlist.dates_of(owner)),
        certainty=owner.certainty,
        note=chain,
    )


def _chain(firm: str, held: Mapping[str, _Held], listed: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, str]:
    """The steps from listed parties to a firm, and the listed party at the head of its largest share."""
    steps: list[str] = []
    queue, done, root = [firm], set(), ""
    while queue:
        name = queue.pop(0)
        if name in done or name not in held:
            continue
        done.add(name)
        for owner, percent in sorted(held[name].owners, key=lambda pair: -pair[1]):
            ident = f" ({listed[owner]})" if owner in listed else ""
            steps.append(f"{names[owner]}{ident} holds {percent:g} % of {names[name]}")
            root = root or (owner if owner in listed else "")
            queue.append(owner)
    return "; ".join(steps), root


def _both(one: Dates | None, other: Dates | None) -> Dates | None:
    """When both apply."""
    if one is None or other is None:
        return one or other
    ends = [ended for ended in (one.ended, other.ended) if ended]
    return Dates(
        in_force=max(one.in_force, other.in_force),
        ended=min(ends, default=None),
        suspensions=sorted([*one.suspensions, *other.suspensions], key=lambda s: (s.from_, s.until or dt.date.max)),
    )
