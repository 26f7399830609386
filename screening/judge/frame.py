"""Prepares lines for judging: the day and law that count, the facts of label and materials, the lists the parties stand on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.folding import fold
from screening.goods.measures import with_measures
from screening.judge.route import with_detour
from screening.judge.rules import plain_code
from screening.parties.match import listed_facts
from screening.series import constant, distinct
from screening.terms import COLUMNS, ROLES, Kind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from screening.content.factmodels import Band
    from screening.content.models import Content
    from screening.judge.plan import Plan

RATE_AGE = "exchange_rate_max_age"
"""Param: days a reference rate may be older than the line's date."""
_REFERENCE_NUMBERS = ("price_low", "price_high", "density_low", "density_high", "kg_low", "kg_high")
_MATERIAL_NUMBERS = _REFERENCE_NUMBERS[:4]
_PORT_TEXT = 60
"""Characters of a port's text that are looked at: names are short, and a cell may be long."""
_LOCODE = 5
"""Letters of a UN/LOCODE: two for the country, three for the place."""
_NUMBER = r"\d{5}"
"""Digits in a row that a licence number has and a date written out has not."""
_REMARKS = ("remarks", "declaration_elements")
"""Where a declaration says whether goods are controlled."""
_LABEL_LISTS = ("hs4", "packaging", "modes")


def derive(lines: pl.DataFrame, plan: Plan, ports: Mapping[str, str], as_of: dt.date | None, today: dt.date) -> pl.DataFrame:
    """Add what a line says beyond its cells: its day, where it leaves from, its measures and what its goods are.

    ``line_date`` is the day on which the law is read; ``own_day`` the line's own, for rules over several lines.

    Args:
        lines: canonical columns (see terms.Chunk).
        plan: the prepared rules.
        ports: folded port name to country code (rules/reading).
        as_of: day for all lines; None takes each line's own date.
        today: the day for lines without a date.
    """
    own = pl.coalesce("declaration_date", "ship_date")
    lines = lines.with_columns_seq(
        own_day=own,
        line_date=pl.lit(as_of) if as_of else own.fill_null(today),
        days_to_shipment=(pl.col("ship_date") - pl.col("declaration_date")).dt.total_days(),
    )
    lines = _with_control_code(lines, plan.content.decision.get("control_remark", {}))
    lines = _with_leaves_from(lines, ports)
    lines = with_detour(lines, plan.content.coordinates)
    lines = with_measures(lines, int(plan.content.params[RATE_AGE].value))
    return plan.goods.understand(lines)


def _with_control_code(lines: pl.DataFrame, remark: Mapping[str, str]) -> pl.DataFrame:
    """Read the remark that Chinese declarations carry on control.

    A code in it counts as declared where no column states one. As it also gives the parameters that decide, it is put aside as
    ``control_remark`` for the goods text; other remarks say nothing of the goods.
    """
    filled = [name for name in _REMARKS if lines[name].null_count() < lines.height]
    if not filled or not remark:
        return lines
    said = [
        pl.when(~pl.col(name).str.contains(remark["unless"])).then(pl.col(name).str.extract(remark["code"])) for name in filled
    ]
    lines = lines.with_columns_seq(item_code=pl.coalesce("item_code", *said))
    if "remarks" not in filled:
        return lines
    return lines.with_columns_seq(control_remark=pl.when(pl.col("remarks").str.contains(remark["about"])).then("remarks"))


def _with_leaves_from(lines: pl.DataFrame, ports: Mapping[str, str]) -> pl.DataFrame:
    named = distinct(lines["loading_port"])
    countries = {port: country for port in named.to_list() if (country := port_country(port, ports))}
    port = pl.col("loading_port").replace_strict(countries, default=None, return_dtype=pl.String)
    sources = ("export_country", "loading_port", "shipper_country")
    values = (pl.col("export_country"), port, pl.col("shipper_country"))
    picked: Any = pl.when(values[0].is_not_null()).then(pl.lit(sources[0]))
    for name, value in zip(sources[1:], values[1:], strict=True):
        picked = picked.when(value.is_not_null()).then(pl.lit(name))
    return lines.with_columns_seq(leaves_from=pl.coalesce(values), leaves_from_source=picked)


def port_country(port: str, ports: Mapping[str, str]) -> str | None:
    """The country of a port: by its name, by the first two letters of a UN/LOCODE, or by the known place its name begins with.

    "Shenyang Taoxian Airport" begins with Shenyang, ``南宁吴圩机场`` with ``南宁``.
    """
    folded = fold(port)
    if folded in ports:
        return ports[folded]
    code = port.strip().upper().replace(" ", "")
    if len(code) == _LOCODE and code.isascii() and code.isalpha() and code[:2] in set(ports.values()):
        return code[:2]
    words = port[:_PORT_TEXT].replace(",", " ").replace("(", " ").split()
    starts = [fold(" ".join(words[:count])) for count in range(len(words), 0, -1)]
    if words and not words[0].isascii():
        starts += [folded[:count] for count in range(min(len(folded), _PORT_TEXT) - 1, 1, -1)]
    return next((ports[start] for start in starts if start in ports), None)


