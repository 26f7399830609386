"""Reads shares of elements, purities and other measures from goods texts, as ranges.

A range is two numbers, both null where nothing is stated: "0.24 %" is 0.24 to 0.24, "< 0.1 %" is 0 to just under 0.1, "Dy-free"
is 0 to 0. Comparing ranges keeps "known above", "known below" and "cannot tell" apart.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from screening.plaindata import record
from screening.series import constant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from screening.content.factmodels import MeasurePattern
    from screening.content.models import Content

_BELOW = 1 - 1e-9
""""Less than x" ends just under x, so that "< 0.1" is not "at least 0.1"."""
_TOP = 1e12
_FEW_TO_READ = 100
"""Up to so many texts reading them one by one is quicker than a query."""
_NUMBER = r"(?:\d{4,6}|\d{1,3}(?:[.,]\d+)?)"
_THOUSANDS = r"^([1-9]\d{0,2}),(\d{3})$"
"""Of parts per million a comma before three digits parts the thousands; of percent it is a decimal sign."""
_UNITS = {"%": 1.0, "％": 1.0, "ppm": 1e-4, "‰": 0.1}
_SHARE = r"\d{1,2}(?:\.\d{1,2})?"
_PART = rf"(?:[A-Z][a-z]?(?:{_SHARE})?|{_SHARE}[A-Z][a-z]?)"
_SHARE_SIGNS = ["%", "％", "‰", "ppm"]
"""What a share is written with: texts without any of them are spared the search."""
_ALLOY = rf"\b(?:{_PART}(?:[-/]?{_PART}){{1,6}}|(?:[A-Z]{{2}}{_SHARE}){{2,6}})\b"
_NUMBERED = r"[A-Za-z]\d|\d[A-Z]"
"""Every number of an alloy string stands right beside a symbol."""
_NUMBER_AFTER = re.compile(rf"([A-Z][a-z]?)({_SHARE})?")
_NUMBER_BEFORE = re.compile(rf"({_SHARE})?([A-Z][a-z]?)")


@record
class _Patterns:
    """What finds shares in a text."""

    element: str
    """An element by itself."""
    after: str
    before: str


class Shares:
    """Knows the elements by symbol and name and reads their shares."""

    def __init__(self, content: Content) -> None:
        self.of_symbol: dict[str, str] = {}
        spelled: dict[str, str] = {}
        for ident, material in content.materials.items():
            if not material.symbol or not re.fullmatch(r"[A-Z][a-z]?", material.symbol):
                continue
            self.of_symbol[material.symbol] = ident
            spelled[material.symbol] = ident
            if not material.symbol_is_word and len(material.symbol) == 2:
                spelled[material.symbol.upper()] = ident
            names = {material.name.en, material.name.zh, *(n for group in material.names.values() for n in group)}
            # the share of an oxide is taken for that of its element: it bounds it from above
            oxides = (
                formula
                for substance in material.substances.values()
                if substance.is_ == "oxide"
                for formula in substance.formulas
            )
            spelled.update((formula, ident) for formula in oxides if material.symbol in formula)
            for name in names - {""}:
                spelled.update({name: ident, name.lower(): ident, name.capitalize(): ident, name.upper(): ident})
        self.less = tuple(word.lower() for word in content.relations.get("less", ()))
        self.more = tuple(word.lower() for word in content.relations.get("more", ()))
        self.spelled = spelled
        self._numbers = _any(content.relations.get("content", ())), _any({*self.less, *self.more})

    @cached_property
    def _of_all(self) -> _Patterns:
        return self._patterns(self.spelled)

    def _patterns(self, names: Iterable[str]) -> _Patterns:
        """What finds shares of the elements with one of ``names``: all of them, or those that stand in few texts."""
        content_words, relation = self._numbers
        element = _any(names)
        # names in Chinese characters are also joined by a character or by nothing: 镝铽, 镝和铽
        characters = _any(name for name in names if not name.isascii())
        several = rf"(?:{element})(?:\s*[+/&]\s*(?:{element})|\s*[、和与及]?\s*(?:{characters}))*"
        unit = r"wt\.?\s*-?\s*%|[%％‰]|ppm"
        number = rf"(?P<lo>{_NUMBER})\s*(?:[%％]?\s*(?:-|–|~)\s*(?P<hi>{_NUMBER})\s*)?"
        after = (
            rf"(?:^|[^A-Za-z0-9])(?P<what>{several})\s*-?(?:(?i:{content_words})\s*)*"
            rf"[)）]?\s*[:：=|]?\s*\(?(?P<rel>(?i:{relation}))?\)?\s*{number}(?P<unit>{unit})"
        )
        before = (
            rf"(?P<rel>(?i:{relation}))?\s*{number}(?P<unit>{unit})\s*(?:(?i:of)\s+)?"
            rf"(?P<what>(?:{element}))(?:[^A-Za-z0-9]|$)"
        )
        return _Patterns(element, after, before)

    def read(self, texts: pl.Series) -> pl.DataFrame:
        """All stated shares: ``index, what`` (element ids joined by ``+``, sorted), ``lo, hi`` in percent by weight."""
        with_share = _holding(texts, _SHARE_SIGNS)(_SHARE_SIGNS)
        if not len(with_share):
            return self._alloys(texts).unique(["index", "what"], keep="first", maintain_order=True)
        if len(with_share) <= _FEW_TO_READ:
            together = "\n".join(texts.gather(with_share).to_list())
            patterns = self._patterns([name for name in self.spelled if name in together])
        else:
            patterns = self._of_all
        after = _at(with_share, self._stated(texts.gather(with_share), patterns.after, patterns.element))
        rest = with_share.filter(~with_share.is_in(after["index"].implode()))
        before = _at(rest, self._stated(texts.gather(rest), patterns.before, patterns.element))
        return pl.concat([after, before, self._alloys(texts)]).unique(["index", "what"], keep="first", maintain_order=True)

    def _stated(self, texts: pl.Series, pattern: str, element: str) -> pl.DataFrame:
        found = _occurrences(texts, pattern)
        if not found.height:
            return _no_shares()
        scale = pl.col("unit").str.to_lowercase().str.replace_all(r"\s", "").replace_strict(_UNITS, default=1.0)
        whole = [
            pl.when(pl.col("unit").str.to_lowercase() == "ppm")
            .then(pl.col(end).str.replace(_THOUSANDS, "$1$2"))
            .otherwise(pl.col(end))
            .alias(end)
            for end in ("lo", "hi")
        ]
        found = found.with_columns_seq(whole)
        low, high = _ends(self.less, self.more, minimum_is_value=False)
        return (
            found.with_columns_seq(scale=scale)
            .with_columns_seq(lo=(low * pl.col("scale")), hi=(high * pl.col("scale")).clip(0, 100))
            .with_columns_seq(what=self._elements(found["what"], element))
            .filter(pl.col("lo") <= 100)
            .select_seq("index", "what", "lo", "hi")
        )

    def _elements(self, written: pl.Series, element: str) -> pl.Series:
        known = {}
        for text in written.unique().to_list():
            known[text] = "+".join(sorted({self.spelled[part] for part in re.findall(element, text)}))
        return written.replace_strict(known, return_dtype=pl.String)

    def _alloys(self, texts: pl.Series) -> pl.DataFrame:
        frame = _alloy_strings(texts)
        if not frame.height:
            return _no_shares()
        rows = [
            (text, element, share)
            for text in frame["written"].unique().sort().to_list()
            for element, share in self.alloy(text).items()
        ]
        if not rows:
            return _no_shares()
        table = pl.DataFrame(rows, schema={"written": pl.String, "what": pl.String, "lo": pl.Float64}, orient="row")
        return (
            frame.join(table, on="written", how="inner")
            .with_columns_seq(hi=pl.col("lo"))
            .select_seq("index", "what", "lo", "hi")
            .sort("index", "what", "lo")
        )

    def alloy(self, written: str) -> dict[str, float]:
        """Shares of an alloy string such as ``Sn42Bi58``, ``Sn-58Bi`` or ``Sn96.5Ag3Cu0.5``; empty if it is none.

        Its numbers add up to 100; with two parts one number of at least 20 may stand alone, the rest being the other part.
        A formula such as ``SmCo5`` or ``Bi2Te3`` is no alloy string: its numbers count atoms. In capitals (``SN42BI58``) every
        part needs its number.
        """
        if written.isupper():
            written = re.sub("[A-Z]{2}", lambda found: found[0].capitalize(), written)
        parts: list[tuple[str, float | None]] = []
        for piece in re.split("[-/]", written):
            pairs = (
                [(symbol, number) for number, symbol in _NUMBER_BEFORE.findall(piece)]
                if piece[0].isdigit()
                else _NUMBER_AFTER.findall(piece)
            )
            parts.extend((self.of_symbol.get(symbol, ""), float(number) if number else None) for symbol, number in pairs)
        elements = [element for element, _ in parts]
        known = [share for _, share in parts if share is not None]
        if len(parts) < 2 or "" in elements or len(set(elements)) != len(parts):
            return {}
        if len(known) == len(parts):
            return dict(zip(elements, known, strict=True)) if 97 <= sum(known) <= 103 else {}
        told = sum(known)
        if len(known) == len(parts) - 1 and 20 <= told < 100 and (len(parts) == 2 or re.search("[-/]", written)):
            return {element: 100 - told if share is None else share for element, share in parts}
        return {}


def _alloy_strings(texts: pl.Series) -> pl.DataFrame:
    """What is written like an alloy with a number: ``index, written``."""
    if len(texts) <= _FEW_TO_READ:
        numbered, strings = re.compile(_NUMBERED), re.compile(_ALLOY)
        places = [(place, text) for place, text in enumerate(texts.to_list()) if numbered.search(text)]
        rows = [(place, written) for place, text in places for written in strings.findall(text)]
        frame = pl.DataFrame(rows, schema={"index": pl.UInt32, "written": pl.String}, orient="row")
    else:
        held = texts.str.contains(_NUMBERED).arg_true().cast(pl.UInt32)
        found = pl.DataFrame({"index": held, "written": texts.gather(held).str.extract_all(_ALLOY)})
        frame = found.filter(pl.col("written").list.len() > 0).explode("written")
    like = pl.col("written").str.contains(r"[a-z]|^(?:[A-Z]{2}[0-9.]+){2,}$")
    return frame.filter(pl.col("written").str.contains(r"\d"), like) if frame.height else frame


class Measures:
    """Reads the other measures of facts/measures.yaml."""

    def __init__(self, content: Content) -> None:
        self.patterns: Mapping[str, Sequence[MeasurePattern]] = content.measures
        self._signs = sorted({sign for patterns in self.patterns.values() for pattern in patterns for sign in pattern.needs})
        self.less = tuple(word.lower() for word in content.relations.get("less", ()))
        self.more = tuple(word.lower() for word in content.relations.get("more", ()))

    def read(self, texts: pl.Series) -> pl.DataFrame:
        """Columns ``<measure>.lo`` and ``<measure>.hi``, a row a text; several statements give the range that covers them."""
        nothing = constant(None, pl.Float64(), len(texts))
        holding = _holding(texts, self._signs)
        columns: dict[str, pl.Series] = {}
        for measure, patterns in self.patterns.items():
            low, high = f"{measure}.lo", f"{measure}.hi"
            places = [(pattern, holding(pattern.needs)) for pattern in patterns]
            found = [_at(held, self._one(texts.gather(held), pattern)) for pattern, held in places if len(held)]
            found = [frame for frame in found if frame.height]
            if not found:
                columns[low] = columns[high] = nothing
                continue
            covering = pl.concat(found).group_by("index").agg(lo=pl.col("lo").min(), hi=pl.col("hi").max())
            columns[low], columns[high] = (nothing.clone().scatter(covering["index"], covering[end]) for end in ("lo", "hi"))
        return pl.DataFrame(columns)

    def _one(self, texts: pl.Series, pattern: MeasurePattern) -> pl.DataFrame:
        found = _occurrences(texts, pattern.pattern)
        if not found.height:
            return found
        if pattern.nines:
            digits = pl.col("lo").cast(pl.Float64, strict=False) - 2
            low = high = 100 - 10.0 ** (-digits) * (1 - pl.col("hi").cast(pl.Float64, strict=False).fill_null(0) / 10)
        else:
            low, high = _ends(self.less, self.more, minimum_is_value=pattern.minimum_is_value)
            if pattern.per is not None:
                low, high = pattern.per / high, pattern.per / low
            low, high = low * pattern.scale, high * pattern.scale
        return (
            found.with_columns_seq(lo=low, hi=high)
            .filter(
                pl.col("hi") >= (pattern.least if pattern.least is not None else -_TOP),
                pl.col("hi") <= (pattern.most if pattern.most is not None else 2 * _TOP),
            )
            .select_seq("index", "lo", "hi")
        )


def shares_of(stated: pl.DataFrame, elements: Sequence[str], absent: pl.DataFrame | None = None) -> pl.DataFrame:
    """The range of the summed share of ``elements`` for every text that says something about it.

    Args:
        stated: result of ``Shares.read``.
        elements: element ids, such as ``["dy", "tb"]``.
        absent: ``index, what`` of elements that a text says are not there.

    Returns:
        ``index, lo, hi``: a joint statement ("Dy+Tb < 0.1 %") where there is one, else the sum of the single ones, with 100 as
        upper end where one of them is not stated.
    """
    joint_name = "+".join(sorted(elements))
    if absent is not None and absent.height:
        zero = absent.with_columns_seq(lo=pl.lit(0.0), hi=pl.lit(0.0)).select_seq("index", "what", "lo", "hi")
        stated = pl.concat([stated, zero]).unique(["index", "what"], keep="first", maintain_order=True)
    joint = stated.filter(pl.col("what") == joint_name).select_seq("index", "lo", "hi")
    if len(elements) == 1:
        wider = stated.filter(pl.col("what").str.split("+").list.contains(elements[0]) & (pl.col("what") != joint_name))
        within = wider.group_by("index").agg(pl.col("hi").min()).with_columns_seq(lo=pl.lit(0.0)).select_seq("index", "lo", "hi")
        return pl.concat([joint, within.join(joint, on="index", how="anti")])
    single = (
        stated.filter(pl.col("what").is_in(list(elements)))
        .group_by("index")
        .agg(pl.col("lo").sum(), pl.col("hi").sum().alias("sum"), pl.len().alias("count"))
        .with_columns_seq(hi=pl.when(pl.col("count") == len(elements)).then(pl.col("sum").clip(0, 100)).otherwise(100.0))
        .select_seq("index", "lo", "hi")
    )
    return pl.concat([joint, single.join(joint, on="index", how="anti")])


_NONE = pl.DataFrame(schema={"index": pl.UInt32, "lo": pl.Float64, "hi": pl.Float64})
"""No match of a pattern."""


def _occurrences(texts: pl.Series, pattern: str) -> pl.DataFrame:
    """Every match of ``pattern`` with its named groups as columns, and ``index``."""
    if len(texts) <= _FEW_TO_READ:
        return _few_occurrences(texts, re.compile(pattern))
    frame = (
        pl.DataFrame({"index": _positions(texts), "match": texts.str.extract_all(pattern)})
        .filter(pl.col("match").list.len() > 0)
        .explode("match")
    )
    if not frame.height:
        return _NONE
    found = frame.with_columns_seq(pl.col("match").str.extract_groups(pattern).struct.unnest()).drop("match")
    return found.with_columns_seq(
        pl.lit(None, dtype=pl.String).alias(name) for name in ("rel", "hi") if name not in found.columns
    )


def _few_occurrences(texts: pl.Series, pattern: re.Pattern[str]) -> pl.DataFrame:
    """The same of few texts, for which polars would take longer to make the pattern ready than to look for it."""
    names = tuple(dict.fromkeys(("rel", "lo", "hi", *pattern.groupindex)))
    rows = [
        (place, *(found[name] if name in pattern.groupindex else None for name in names))
        for place, text in enumerate(texts.to_list())
        for found in pattern.finditer(text)
    ]
    return pl.DataFrame(rows, schema={"index": pl.UInt32} | dict.fromkeys(names, pl.String), orient="row") if rows else _NONE


def _ends(less: Iterable[str], more: Iterable[str], *, minimum_is_value: bool) -> tuple[pl.Expr, pl.Expr]:
    """Expressions for both ends of the range that the text columns ``rel``, ``lo`` and ``hi`` state, in either order."""
    first = pl.col("lo").str.replace(",", ".").cast(pl.Float64, strict=False)
    second = pl.col("hi").str.replace(",", ".").cast(pl.Float64, strict=False)
    turned = second < first
    number, upper = pl.when(turned).then(second).otherwise(first), pl.when(turned).then(first).otherwise(second)
    relation = pl.col("rel").str.to_lowercase().str.strip_chars()
    is_less, is_more = relation.is_in(list(less)).fill_null(False), relation.is_in(list(more)).fill_null(False)
    low = pl.when(is_less & upper.is_null()).then(0.0).otherwise(number)
    open_top = number if minimum_is_value else pl.lit(_TOP)
    high = (
        pl.when(upper.is_not_null())
        .then(upper)
        .when(is_less)
        .then(number * _BELOW)
        .when(is_more)
        .then(open_top)
        .otherwise(number)
    )
    return low, high


def _any(words: Iterable[str]) -> str:
    """An alternation, the longest first; of no words one that never matches."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) or "$^"


