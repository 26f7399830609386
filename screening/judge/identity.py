"""Ids of hits, which stay the same as long as rule, document reference, content of the line and counterpart do."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import polars as pl

from screening.terms import COLUMNS

if TYPE_CHECKING:
    from screening.judge.plan import Plan

_POSITION_COLUMNS = ("line_no",)
"""Columns that say where a line stands rather than what it says: not part of a hit's identity."""
_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode


class Identities:
    """Gives hits their ids; identical ones are numbered over a whole run, so use one a run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._before = Before()

    def of(self, hits: pl.DataFrame, flagged: pl.DataFrame) -> list[str]:
        """The ids of ``hits``, which come in order of lines; ``flagged`` are their lines."""
        lines = _lines(flagged)
        parties = [hits[name].to_list() if name in hits.columns else [None] * hits.height for name in ("list", "entry", "role")]
        said = []
        for position, index, listed_on, entry, role in zip(hits["position"], hits["rule"], *parties, strict=True):
            counterpart = f"{listed_on or ''}/{entry}" if entry else ""
            said.append((self.plan.rules[index].id, *lines[position], counterpart, f"{counterpart}/{role or ''}"))
        ids = [_hash(*parts, "0") for parts in said]
        for place, times in enumerate(self._before.count([int(ident, 16) for ident in ids])):
            if times:
                ids[place] = _hash(*said[place], str(times))
        return ids


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _lines(lines: pl.DataFrame) -> dict[int, tuple[str, str]]:
    """For every line by position: its document reference, and the hash of its content without its place."""
    content = [name for name in COLUMNS if name not in _POSITION_COLUMNS and lines[name].null_count() < lines.height]
    references = lines.select_seq(pl.coalesce("document_ref", "house_bill", "declaration_no", "invoice_no", pl.lit("")))[:, 0]
    found = {}
    for place, reference, values in zip(lines["position"], references, lines.select_seq(content).iter_rows(), strict=True):
        stated = {name: value for name, value in zip(content, values, strict=True) if value is not None}
        found[place] = (reference, hashlib.sha256(_as_json(stated).encode()).hexdigest())
    return found


class Before:
    """How often each of very many keys came before, in eight bytes for every time."""

    def __init__(self) -> None:
        self._sorted: list[pl.Series] = []
        """Keys, sorted; every series is more than twice as long as the next, so that there are few."""

    def count(self, keys: list[int]) -> list[int]:
        """For each of ``keys``, which are below 2**64, how often it came before, here or in an earlier call."""
        given = pl.Series(keys, dtype=pl.UInt64)
        earlier = [0] * len(keys)
        for held in self._sorted:
            times = held.search_sorted(given, side="right") - held.search_sorted(given, side="left")
            if times.max():
                earlier = [known + more for known, more in zip(earlier, times.to_list(), strict=True)]
        here: dict[int, int] = {}
        for place, key in enumerate(keys):
            if again := here.get(key, 0):
                earlier[place] += again
            here[key] = again + 1
        self._sorted.append(given.sort())
        while len(self._sorted) > 1 and len(self._sorted[-2]) <= 2 * len(self._sorted[-1]):
            self._sorted[-2:] = [pl.concat(self._sorted[-2:]).sort()]
        return earlier
