"""Facts as bits of a few unsigned integer columns, so that "has one of these facts" costs one AND per column on a million lines.

A fact is a text such as ``material:dy.oxide``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = 63
"""Bits used of each column; the sign bit is left alone so that signed and unsigned readings agree."""


class Bits:
    """Which fact is which bit of which column."""

    def __init__(self, facts: Iterable[str], prefix: str) -> None:
        self.facts = sorted(set(facts))
        self.prefix = prefix
        self._place = {fact: divmod(index, _WORD) for index, fact in enumerate(self.facts)}
        self._kinds: dict[str, list[str]] = {}
        self.columns = [f"{prefix}{index}" for index in range((len(self.facts) + _WORD - 1) // _WORD)] or [f"{prefix}0"]

    def values(self, facts: Iterable[str]) -> list[int]:
        """The integer of each column that has exactly the bits of ``facts`` set."""
        result = [0] * len(self.columns)
        for fact in facts:
            column, bit = self._place[fact]
            result[column] |= 1 << bit
        return result

    def table(self, sets: Sequence[frozenset[str]]) -> pl.DataFrame:
        """The bit columns, a row for each set of facts."""
        values = [self.values(facts) for facts in sets]
        return pl.DataFrame(values, schema=dict.fromkeys(self.columns, pl.UInt64), orient="row")

    def any_of(self, facts: Iterable[str]) -> pl.Expr:
        """True where at least one of ``facts`` is set; unknown where there was no text. Unknown facts never are."""
        tests = [
            (pl.col(column) & pl.lit(value, dtype=pl.UInt64)) != 0
            for column, value in zip(self.columns, self.values(f for f in facts if f in self._place), strict=True)
            if value
        ]
        if not tests:
            return pl.when(pl.col(self.columns[0]).is_null()).then(None).otherwise(False)
        result = tests[0]
        for test in tests[1:]:
            result = result | test
        return result

    def has(self, fact: str) -> bool:
        """Whether ``fact`` is known here at all."""
        return fact in self._place

    def of_kind(self, kind: str) -> list[str]:
        """All facts ``<kind>:…``."""
        if kind not in self._kinds:
            self._kinds[kind] = [fact for fact in self.facts if fact.startswith(f"{kind}:")]
        return self._kinds[kind]

    def present(self, frame: pl.DataFrame) -> frozenset[str]:
        """The facts that occur anywhere in ``frame``."""
        return self.decoded(
            frame.select_seq(pl.col(column).bitwise_or() for column in self.columns).row(0) if frame.height else ()
        )

    def decoded(self, values: Iterable[int | None]) -> frozenset[str]:
        """The facts whose bits are set in the values of the columns."""
        found = []
        for column, value in enumerate(values):
            rest = value or 0
            while rest:
                found.append(self.facts[column * _WORD + (rest & -rest).bit_length() - 1])
                rest &= rest - 1
        return frozenset(found)