def _holding(texts: pl.Series, signs: list[str]) -> Callable[[list[str]], pl.Series]:
    """What tells the positions of the texts with any of some of the ``signs``, whose letter case does not count."""
    places = {sign: held for sign, held in _places(texts, signs).items() if len(held)}
    nothing = pl.Series(dtype=pl.UInt32)

    def holding(wanted: list[str]) -> pl.Series:
        met = [places[sign] for sign in {sign.lower() for sign in wanted} if sign in places]
        if len(met) < 2:
            return met[0] if met else nothing
        return pl.concat(met).unique().sort()

    return holding


def _places(texts: pl.Series, signs: list[str]) -> dict[str, pl.Series]:
    """The positions of the texts with each of the signs, which are told in small letters."""
    if len(texts) <= _FEW_TO_READ:
        lowered = [text.lower() for text in texts.to_list()]
        together = "\n".join(lowered)
        there = [small for small in {sign.lower() for sign in signs} if small in together]
        return {
            small: pl.Series([place for place, text in enumerate(lowered) if small in text], dtype=pl.UInt32) for small in there
        }
    found = pl.DataFrame({"sign": texts.str.extract_many(signs, ascii_case_insensitive=True, overlapping=True)})
    told = found.with_row_index().filter(pl.col("sign").list.len() > 0).explode("sign")
    held = told.select_seq("index", pl.col("sign").str.to_lowercase()).unique().sort("index")
    return {sign: of_sign["index"] for (sign,), of_sign in held.partition_by("sign", as_dict=True).items()}


def _at(positions: pl.Series, found: pl.DataFrame) -> pl.DataFrame:
    """``found`` with the index of a part of the texts turned into that of all of them."""
    return (
        found.with_columns_seq(pl.Series("index", positions.gather(found["index"]), dtype=pl.UInt32)) if found.height else found
    )


def _positions(texts: pl.Series) -> pl.Series:
    return pl.int_range(len(texts), dtype=pl.UInt32, eager=True)


def _no_shares() -> pl.DataFrame:
    return pl.DataFrame(schema={"index": pl.UInt32, "what": pl.String, "lo": pl.Float64, "hi": pl.Float64})
