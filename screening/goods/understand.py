"""Adds to a lines frame what its goods are: facts as bits, ranges, the label, materials, prices and densities.

Everything is worked out once per distinct goods text and joined back, so that a million lines of a thousand products
cost a thousand products.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.content.fields import GOODS, GOODS_COLUMNS
from screening.goods import text
from screening.goods.composition import Measures, Shares, shares_of
from screening.goods.lexicon import Lexicon
from screening.goods.negation import Negations
from screening.goods.vocabulary import formed_names, goods_terms, replacements, term_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.content.models import Content

_SEPARATOR = " ¦ "


class Goods:
    """What content knows about goods, prepared for use on frames. Holds no state of a run."""

    def __init__(self, content: Content, lists: Mapping[str, Iterable[str]], compositions: Iterable[tuple[str, ...]]) -> None:
        """Prepare.

        Args:
            content: the checked content.
            lists: text column (or ``goods``) to the ids of the word lists that rules look for in it.
            compositions: tuples of element ids whose summed share rules compare.
        """
        self.content = content
        self.characters = content.characters
        goods_lists = term_lists(content, lists.get(GOODS, ()))
        terms = [*goods_terms(content), *goods_lists]
        spread = Negations(content).spread
        self.lexicon = Lexicon(terms, content.characters, "f", replacements(content), formed_names(content), spread)
        self.columns = {
            column: Lexicon(term_lists(content, names), content.characters, f"{column}.t")
            for column, names in lists.items()
            if column != GOODS
        }
        self.shares = Shares(content)
        self.measures = Measures(content)
        self.compositions = sorted(set(compositions))
        self._absent = [(fact, fact.partition(":")[2]) for fact in self.lexicon.bits.of_kind("absent")]

    def understand(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Add the fact columns to ``lines`` (any rows, canonical columns).

        Adds ``goods`` (the readable goods text), the bit columns ``f…`` and ``<column>.t…``, ``<measure>.lo/.hi``,
        ``composition.<a+b>.lo/.hi``, ``label`` and ``materials`` (ids joined by ``|``, null where none). Where a line has no
        goods text all of them are null.
        """
        parts = [pl.when(pl.col(c).str.len_bytes() > 0).then(pl.col(c)) for c in GOODS_COLUMNS]
        written = lines.select(pl.concat_str(parts, separator=_SEPARATOR, ignore_nulls=True).alias("written"))["written"]
        written = written.set(written == "", None)
        distinct = written.drop_nulls().unique(maintain_order=True)
        facts = self.facts_of(distinct).with_columns(pl.Series("written", distinct, dtype=pl.String))
        lines = lines.with_columns(pl.Series("written", written)).join(facts, on="written", how="left", maintain_order="left")
        lines = lines.drop("written")
        for column, lexicon in self.columns.items():
            lines = lines.hstack(self._terms_of(lines[column], lexicon))
        return lines

    def facts_of(self, texts: pl.Series) -> pl.DataFrame:
        """The columns of :meth:`understand` for distinct goods texts, in their order."""
        readable = text.plain(texts, self.characters)
        bits = self.lexicon.scan(readable)
        bits = self._with_unspecified(bits)
        frame = bits.with_columns(pl.Series(GOODS, readable, dtype=pl.String)).hstack(self.measures.read(readable))
        stated = self.shares.read(readable)
        absent = self._absences(bits)
        for elements in self.compositions:
            name = "composition." + "+".join(elements)
            if not stated.height and not absent.height:
                frame = frame.with_columns(
                    pl.repeat(None, frame.height, dtype=pl.Float64).alias(f"{name}.{end}") for end in ("lo", "hi")
                )
                continue
            found = shares_of(stated, elements, absent).rename({"lo": f"{name}.lo", "hi": f"{name}.hi"})
            frame = (
                frame.with_columns(index=pl.int_range(pl.len(), dtype=pl.UInt32))
                .join(found, on="index", how="left", maintain_order="left")
                .drop("index")
            )
        return frame.hstack(self._names(bits, "label")).hstack(self._names(bits, "material"))

    def _with_unspecified(self, bits: pl.DataFrame) -> pl.DataFrame:
        """Take ``<element>.unspecified`` away where the text also names a substance of the element."""
        known = self.lexicon.bits
        for fact in known.present(bits):
            ident, dot, name = fact.removeprefix("material:").partition(".")
            if not dot or name != "unspecified":
                continue
            specific = known.any_of([f"material:{ident}.{name}" for name in self.content.materials[ident].substances])
            column, value = next((c, v) for c, v in zip(known.columns, known.values([fact]), strict=True) if v)
            bits = bits.with_columns(
                pl.when(specific).then(pl.col(column) & ~pl.lit(value, dtype=pl.UInt64)).otherwise(pl.col(column)).alias(column)
            )
        return bits

    def _absences(self, bits: pl.DataFrame) -> pl.DataFrame:
        present = self.lexicon.bits.present(bits)
        frames = [
            bits.select(index=pl.int_range(pl.len(), dtype=pl.UInt32), on=self.lexicon.bits.any_of([fact]))
            .filter("on")
            .select("index", what=pl.lit(element))
            for fact, element in self._absent
            if fact in present
        ]
        return pl.concat(frames) if frames else pl.DataFrame(schema={"index": pl.UInt32, "what": pl.String})

    def _names(self, bits: pl.DataFrame, kind: str) -> pl.DataFrame:
        """One column: the ids of ``kind`` named in each text, joined by ``|``; of materials the substances and bare elements."""
        known = self.lexicon.bits
        name = "materials" if kind == "material" else kind
        present = known.present(bits)
        facts = [f for f in known.of_kind(kind) if f in present]
        if kind == "material":
            facts = [f for f in facts if self._is_specific(f.partition(":")[2])]
        if not facts:
            return bits.select(pl.repeat(None, bits.height, dtype=pl.String).alias(name))
        pieces = [pl.when(known.any_of([fact])).then(pl.lit(fact.partition(":")[2])) for fact in facts]
        joined = bits.select(pl.concat_str(pieces, separator="|", ignore_nulls=True).alias(name))
        return joined.select(pl.when(pl.col(name) != "").then(pl.col(name)))

    def _is_specific(self, ident: str) -> bool:
        element, _, substance = ident.partition(".")
        material = self.content.materials.get(element)
        return material is not None and (substance in material.substances or substance == "unspecified")

    def _terms_of(self, values: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
        if values.null_count() == len(values):
            return pl.DataFrame({column: values.cast(pl.UInt64) for column in lexicon.bits.columns})
        distinct = values.drop_nulls().unique(maintain_order=True)
        bits = lexicon.scan(text.plain(distinct, self.characters)).with_columns(pl.Series("value", distinct, dtype=pl.String))
        return pl.DataFrame({"value": values}).join(bits, on="value", how="left", maintain_order="left").drop("value")

    def words_found(self, column: str, value: pl.Series) -> pl.DataFrame:
        """Which words of ``column`` set which facts: ``index, fact, words``, for evidence and reasons."""
        lexicon = self.lexicon if column == GOODS else self.columns[column]
        found = lexicon.find(text.plain(value, self.characters)).sort("index", "found")
        rows = [(i, fact, shown(form)) for i, form, inside in found.iter_rows() for fact in lexicon.facts(form, inside)]
        return pl.DataFrame(rows, schema={"index": pl.UInt32, "fact": pl.String, "words": pl.String}, orient="row")


def shown(form: str) -> str:
    """A pattern as a person reads it."""
    if "\x01" in form:
        kind, _, element = form.strip().strip("\x01").partition(":")
        return f"{kind} {element}"
    return " ".join(form.split())
