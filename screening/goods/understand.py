"""Adds to a lines frame what its goods are: facts as bits, ranges, the label, materials, prices and densities.

Everything is worked out once per distinct goods text and joined back, so that a million lines of a thousand products
cost a thousand products.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from screening.content.fields import GOODS, GOODS_COLUMNS
from screening.goods import text
from screening.goods.composition import Measures, Shares, shares_of
from screening.goods.lexicon import Lexicon
from screening.goods.negation import Negations, NotDenying
from screening.goods.symbols import Symbols
from screening.goods.vocabulary import denials, formed_names, goods_terms, misspelt_names, replacements, term_lists
from screening.series import constant, distinct, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.content.models import Content
    from screening.goods.lexicon import Scanned

_SEPARATOR = " ¦ "
_GOODS_KINDS = ("material:", "label:", "product:")
"""Facts that say what the goods are, so that a customs code of other goods contradicts the text."""


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
        self.characters = text.Characters(content.characters)
        goods_lists = term_lists(content, lists.get(GOODS, ()))
        terms = [*goods_terms(content), *goods_lists]
        told = (Negations(content, self.characters), (NotDenying(content), Symbols(content)))
        columns = {column: term_lists(content, names) for column, names in lists.items() if column != GOODS}
        self.characters.patterns(
            spelling for group in (terms, *columns.values()) for _, spellings in group for spelling in spellings
        )
        rooted = (formed_names(content), misspelt_names(content))
        self.lexicon = Lexicon(terms, self.characters, "f", replacements(content), denials(content), *rooted, *told)
        self.columns = {column: Lexicon(own, self.characters, f"{column}.t") for column, own in columns.items()}
        self.shares = Shares(content)
        self.measures = Measures(content)
        self.compositions = sorted(set(compositions))

    def understand(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Add the fact columns to ``lines`` (any rows, canonical columns, and ``control_remark`` where there is one).

        Adds ``goods`` (the readable goods text), the bit columns ``f…`` and ``<column>.t…``, ``<measure>.lo/.hi``,
        ``composition.<a+b>.lo/.hi``, ``label`` and ``materials`` (ids joined by ``|``, null where none), ``names_goods``. Where a
        line has no goods text all of them are null.
        """
        asked = {GOODS: _written(lines), **{column: lines[column] for column in self.columns}}
        texts_of = {column: distinct(values) for column, values in asked.items()}
        for column, lexicon in self.columns.items():
            texts_of[column] = lexicon.candidates(texts_of[column])
        # the texts of all columns are made comparable together: for a single line that is most of the work
        texts = pl.concat([values.rename("text") for values in texts_of.values()])
        readable = text.plain(texts, self.characters)
        words = text.words(readable)
        columns, at = [], 0
        for column, values in asked.items():
            count = len(texts_of[column])
            own = (words[at : at + count], readable[at : at + count])
            at += count
            if column == GOODS:
                columns += _joined(values, texts_of[column], self._facts(*own))
            else:
                columns += _named(values, texts_of[column], self.columns[column], *own)
        return lines.hstack(columns)

    def facts_of(self, texts: pl.Series) -> pl.DataFrame:
        """The columns of :meth:`understand` for distinct goods texts, in their order."""
        readable = text.plain(texts, self.characters)
        return self._facts(text.words(readable), readable)

    def _facts(self, words: pl.Series, readable: pl.Series) -> pl.DataFrame:
        scanned = self.lexicon.scan(words, readable)
        facts = [self._specific(found) for found in scanned.sets]
        named = {
            "label": [self._ids("label", found) for found in facts],
            "materials": [self._materials(found) for found in facts],
        }
        known = [any(fact.startswith(_GOODS_KINDS) for fact in found) for found in facts]
        table = self.lexicon.bits.table(facts).hstack(
            [*(pl.Series(name, ids, pl.String) for name, ids in named.items()), pl.Series("names_goods", known, pl.Boolean)]
        )
        measures = self.measures.read(readable)
        return table[scanned.which].hstack([readable.alias(GOODS), *measures, *self._composed(readable, scanned)])

    def _composed(self, readable: pl.Series, scanned: Scanned) -> list[pl.Series]:
        """The columns ``composition.<a+b>.lo/.hi``: stated shares, and none of what a text says is absent."""
        stated = self.shares.read(readable)
        denied = {number: gone for number, found in enumerate(scanned.sets) if (gone := [*_of_kind("absent", found)])}
        places = scanned.which.is_in(list(denied)).arg_true() if denied else ()
        rows = [(place, what) for place in places for what in denied[scanned.which[place]]]
        absent = pl.DataFrame(rows, schema={"index": pl.UInt32, "what": pl.String}, orient="row")
        told = {element for what in stated["what"].unique().to_list() for element in what.split("+")} | set(absent["what"])
        nothing = constant(None, pl.Float64(), len(readable))
        columns = []
        for elements in self.compositions:
            found = None if told.isdisjoint(elements) else shares_of(stated, elements, absent)
            for end in ("lo", "hi"):
                column = nothing if found is None else nothing.clone().scatter(found["index"], found[end])
                columns.append(column.alias(f"composition.{'+'.join(elements)}.{end}"))
        return columns

    def _specific(self, facts: frozenset[str]) -> frozenset[str]:
        """The facts without ``<element>.unspecified`` where the text also names a substance of the element."""
        vague = [fact for fact in facts if fact.endswith(".unspecified")]
        vague = [f for f in vague if not facts.isdisjoint(self._substances[f.removeprefix("material:").partition(".")[0]])]
        return facts.difference(vague) if vague else facts

    @cached_property
    def _substances(self) -> dict[str, set[str]]:
        return {i: {f"material:{i}.{name}" for name in m.substances} for i, m in self.content.materials.items()}

    def _materials(self, facts: frozenset[str]) -> str | None:
        """The substances and bare elements named."""
        return "|".join(ident for ident in _of_kind("material", facts) if self._is_specific(ident)) or None

    @staticmethod
    def _ids(kind: str, facts: frozenset[str]) -> str | None:
        return "|".join(_of_kind(kind, facts)) or None

    def _is_specific(self, ident: str) -> bool:
        element, _, substance = ident.partition(".")
        material = self.content.materials.get(element)
        return material is not None and (substance in material.substances or substance == "unspecified")

    def words_found(self, column: str, value: pl.Series) -> list[tuple[tuple[str, str], ...]]:
        """For each text of ``column`` the facts found in it and the words that set them, for evidence and reasons."""
        lexicon = self.lexicon if column == GOODS else self.columns[column]
        readable = text.plain(value, self.characters)
        which, different = encoded(lexicon.find(text.words(readable), readable))
        told = [
            tuple((fact, shown(form)) for form, facts in sorted(lexicon.parts(names)) for fact in facts) for names in different
        ]
        return [told[number] for number in which.to_list()]