def prepare(lines: pl.DataFrame, plan: Plan, matches: pl.DataFrame) -> pl.DataFrame:
    """Add what judging needs besides: references of label and materials, list bits, licence and item code, ``position``."""
    declares, licensed = (lines[name].null_count() < lines.height for name in ("item_code", "licence_no"))
    code = pl.col("item_code").str.to_uppercase().str.replace_all(" ", "").str.strip_chars_end(".")
    lines = lines.with_columns_seq(
        position=pl.int_range(pl.len(), dtype=pl.UInt32),
        item_code_plain=code if declares else "item_code",
        licence_stated=_licence_stated(plan) if licensed else pl.lit(value=False),
    )
    lines = _join_references(lines, "label", label_references(plan.content, lines["label"]))
    lines = _join_references(lines, "materials", material_references(plan.content, lines["materials"]))
    return _with_lists(lines, plan, matches)


def _licence_stated(plan: Plan) -> pl.Expr:
    """A licence number that is no placeholder and no paper of another kind: the one place where an absence decides."""
    given = _letters(pl.col("licence_no"))
    stated = pl.col("licence_no").is_not_null() & (given != "") & ~given.is_in(_placeholders(plan))
    bits, words = plan.scope.terms.get("licence_no"), plan.content.decision.get("licence_words", {})
    if bits is not None and words:
        kinds = ("export", "other", "pending")
        export, other, pending = (bits.any_of(f"term:{name}" for name in words.get(kind, ())) for kind in kinds)
        stated &= (export | ~other) & (~pending | pl.col("licence_no").str.contains(_NUMBER))
    return stated.fill_null(False)


def _placeholders(plan: Plan) -> list[str]:
    """The texts that state no licence, folded as the column is; worked out once for a plan."""
    if not plan.placeholders:
        texts = pl.DataFrame({"text": plan.content.placeholders}, schema={"text": pl.String})
        plan.placeholders = texts.select_seq(_letters(pl.col("text"))).to_series().unique().sort().to_list()
    return plan.placeholders


