"""Cleared matches are taken out of the verdict and stay in the report: who cleared them, why, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.content.waivers import waiver_key

if TYPE_CHECKING:
    from screening.content.waivers import Waived

    Table = dict[tuple[str, str, str], Waived]


def with_waivers(acted: pl.DataFrame, waivers: Table) -> pl.DataFrame:
    """Hits with ``waived`` (whether a waiver counts for it) and ``waiver`` (its place in the table, null without one).

    A waived hit is a note that no longer counts; one whose waiver has lapsed asks what it asked before.

    Args:
        acted: hits with their action (Decision.act).
        waivers: Waivers.on of the day.
    """
    if not waivers or "entry" not in acted.columns or acted["entry"].null_count() == acted.height:
        return acted.with_columns(waived=pl.lit(value=False), waiver=pl.lit(None, pl.UInt32))
    places = {key: place for place, key in enumerate(waivers)}
    standing = list(waivers.values())
    found = [
        places.get(waiver_key(given, ident, entry)) if entry is not None else None
        for given, ident, entry in acted.select("given", "list", "entry").iter_rows()
    ]
    waived = pl.Series("waived", [place is not None and not standing[place].lapsed for place in found], dtype=pl.Boolean)
    return acted.with_columns(waived, pl.Series("waiver", found, dtype=pl.UInt32)).with_columns(
        action=pl.when("waived").then(pl.lit("note")).otherwise("action")
    )


def warnings(waivers: Table, used: set[int]) -> list[str]:
    """What a person should know about the waivers of a run: how many cleared a match, which have lapsed, which met nothing.

    Args:
        waivers: Waivers.on of the run's day.
        used: places of those that met a match.
    """
    if not waivers:
        return []
    standing = list(waivers.values())
    cleared = [one for place, one in enumerate(standing) if place in used and not one.lapsed]
    idle = [one for place, one in enumerate(standing) if place not in used and not one.lapsed]
    said = [f"{_counted(len(cleared))} cleared matches; the hits say who and why."] if cleared else []
    for one in standing:
        if one.lapsed:
            reason = f"it ended on {one.waiver.until}" if one.lapsed == "waiver_expired" else "the entry has changed or is gone"
            said.append(f"The waiver of {one.waiver.party!r} ({one.waiver.list} {one.waiver.entry}) no longer counts: {reason}.")
    if idle:
        names = ", ".join(repr(one.waiver.party) for one in idle[:4])
        said.append(f"{_counted(len(idle))} met no match of this run: {names}{' and more' if len(idle) > 4 else ''}.")
    return said


def _counted(count: int) -> str:
    return f"{count} waiver{'' if count == 1 else 's'}"