def _written(lines: pl.DataFrame) -> pl.Series:
    """What all goods columns of a line say, one after the other."""
    told = [c for c in (*GOODS_COLUMNS, "control_remark") if c in lines.columns and lines[c].null_count() < lines.height]
    if not told:
        return constant(None, pl.String(), lines.height)
    parts = [pl.when(pl.col(c).str.len_bytes() > 0).then(_told(c)) for c in told]
    together = pl.concat_str(parts, separator=_SEPARATOR, ignore_nulls=True) if len(parts) > 1 else parts[0]
    return lines.select_seq(pl.when(together != "").then(together)).to_series()


def _of_kind(kind: str, facts: frozenset[str]) -> list[str]:
    return sorted(fact.partition(":")[2] for fact in facts if fact.startswith(f"{kind}:"))


def _joined(values: pl.Series, texts: pl.Series, found: pl.DataFrame) -> list[pl.Series]:
    """The columns of ``found``, which tells of ``texts``, for every one of ``values``; null where there is no value."""
    if len(values) == len(texts):  # every value is there once
        return found.get_columns()
    schema = found.schema
    empty = [column.name for column in found.get_columns() if column.null_count() == len(column)]
    told = found.drop(empty).with_columns_seq(texts.alias(""))
    joined = pl.DataFrame({"": values}).join(told, on="", how="left", maintain_order="left")
    columns = {column.name: column for column in joined.get_columns()}
    # most texts state no measure: one empty column of a kind serves for all
    nothing = {kind: constant(None, kind, len(values)) for kind in {schema[name] for name in empty}}
    return [columns[name] if name in columns else nothing[kind].alias(name) for name, kind in schema.items()]


def _named(values: pl.Series, texts: pl.Series, lexicon: Lexicon, words: pl.Series, readable: pl.Series) -> list[pl.Series]:
    """The bit columns of ``lexicon`` for every one of ``values``, of which ``texts`` are those in which a name can be found."""
    if values.null_count() == len(values):
        return [constant(None, pl.UInt64(), len(values)).alias(name) for name in lexicon.bits.columns]
    nothing = constant(0, pl.UInt64(), len(values))
    if values.null_count():
        nothing = nothing.set(values.is_null(), None)
    scanned = lexicon.scan(words, readable)
    table = lexicon.bits.table(scanned.sets) if any(scanned.sets) else None
    columns = []
    for name in lexicon.bits.columns:
        bits = nothing
        if table is not None:
            own = table[name].gather(scanned.which)
            told = own != 0
            if told.any():
                bits = values.replace_strict(texts.filter(told), own.filter(told), default=0, return_dtype=pl.UInt64)
                bits = bits.set(values.is_null(), None)
        columns.append(bits.alias(name))
    return columns


def _told(column: str) -> pl.Expr:
    """The text of a goods column. A brand says that it is one: "Gallium" as a brand names no gallium."""
    return pl.col(column) + " brand" if column == "brand" else pl.col(column)


def shown(form: str) -> str:
    """A pattern as a person reads it."""
    if "\x01" in form:
        kind, _, element = form.strip().strip("\x01").partition(":")
        return f"{kind} {element}"
    return " ".join(form.split())