def _letters(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def label_references(content: Content, keys: pl.Series) -> pl.DataFrame:
    """For every distinct set of labels (ids joined by ``|``): the widest expectations of them, as ``label.…`` columns."""
    rows = []
    for key in sorted(distinct(keys).to_list()):
        labels = [content.labels[ident] for ident in key.split("|")]
        bands = [
            _widest([getattr(label, name) for label in labels]) for name in ("price_usd_kg", "density_t_m3", "kg_per_package")
        ]
        lists = [sorted({value for label in labels for value in getattr(label, name)}) for name in _LABEL_LISTS]
        rows.append((key, *(number for band in bands for number in band), *lists))
    schema = {"label": pl.String} | {f"label.{n}": pl.Float64 for n in _REFERENCE_NUMBERS}
    return pl.DataFrame(rows, schema=schema | {f"label.{n}": pl.List(pl.String) for n in _LABEL_LISTS}, orient="row")


def material_references(content: Content, keys: pl.Series) -> pl.DataFrame:
    """For every distinct set of substances: the lowest low and the highest high of their prices and densities."""
    rows = []
    for key in sorted(distinct(keys).to_list()):
        found = []
        for ident in key.split("|"):
            element, _, name = ident.partition(".")
            substance = content.materials[element].substances.get(name)
            if substance is not None:
                found.append(substance)
        bands = [_widest([getattr(s, name) for s in found]) for name in ("price_usd_kg", "density_t_m3")]
        rows.append((key, *(number for band in bands for number in band)))
    schema = {"materials": pl.String} | {f"material.{n}": pl.Float64 for n in _MATERIAL_NUMBERS}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _widest(bands: list[Band | None]) -> tuple[float | None, float | None]:
    """The band over all; an end that one of several does not know is not known."""
    if not bands or any(band is None for band in bands):
        return None, None
    lows = [band.low for band in bands if band]
    highs = [band.high for band in bands if band]
    low = min((v for v in lows if v is not None), default=None) if None not in lows else None
    high = max((v for v in highs if v is not None), default=None) if None not in highs else None
    return low, high


def _join_references(lines: pl.DataFrame, key: str, table: pl.DataFrame) -> pl.DataFrame:
    if not table.height:
        return lines.hstack([constant(None, kind, lines.height).alias(n) for n, kind in table.schema.items() if n != key])
    rows = pl.int_range(table.height, dtype=pl.UInt32, eager=True)
    at = lines[key].replace_strict(table[key], rows, default=None, return_dtype=pl.UInt32)
    return lines.hstack(table.select_seq(pl.exclude(key).gather(at)))


def _with_lists(lines: pl.DataFrame, plan: Plan, matches: pl.DataFrame) -> pl.DataFrame:
    """Bits of the lists every role's name stands on: zero for a name on none, null where the role has no name."""
    lines = _with_named(lines, plan, matches)
    for what in PARTY_TEXTS:
        if facts := listed_facts(matches, what):
            lines = _with_others(lines, plan, what, facts)
    return lines


def _with_others(lines: pl.DataFrame, plan: Plan, what: str, facts: Mapping[str, list[str]]) -> pl.DataFrame:
    """Add the lists that a ship, a number or an address stands on."""
    parties = plan.scope.parties
    columns: dict[str, pl.Expr] = {}
    for role, text in PARTY_TEXTS[what].items():
        for bits in [parties["any_party"], *([parties[role]] if role in parties else [])]:
            for index, column in enumerate(bits.columns):
                values = {given: bits.values(found)[index] for given, found in facts.items()}
                listed = text.replace_strict(values, default=0, return_dtype=pl.UInt64).fill_null(0)
                before = columns.get(column, pl.col(column))
                columns[column] = pl.when(listed > 0).then(before.fill_null(0) | listed).otherwise(before)
    return lines.with_columns_seq(**columns)


def _with_named(lines: pl.DataFrame, plan: Plan, matches: pl.DataFrame) -> pl.DataFrame:
    """The bits of the names of parties."""
    facts = listed_facts(matches)
    scope = plan.scope
    names = [f"{role}_name" for role in ROLES]
    anyone = scope.parties["any_party"]
    if not facts:
        bits_of = {f"{role}_name": tuple(scope.parties[role].columns) for role in ROLES}
        return lines.with_columns_seq(_unlisted(tuple(anyone.columns), *bits_of.items()))
    columns: list[pl.Expr] = []
    for role, name in zip(ROLES, names, strict=True):
        bits = scope.parties[role]
        for index, column in enumerate(bits.columns):
            values = {given: bits.values(found)[index] for given, found in facts.items()}
            listed = pl.col(name).replace_strict(values, default=0, return_dtype=pl.UInt64)
            columns.append(pl.when(pl.col(name).is_not_null()).then(listed).alias(column))
    lines = lines.with_columns_seq(columns)
    combined = []
    for index, column in enumerate(anyone.columns):
        parts = [pl.col(scope.parties[role].columns[index]) for role in ROLES]
        together = parts[0].fill_null(0)
        for part in parts[1:]:
            together = together | part.fill_null(0)
        known = pl.any_horizontal(part.is_not_null() for part in parts)
        combined.append(pl.when(known).then(together).alias(column))
    return lines.with_columns_seq(combined)


@cache
def _unlisted(anyone: tuple[str, ...], *bits_of: tuple[str, tuple[str, ...]]) -> list[pl.Expr]:
    """The bits of names that stand on no list: zero, and null where there is no name.

    Args:
        anyone: the columns that tell of all names.
        bits_of: the column of a name, and the columns that tell of it.
    """
    named = {bits: pl.col(name).is_not_null() for name, columns in bits_of for bits in columns}
    named |= dict.fromkeys(anyone, pl.any_horizontal(pl.col(name).is_not_null() for name, _ in bits_of))
    return [pl.when(known).then(pl.lit(0, dtype=pl.UInt64)).alias(bits) for bits, known in named.items()]


PARTY_TEXTS: dict[str, dict[str, pl.Expr]] = {
    "vessel": {
        "vessel": pl.concat_str(
            "vessel_name",
            pl.when(pl.col("vessel_imo").is_not_null()).then(pl.format("IMO {}", "vessel_imo")),
            separator=" ",
            ignore_nulls=True,
        )
    },
    "number": {role: pl.col(f"{role}_id") for role in ROLES},
    "address": {role: pl.col(f"{role}_address") for role in ROLES},
}
"""What of a line is looked up besides names (parties.match.ASKED): by role, and ``vessel``."""


def party_texts(lines: pl.DataFrame, wanted: Iterable[str]) -> dict[str, set[str]]:
    """The distinct names of a chunk's parties, and what else of ``wanted`` is looked up."""
    texts = {"name": {name for role in ROLES for name in distinct(lines[f"{role}_name"])}}
    for what in wanted:
        said = [
            lines.select_seq(text.alias("text"))["text"].drop_nulls().unique().to_list() for text in PARTY_TEXTS[what].values()
        ]
        texts[what] = {text for column in said for text in column if text}
    return texts


EMPTY_LINE = {
    Kind.TEXT: pl.String,
    Kind.NUMBER: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.COUNTRY: pl.String,
    Kind.COUNTRIES: pl.List(pl.String),
    Kind.HS: pl.String,
    Kind.MODE: pl.String,
    Kind.PACKAGE: pl.String,
    Kind.CURRENCY: pl.String,
}
"""polars type of every kind of column."""

LINE_SCHEMA = {name: EMPTY_LINE[kind] for name, kind in COLUMNS.items()}
"""Types of the canonical columns."""

__all__ = ["LINE_SCHEMA", "derive", "party_texts", "plain_code", "prepare"]
